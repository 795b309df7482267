# Draws Figure 3: edit score, upstream and online score by the number of edits, a line for each editor.
#   gnuplot -c fig3.gp fig3_TASK.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 2) { printerr "usage: gnuplot -c fig3.gp fig3_TASK.tsv OUTBASE"; exit status 64 }
input = ARG1
output_base = ARG2
load system(sprintf("dirname '%s'", ARG0)) . "/editors.gp"
if (!is_readable(input)) {
    printerr input . ": no such file, or it cannot be read; plot-data writes it"
    exit status 1
}
header = header_of(input)
score = score_name(header)
array scores[3] = ["edit_score", score_column(header, "upstream"), score_column(header, "online")]
array titles[3] = [sprintf("Edit score\n(mean of the other two)"), \
    sprintf("Upstream %s\n(what the model knew before editing)", score), \
    sprintf("Online %s\n(all inputs edited so far)", score)]

editors = ""
seeds = 1
set datafile columnheaders
collect(x) = (editors = with_item(editors, strcol("editor")), \
    seeds = column("seeds") > seeds ? column("seeds") : seeds, column("edits"))
stats input using (collect(0)) nooutput
if (words(editors) == 0) { printerr input . ": no rows to draw"; exit status 1 }
last_edit = STATS_max
first_edit = STATS_min
count = words(editors)

# Cuts each editor out of the table once: edits, then mean, least and most of each score.
do for [e = 1:count] {
    eval sprintf("set table $editor_%d", e)
    plot input using (column("edits")) : \
        (strcol(scores[1])):(strcol(scores[1] . "_min")):(strcol(scores[1] . "_max")) : \
        (strcol(scores[2])):(strcol(scores[2] . "_min")):(strcol(scores[2] . "_max")) : \
        (strcol(scores[3])):(strcol(scores[3] . "_min")):(strcol(scores[3] . "_max")) \
        with table if (strcol("editor") eq word(editors, e))
    unset table
}
unset datafile columnheaders

# About ten marks on each line.
marks(e) = int(1 + records[e] / 10)
array records[count]
do for [e = 1:count] {
    eval sprintf("stats $editor_%d using 1 nooutput", e)
    records[e] = STATS_records
}

width = 1200
height = 500
do for [kind in "svg png"] {
    eval set_terminal(kind, width, height)
    set output output_base . "." . kind
    set multiplot
    set border 3 ls 101
    set grid ls 100
    set style fill transparent solid 0.18 noborder
    unset key
    do for [p = 1:3] {
        unset label
        set lmargin at screen 0.055 + (p - 1) * 0.325
        set rmargin at screen 0.055 + (p - 1) * 0.325 + 0.275
        set tmargin at screen 1.0 - 122.0 / height
        set bmargin at screen 110.0 / height
        set xrange [0:last_edit]
        set yrange [0:1.02]
        set xtics autofreq nomirror out scale 0.5 format "%.0f"
        set ytics 0, 0.25, 1 nomirror out scale 0.5 format "%.2f"
        set xlabel "edits made" offset 0, 0.3
        set label 1 titles[p] at graph 0.5, screen 1.0 - 86.0 / height center
        command = "plot"
        do for [e = 1:count] {
            if (seeds > 1) {
                command = command . sprintf(" $editor_%d using 1:%d:%d with filledcurves lc rgb %d notitle,", \
                    e, 3 * p, 3 * p + 1, colour_of(word(editors, e)))
            }
        }
        # GRACE is drawn last, on top.
        do for [e = count:1:-1] {
            command = command . sprintf( \
                "%s $editor_%d using 1:%d with linespoints lw 2.2 lc rgb %d pt %d ps 0.9 pi %d notitle", \
                e < count ? "," : "", e, 3 * p - 1, colour_of(word(editors, e)), mark_of(word(editors, e)), marks(e))
        }
        eval command
    }
    eval whole_page
    set label 1 "Editing a model over and over: what each editor keeps" at screen 0.5, screen 1.0 - 22.0 / height \
        center font ",16"
    set label 2 sprintf("The best setting of each editor%s. Higher is better. Curves begin after %d edits.", \
        seeds > 1 ? sprintf("; mean of %d seeds, band from the least to the most", seeds) : "", int(first_edit)) \
        at screen 0.5, screen 1.0 - 47.0 / height center textcolor rgb 0x555555
    set key at screen 0.5, screen 26.0 / height center center horizontal maxrows 2 samplen 2.5 reverse Left
    command = "plot"
    do for [e = 1:count] { command = command . (e > 1 ? ", " : " ") . entry(word(editors, e)) }
    eval command
    unset multiplot
}
unset output
