# Draws Figure 6: the upstream against the online score along the stream, a line for each editor.
#   gnuplot -c fig6.gp fig6_TASK.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 2) { printerr "usage: gnuplot -c fig6.gp fig6_TASK.tsv OUTBASE"; exit status 64 }
input = ARG1
output_base = ARG2
load system(sprintf("dirname '%s'", ARG0)) . "/editors.gp"
if (!is_readable(input)) {
    printerr input . ": no such file, or it cannot be read; plot-data writes it"
    exit status 1
}
header = header_of(input)
score = score_name(header)
online = score_column(header, "online")
upstream = score_column(header, "upstream")

editors = ""
set datafile columnheaders
collect(x) = (editors = with_item(editors, strcol("editor")), column("edits"))
stats input using (collect(0)) nooutput
if (words(editors) == 0) { printerr input . ": no rows to draw"; exit status 1 }
first_edit = STATS_min
count = words(editors)

# The line of each editor, its beginning, and its end as an arrow.
array records[count]
do for [e = 1:count] {
    eval sprintf("set table $editor_%d", e)
    plot input using (column(online)):(column(upstream)) with table if (strcol("editor") eq word(editors, e))
    unset table
}
unset datafile columnheaders
do for [e = 1:count] {
    eval sprintf("stats $editor_%d using 1:2 nooutput", e)
    records[e] = STATS_records
}

width = 760
height = 800
do for [kind in "svg png"] {
    eval set_terminal(kind, width, height)
    set output output_base . "." . kind
    set multiplot
    set border 3 ls 101
    set grid ls 100
    unset key
    unset label
    set lmargin at screen 0.11
    set rmargin at screen 0.96
    set tmargin at screen 1.0 - 86.0 / height
    set bmargin at screen 142.0 / height
    set xrange [0:1.03]
    set yrange [0:1.03]
    set xtics 0, 0.25, 1 nomirror out scale 0.5 format "%.2f"
    set ytics 0, 0.25, 1 nomirror out scale 0.5 format "%.2f"
    set xlabel sprintf("online %s: all inputs edited so far", score) offset 0, 0.2
    set ylabel sprintf("upstream %s: what the model knew before editing", score)
    set label 1 "the best place: edits kept, nothing lost" at 1.0, 1.015 right textcolor rgb 0x555555 font ",11"
    set object 1 rectangle from 0.9, 0.9 to 1.0, 1.0 fillstyle solid noborder fillcolor rgb 0xf0f0f0 behind
    command = "plot"
    do for [e = count:1:-1] {
        colour = colour_of(word(editors, e))
        mark = mark_of(word(editors, e))
        last = records[e] - 1
        command = command . (e < count ? ", " : " ") \
            . sprintf("$editor_%d using 1:2 with lines lw 2.2 lc rgb %d notitle,", e, colour) \
            . sprintf("$editor_%d using 1:2 every ::0::0 with points pt 6 ps 1.8 lw 2 lc rgb %d notitle,", \
                e, colour) \
            . sprintf("$editor_%d using 1:2 every ::%d::%d with points pt %d ps 1.7 lc rgb %d notitle", \
                e, last, last, mark, colour)
    }
    eval command
    eval whole_page
    set label 1 "What an editor keeps of the old and of the new" at screen 0.5, screen 1.0 - 24.0 / height center \
        font ",16"
    set label 2 sprintf("Each line goes from %d edits (ring) to the end of the stream (filled mark).", first_edit) \
        at screen 0.5, screen 1.0 - 50.0 / height center textcolor rgb 0x555555
    set key at screen 0.5, screen 44.0 / height center center horizontal maxrows 3 samplen 2.5 reverse Left
    command = "plot"
    do for [e = 1:count] { command = command . (e > 1 ? ", " : " ") . entry(word(editors, e)) }
    eval command
    unset multiplot
}
unset output
