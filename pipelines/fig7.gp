# Draws Figure 7: single scores by the number of edits: a column of panels for each editor, a line for each setting.
#   gnuplot -c fig7.gp fig7_TASK.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 2) { printerr "usage: gnuplot -c fig7.gp fig7_TASK.tsv OUTBASE"; exit status 64 }
input = ARG1
output_base = ARG2
load system(sprintf("dirname '%s'", ARG0)) . "/editors.gp"
if (!is_readable(input)) {
    printerr input . ": no such file, or it cannot be read; plot-data writes it"
    exit status 1
}
header = header_of(input)
score = score_name(header)
array scores[3] = [score_column(header, "upstream"), score_column(header, "online"), "edit_success"]
array titles[3] = [sprintf("upstream %s", score), sprintf("online %s", score), "edit success"]
array meanings[3] = ["(known before)", "(edited so far)", "(right at once)"]

# Settings are editor|layer|radius|lr|qualifies|best; runs have the seed behind it.
setting_of(x) = strcol("editor") . "|" . strcol("layer") . "|" . strcol("epsilon") . "|" . strcol("lr") . "|" \
    . strcol("qualifies") . "|" . strcol("best")
part(s, n) = n == 1 ? (strstrt(s, "|") > 0 ? s[1:strstrt(s, "|") - 1] : s) : part(s[strstrt(s, "|") + 1:*], n - 1)
editors = ""
layers = ""
settings = ""
runs = ""
set datafile columnheaders
collect(x) = (editors = with_item(editors, strcol("editor")), layers = with_item(layers, strcol("layer")), \
    settings = with_item(settings, setting_of(0)), \
    runs = with_item(runs, setting_of(0) . "|" . strcol("seed")), column("edits"))
stats input using (collect(0)) nooutput
if (words(editors) == 0) { printerr input . ": no rows to draw"; exit status 1 }
last_edit = STATS_max
count = words(editors)
run_count = words(runs)

do for [r = 1:run_count] {
    eval sprintf("set table $run_%d", r)
    plot input using (column("edits")):(strcol(scores[1])):(strcol(scores[2])):(strcol(scores[3])) with table \
        if (setting_of(0) . "|" . strcol("seed") eq word(runs, r))
    unset table
}
unset datafile columnheaders

# A setting's place among those of its editor, and how many there are.
count_to(editor, n) = n < 1 ? 0 : count_to(editor, n - 1) + (part(word(settings, n), 1) eq editor)
settings_of(editor) = count_to(editor, words(settings))
most_settings = 0
do for [e = 1:count] {
    n = settings_of(word(editors, e))
    most_settings = n > most_settings ? n : most_settings
}
# The setting of a run.
without_seed(s) = part(s, 1) . "|" . part(s, 2) . "|" . part(s, 3) . "|" . part(s, 4) . "|" . part(s, 5) \
    . "|" . part(s, 6)
# From light to the editor's own colour; a setting that does not qualify is dashed and grey.
qualifies(s) = part(s, 5) eq "yes"
is_best(s) = part(s, 6) eq "yes"
shade(s, n, of) = lighter(colour_of(part(s, 1)), of < 2 ? 0.0 : 0.72 * (of - n) / (of - 1.0))
colour(s) = qualifies(s) ? shade(s, count_to(part(s, 1), place(settings, s)), settings_of(part(s, 1))) : 0xaaaaaa
line(s) = sprintf("lw %.1f dt %d lc rgb %d", is_best(s) ? 2.8 : 1.4, qualifies(s) ? 1 : 3, colour(s))
layer_part(s) = words(layers) > 1 ? part(s, 2) . ", " : ""
name(s) = layer_part(s) . (part(s, 3) eq "nan" || part(s, 3) eq "" ? "lr " . part(s, 4) : "radius " . part(s, 3)) \
    . (is_best(s) ? "  (best)" : qualifies(s) ? "" : "  (edits fail)")

# Some three or four round tics along the number of edits.
round_to(n, unit) = n / unit <= 4 ? unit : n / unit <= 8 ? 2 * unit : n / unit <= 20 ? 5 * unit : round_to(n, 10 * unit)
tic_step(n) = round_to(n, 1)

left = 92.0
column_width = count < 4 ? 290.0 : 236.0
row_height = 190.0
top = 104.0
legend = 20.0 * most_settings + 60.0
width = int(left + count * column_width + 16)
height = int(top + 3 * row_height + legend)
do for [kind in "svg png"] {
    eval set_terminal(kind, width, height)
    set output output_base . "." . kind
    set multiplot
    set border 3 ls 101
    set grid ls 100
    do for [e = 1:count] {
        editor = word(editors, e)
        do for [p = 1:3] {
            unset label
            unset key
            panel_left = (left + (e - 1) * column_width) / width
            set lmargin at screen panel_left
            set rmargin at screen panel_left + (column_width - 52.0) / width
            panel_top = 1.0 - (top + (p - 1) * row_height) / height
            set tmargin at screen panel_top
            set bmargin at screen panel_top - (row_height - 34.0) / height
            set xrange [0:last_edit]
            set yrange [0:1.03]
            set xtics 0, tic_step(last_edit) nomirror out scale 0.5 format "%.0f" font ",10"
            set ytics 0, 0.25, 1 nomirror out scale 0.5 format "%.2f" font ",10"
            if (p == 1) {
                set label 1 title_of(editor) at graph 0.5, screen panel_top + 16.0 / height center \
                    textcolor rgb colour_of(editor) font ",14"
            }
            if (e == 1) {
                set label 2 titles[p] at screen 13.0 / width, graph 0.5 center rotate by 90 font ",12"
                set label 3 meanings[p] at screen 29.0 / width, graph 0.5 center rotate by 90 font ",10" \
                    textcolor rgb 0x555555
            }
            unset xlabel
            if (p == 3) {
                set xlabel "edits made" offset 0, 0.4 font ",11"
                set key at graph 0, screen (legend - 52.0) / height left top vertical samplen 2 reverse Left \
                    font ",10" spacing 1.15
            }
            command = ""
            do for [r = 1:run_count] {
                s = word(runs, r)
                if (part(s, 1) eq editor) {
                    command = command . (command eq "" ? "plot" : ",") . sprintf( \
                        " $run_%d using 1:%d with lines %s notitle", r, p + 1, line(without_seed(s)))
                }
            }
            if (p == 3) {
                do for [n = 1:words(settings)] {
                    s = word(settings, n)
                    if (part(s, 1) eq editor) {
                        command = command . sprintf(", NaN with lines %s title '%s'", line(s), name(s))
                    }
                }
            }
            eval command
        }
    }
    eval whole_page
    set label 1 "Every setting of every editor" at screen 0.5, screen 1.0 - 22.0 / height center font ",16"
    set label 2 "Thick: the best setting. Dashed grey: too many of its edits fail, so it does not count." \
        . " lr: learning rate." \
        at screen 0.5, screen 1.0 - 48.0 / height center textcolor rgb 0x555555
    unset key
    plot NaN notitle
    unset multiplot
}
unset output
