# Draws Figure 5: the panels of the synthetic illustration, points over the classes that the model gives the plane.
#   gnuplot -c fig5.gp fig5_points.tsv fig5_surface.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 3) { printerr "usage: gnuplot -c fig5.gp fig5_points.tsv fig5_surface.tsv OUTBASE"; exit status 64 }
points = ARG1
surface = ARG2
output_base = ARG3
load system(sprintf("dirname '%s'", ARG0)) . "/editors.gp"
do for [input in points . " " . surface] {
    if (!is_readable(input)) {
        printerr input . ": no such file, or it cannot be read; plot-data writes it"
        exit status 1
    }
}

panels = ""
classes = ""
set datafile columnheaders
collect(x) = (panels = with_item(panels, strcol("panel")), classes = with_item(classes, strcol("label")), column("x"))
stats points using (collect(0)) nooutput
if (words(panels) == 0) { printerr points . ": no points to draw"; exit status 1 }
stats surface using (column("x")):(column("y")) name "GRID" nooutput
count = words(panels)
class_of(column_name) = place(classes, strcol(column_name))

# Cuts the surface and the points of each panel out of the tables once; classes become their numbers.
do for [p = 1:count] {
    eval sprintf("set table $surface_%d", p)
    plot surface using (column("x")):(column("y")):(class_of("prediction")) with table \
        if (strcol("panel") eq word(panels, p))
    unset table
    eval sprintf("set table $points_%d", p)
    plot points using (column("x")):(column("y")):(class_of("label")):(class_of("prediction")): \
        (strcol("set") eq "edits" ? 1 : 0) with table if (strcol("panel") eq word(panels, p))
    unset table
}
unset datafile columnheaders

# What share of each set is right in each panel.
array right_upstream[count]
array right_edits[count]
array has_edits[count]
do for [p = 1:count] {
    eval sprintf("stats $points_%d using ($5 == 0 ? ($3 == $4) : NaN) nooutput", p)
    right_upstream[p] = STATS_mean
    has_edits[p] = 0
    eval sprintf("stats $points_%d using 5 nooutput", p)
    if (STATS_max == 1) {
        has_edits[p] = 1
        eval sprintf("stats $points_%d using ($5 == 1 ? ($3 == $4) : NaN) nooutput", p)
        right_edits[p] = STATS_mean
    }
}
heading(panel) = panel eq "before" ? "Before: what the model was trained on" : \
    panel eq "edits" ? "The labels shift: edit instances appear" : sprintf("After editing with %s", title_of(panel))
percent(share) = sprintf("%.4g%%", 100 * share)
result(p) = sprintf("right: %s of the upstream points", percent(right_upstream[p])) \
    . (has_edits[p] ? sprintf(", %s of the edit instances", percent(right_edits[p])) : "")

# Blue and orange are told apart by the colour-blind; two more for more classes. A class that is named after a colour
# gets the nearest of these.
array colours[4] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7]
named = "blue red green pink"
colour_number(c) = has(named, word(classes, c)) ? place(named, word(classes, c)) : 1 + (c - 1) % 4
class_colour(c) = colours[colour_number(int(c))]
red(rgb) = int(rgb / 65536)
green(rgb) = int(rgb / 256) % 256
blue(rgb) = rgb % 256
tint(c) = lighter(class_colour(c), 0.72)

columns = 2
rows = int((count + 1) / 2)
# A unit is as long on both axes, so that a ball is a circle, unless the plane is very flat or very high.
panel_width = 400.0
ratio = (GRID_max_y - GRID_min_y) / (GRID_max_x - GRID_min_x)
panel_height = panel_width * (ratio < 0.4 ? 0.4 : ratio > 1.4 ? 1.4 : ratio)
width = 900
height = int(116 + rows * (panel_height + 80) + 10)
do for [kind in "svg png"] {
    eval set_terminal(kind, width, height)
    set output output_base . "." . kind
    set multiplot
    set border 15 ls 101
    unset key
    unset colorbox
    do for [p = 1:count] {
        unset label
        column_index = (p - 1) % 2
        row_index = int((p - 1) / 2)
        set lmargin at screen (46.0 + column_index * 440) / width
        set rmargin at screen (46.0 + column_index * 440 + panel_width) / width
        panel_top = 1.0 - (116.0 + row_index * (panel_height + 80)) / height
        set tmargin at screen panel_top
        set bmargin at screen panel_top - panel_height / height
        set xrange [GRID_min_x:GRID_max_x]
        set yrange [GRID_min_y:GRID_max_y]
        set xtics autofreq nomirror out scale 0.5 format "%g" font ",10"
        set ytics autofreq nomirror out scale 0.5 format "%g" font ",10"
        set label 1 heading(word(panels, p)) at graph 0.5, screen panel_top + 28.0 / height center font ",13"
        set label 2 result(p) at graph 0.5, screen panel_top + 10.0 / height center font ",10" \
            textcolor rgb 0x555555
        command = sprintf("plot $surface_%d using 1:2:(red(tint($3))):(green(tint($3))):(blue(tint($3)))", p) \
            . " with rgbimage notitle"
        marks = "$points_%d using ($5 == %d ? $1 : NaN):2:(class_colour($3)) with points pt %d ps %.1f" \
            . " lc rgb variable notitle"
        command = command . ", " . sprintf(marks, p, 0, 7, 0.6) . ", " . sprintf(marks, p, 1, 9, 0.8)
        eval command
    }
    eval whole_page
    set label 1 "Editing one spot of a model of the plane" at screen 0.5, screen 1.0 - 24.0 / height center font ",16"
    set label 2 "Background: the class that the model gives. Mark: the true class. On the other colour, it is wrong." \
        at screen 0.5, screen 1.0 - 50.0 / height center textcolor rgb 0x555555
    set key at screen 0.5, screen 22.0 / height center center horizontal maxrows 2 samplen 1.5 reverse Left
    command = "plot NaN with points pt 7 ps 1 lc rgb 0x333333 title 'upstream point'," \
        . " NaN with points pt 9 ps 1.2 lc rgb 0x333333 title 'edit instance'"
    do for [c = 1:words(classes)] {
        command = command . sprintf(", NaN with points pt 5 ps 1.5 lc rgb %d title 'class %s'", \
            class_colour(c), word(classes, c))
    }
    eval command
    unset multiplot
}
unset output
