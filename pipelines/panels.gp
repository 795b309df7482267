# A grid of panels: a row for each radius, a column for each score, a line for each layer.
# Needs `input` (fig4.tsv or fig8.tsv), `output_base` and `figure_title`; called by fig4.gp and fig8.gp.

set datafile separator tab
set datafile columnheaders
set datafile missing "nan"

if (system(sprintf("test -r '%s' && echo yes", input)) ne "yes") {
    printerr input . ": no such file, or it cannot be read; plot-data writes it"
    exit status 1
}

# The scores are the F1 of answers, or the accuracy of classes; each has a column of panels with this title.
header = system(sprintf("head -n 1 '%s' | tr '\t' ' '", input))
score = strstrt(header, "upstream_f1") > 0 ? "F1" : "accuracy"
score_column(set) = set . (score eq "F1" ? "_f1" : "_accuracy")
array panel_titles[5] = [ \
    sprintf("Upstream %s\n(what the model knew)", score), \
    sprintf("Online %s\n(edits made so far)", score), \
    sprintf("Holdout %s\n(unseen phrasings)", score), \
    "Keys / edits\n(1 = a lookup table)", \
    "Edits / inputs\n(share that needed an edit)"]

# Collect the radii, and the series: editor|layer|lr|seed. The table is sorted, so they come in order.
radii = ""
series = ""
editors = ""
settings = ""
has_holdout = 0
has(list, item) = strstrt(" " . list . " ", " " . item . " ") > 0
with_item(list, item) = has(list, item) ? list : (list eq "" ? item : list . " " . item)
series_of(x) = strcol("editor") . "|" . strcol("layer") . "|" . strcol("lr") . "|" . strcol("seed")
collect(x) = (series = with_item(series, series_of(0)), \
    editors = with_item(editors, strcol("editor")), \
    settings = with_item(settings, strcol("lr") . "|" . strcol("seed")), \
    has_holdout = has_holdout || (strcol(score_column("holdout")) ne "" && strcol(score_column("holdout")) ne "nan"), \
    radii = strcol("epsilon") eq "nan" ? radii : with_item(radii, strcol("epsilon")), column("step"))
stats input using (collect(0)) nooutput
if (words(radii) == 0) { printerr input . ": no radius to draw; expected a table of plot-data"; exit status 1 }
last_step = STATS_max

# Ascending radii: the table is sorted by layer first, so a layer may bring a radius late.
sorted = ""
do for [n = 1:words(radii)] {
    least = ""
    do for [i = 1:words(radii)] {
        r = word(radii, i)
        if (!has(sorted, r) && (least eq "" || real(r) < real(least))) { least = r }
    }
    sorted = sorted . (sorted eq "" ? "" : " ") . least
}
radii = sorted

# A layer's name for the legend: "block 2" for encoder.block.2.layer.1..., "layer 10" for encoder.layer.10...
# ("layer 10 intermediate" before the activation).
part(s, n) = n == 1 ? (strstrt(s, "|") > 0 ? s[1:strstrt(s, "|") - 1] : s) : part(s[strstrt(s, "|") + 1:*], n - 1)
upto_dot(s) = strstrt(s, ".") > 0 ? s[1:strstrt(s, ".") - 1] : s
after(s, mark) = upto_dot(s[strstrt(s, mark) + strlen(mark):*])
side(s) = s[1:8] eq "decoder." ? "decoder " : ""
half(s) = strstrt(s, ".intermediate.") > 0 ? " intermediate" : ""
short_layer(s) = strstrt(s, "block.") > 0 ? side(s) . "block " . after(s, "block.") : \
    strstrt(s, "layers.") > 0 ? "layer " . after(s, "layers.") : \
    strstrt(s, "layer.") > 0 ? "layer " . after(s, "layer.") . half(s) : s
legend(s) = (words(editors) > 1 ? part(s, 1) . " " : "") . short_layer(part(s, 2)) . \
    (words(settings) > 1 ? sprintf(", lr %s, seed %s", part(s, 3), part(s, 4)) : "")

# From the first layer to the last, dark blue to orange; more than eight lines begin again with dashes.
array colours[8] = [0x2d1e6b, 0x2166ac, 0x1b9e9e, 0x4dac26, 0xc9a800, 0xf28e2b, 0xd6404e, 0x8c2d68]
line_count = words(series)
colour(i) = colours[1 + (line_count <= 1 || line_count > 8 ? (i - 1) % 8 : int((i - 1) * 7.0 / (line_count - 1) + 0.5))]

# Pictures need no more than about 400 points a line.
rows_most = STATS_records > 0 ? STATS_records / (words(radii) * line_count) : 1
thin = rows_most > 400 ? int(rows_most / 400) : 1

rows = words(radii)
width = 1500
top = 70.0
bottom = 62.0
row_height = 215.0
height = int(top + bottom + rows * row_height)
left_edge = 0.063
gap = 0.038
panel_width = (0.984 - left_edge - 4 * gap) / 5

# Cuts the lines of each radius and layer out of the table once, for all five panels.
do for [r = 1:rows] {
    do for [s = 1:line_count] {
        eval sprintf("set table $run_%d_%d", r, s)
        plot input using (column("step")):(strcol(score_column("upstream"))):(strcol(score_column("online"))):\
            (strcol(score_column("holdout"))):(strcol("key_edit_ratio")):(strcol("edit_share")) with table \
            if (series_of(0) eq word(series, s) && strcol("epsilon") eq word(radii, r))
        unset table
    }
}
unset datafile columnheaders

set style line 100 lc rgb 0xdddddd lw 0.6
set style line 101 lc rgb 0x555555 lw 0.8

do for [kind in "svg png"] {
    if (kind eq "svg") {
        set terminal svg size width, height noenhanced font "DejaVu Sans,12" background rgb "white" dynamic
    } else {
        set terminal pngcairo size width, height noenhanced font "DejaVu Sans,9" background rgb "white"
    }
    set output output_base . "." . kind
    set multiplot
    set grid ls 100
    set border 3 ls 101
    set tics nomirror out scale 0.5 font ",10"
    set xrange [0:last_step]
    set yrange [0:1.04]
    set xtics autofreq nomirror format "%.0f"
    set ytics nomirror 0, 0.25, 1 format "%.2f"
    unset key
    do for [r = 1:rows] {
        panel_top = 1.0 - (top + (r - 1) * row_height) / height
        panel_bottom = panel_top - (row_height - 42.0) / height
        do for [c = 1:5] {
            panel_left = left_edge + (c - 1) * (panel_width + gap)
            set lmargin at screen panel_left
            set rmargin at screen panel_left + panel_width
            set tmargin at screen panel_top
            set bmargin at screen panel_bottom
            unset label
            if (r == 1) {
                set label 1 panel_titles[c] at graph 0.5, screen panel_top + 34.0 / height center font ",11"
            }
            if (c == 1) {
                set label 2 sprintf("radius %s", word(radii, r)) at screen 0.013, graph 0.5 center \
                    rotate by 90 font ",13"
            }
            if (r == rows) { set xlabel "inputs seen" offset 0, 0.4 font ",10" } else { unset xlabel }
            # A score that no run has is an empty panel that says so.
            if (c == 3 && !has_holdout) {
                set label 5 "not measured" at graph 0.5, graph 0.5 center font ",10" textcolor rgb 0x777777
                plot -1 notitle
                continue
            }
            command = "plot"
            do for [s = 1:line_count] {
                command = command . sprintf( \
                    "%s $run_%d_%d using 1:%d every %d with lines lw 1.8 lc rgb %d dt %d notitle", \
                    s > 1 ? "," : "", r, s, c + 1, thin, colour(s), s > 8 ? 2 : 1)
            }
            eval command
        }
    }
    # The title above and the legend below all panels, drawn over an empty plot as wide as the page.
    set lmargin at screen 0
    set rmargin at screen 1
    set tmargin at screen 1
    set bmargin at screen 0
    unset label
    unset border
    unset tics
    unset grid
    unset xlabel
    set label 3 figure_title at screen 0.5, screen 1.0 - 16.0 / height center font ",15"
    set key at screen 0.09, screen 18.0 / height left center horizontal maxrows 2 samplen 3 reverse Left font ",12"
    set label 4 "Edited layer:" at screen 0.013, screen 18.0 / height left font ",12"
    command = "plot"
    do for [s = 1:line_count] {
        command = command . sprintf("%s NaN with lines lw 3 lc rgb %d dt %d title '%s'", \
            s > 1 ? "," : "", colour(s), s > 8 ? 2 : 1, legend(word(series, s)))
    }
    eval command
    unset multiplot
}
unset output
