# Draws Table 1: keys per edit, upstream and online score by the radius.
#   gnuplot -c table1.gp table1.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 2) { printerr "usage: gnuplot -c table1.gp table1.tsv OUTBASE"; exit status 64 }
input = ARG1
output_base = ARG2
load system(sprintf("dirname '%s'", ARG0)) . "/editors.gp"
if (!is_readable(input)) {
    printerr input . ": no such file, or it cannot be read; plot-data writes it"
    exit status 1
}
header = header_of(input)
score = score_name(header)
array scores[3] = [score_column(header, "online"), score_column(header, "upstream"), "key_edit_ratio"]
array titles[3] = [sprintf("%s on previous edits (memory of the edits)", score), \
    sprintf("%s upstream (what the model knew before)", score), "keys per edit (1: every edit is stored by itself)"]
array colours[3] = [0x0072b2, 0x56b4e9, 0x333333]
array marks[3] = [7, 5, 9]

# The radii in the order of the table, which is ascending, stand at equal distances: those of one editor after those of the
# other, where several have any.
editors = ""
points = ""
set datafile columnheaders
collect(x) = (editors = with_item(editors, strcol("editor")), column("edits"))
stats input using (collect(0)) nooutput
point(x) = strcol("editor") . "|" . strcol("epsilon")
do for [editor in editors] {
    collect(x) = (points = strcol("editor") eq editor ? with_item(points, point(0)) : points, column("edits"))
    stats input using (collect(0)) nooutput
}
if (words(points) == 0) { printerr input . ": no rows to draw"; exit status 1 }
count = words(points)
before_bar(text) = text[1:strstrt(text, "|") - 1]
after_bar(text) = text[strstrt(text, "|") + 1:*]
editor_at(r) = before_bar(word(points, r))
radius_at(r) = after_bar(word(points, r))

# Of several runs with one radius the mean is drawn, with a bar from the least to the most.
array edits[count]
array keys[count]
do for [r = 1:count] {
    stats input using (point(0) eq word(points, r) ? column("edits") : NaN) nooutput
    edits[r] = STATS_mean
    stats input using (point(0) eq word(points, r) ? column("keys") : NaN) nooutput
    keys[r] = STATS_mean
}
do for [p = 1:3] {
    eval sprintf("set print $score_%d", p)
    do for [r = 1:count] {
        stats input using (point(0) eq word(points, r) ? column(scores[p]) : NaN) nooutput
        # An empty line ends the curve of an editor.
        if (r > 1 && editor_at(r) ne editor_at(r > 1 ? r - 1 : 1)) { print "" }
        print sprintf("%d\t%f\t%f\t%f", r, STATS_mean, STATS_min, STATS_max)
    }
    unset print
}
unset datafile columnheaders

width = 820
height = 580
do for [kind in "svg png"] {
    eval set_terminal(kind, width, height)
    set output output_base . "." . kind
    set multiplot
    set border 3 ls 101
    set grid y ls 100
    unset key
    unset label
    set lmargin at screen 0.08
    set rmargin at screen 0.97
    set tmargin at screen 1.0 - 70.0 / height
    set bmargin at screen 190.0 / height
    set xrange [0.6:count + 0.4]
    set yrange [0:1.05]
    set ytics 0, 0.25, 1 nomirror out scale 0.5 format "%.2f"
    set xtics 1, 1, count scale 0 format ""
    unset xlabel
    do for [r = 1:count] {
        set label (2 * r) (words(editors) > 1 ? title_of(editor_at(r)) . ", " : "") . radius_at(r) at r, screen 172.0 / height center
        set label (2 * r + 1) sprintf("%.0f edits\n%.0f keys", edits[r], keys[r]) at r, screen 152.0 / height center \
            font ",11" textcolor rgb 0x555555
    }
    set label 1 "radius: a wrong input this near to a stored key can share it, a farther one gets a key of its own" \
        at screen 0.525, screen 108.0 / height center
    command = "plot"
    do for [p = 1:3] {
        shift = 0.02 * (p - 2)
        command = command . sprintf( \
            "%s $score_%d using ($1 + %f):2 with linespoints lw 2.2 pt %d ps 1.4 lc rgb %d notitle", \
            p > 1 ? "," : "", p, shift, marks[p], colours[p])
        command = command . sprintf( \
            ", $score_%d using ($1 + %f):3:(0):($4 - $3) with vectors nohead lw 1.6 lc rgb %d notitle", \
            p, shift, colours[p])
    }
    eval command
    eval whole_page
    set label 1 "What the radius of GRACE trades" at screen 0.5, screen 1.0 - 24.0 / height center font ",16"
    set key at screen 0.08, screen 78.0 / height left top vertical maxrows 3 samplen 2.5 reverse Left
    command = "plot"
    do for [p = 1:3] {
        command = command . sprintf("%s NaN with linespoints lw 3 pt %d ps 1.3 lc rgb %d title '%s'", \
            p > 1 ? "," : "", marks[p], colours[p], titles[p])
    }
    eval command
    unset multiplot
}
unset output
