# What pictures have in common: the editors' names and colours, lists of words, and reading a table.
# Loaded by fig3.gp, fig5.gp, fig6.gp, fig7.gp and table1.gp.

set datafile separator tab
set datafile missing "nan"

# $input: a readable table, or the end.
is_readable(file) = system(sprintf("test -r '%s' && echo yes", file)) eq "yes"

# The header of a table, as words.
header_of(file) = system(sprintf("head -n 1 '%s' | tr '\\t' ' '", file))
has(list, item) = strstrt(" " . list . " ", " " . item . " ") > 0
with_item(list, item) = has(list, item) ? list : (list eq "" ? item : list . " " . item)

# The place of an item in a list of words; 0 where it is not there.
place_from(list, item, n) = n > words(list) ? 0 : (word(list, n) eq item ? n : place_from(list, item, n + 1))
place(list, item) = place_from(list, item, 1)

# The colours are those of Okabe and Ito, which the colour-blind tell apart; every editor also has a mark of its own.
known_editors = "grace finetune mend defer memory finetune-ewc finetune-retrain none"
array known_titles[8] = ["GRACE", "Finetuning", "MEND", "Defer", "Memory network", "Finetuning with EWC", \
    "Finetuning with retraining", "No editing"]
array known_colours[8] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x7a4a1e, 0x8a8a00, 0x777777]
array known_marks[8] = [7, 5, 9, 11, 13, 4, 6, 1]
other_colour(n) = word("0x56b4e9 0x333333 0x882255 0x44aa99", 1 + n % 4)
title_of(editor) = place(known_editors, editor) > 0 ? known_titles[place(known_editors, editor)] : editor
# Editors that are not known get the colours that are left, by their length, which is at least always the same.
colour_of(editor) = place(known_editors, editor) > 0 ? known_colours[place(known_editors, editor)] : \
    int(other_colour(strlen(editor)))
mark_of(editor) = place(known_editors, editor) > 0 ? known_marks[place(known_editors, editor)] : 2

# A colour mixed with white: share 0 is the colour, share 1 is white.
mix(c, share) = int(c + (255 - c) * share)
lighter(rgb, share) = mix(rgb / 65536, share) * 65536 + mix((rgb / 256) % 256, share) * 256 + mix(rgb % 256, share)

# Whose scores a table has, from its columns.
score_name(header) = has(header, "upstream_f1") ? "F1" : "accuracy"
score_column(header, set) = has(header, "upstream_f1") ? set . "_f1" : set . "_accuracy"

set style line 100 lc rgb 0xdddddd lw 0.6
set style line 101 lc rgb 0x555555 lw 0.8
set_terminal(kind, width, height) = kind eq "svg" ? \
    sprintf("set terminal svg size %d, %d noenhanced font 'DejaVu Sans,13' background rgb 'white' dynamic", \
        width, height) : \
    sprintf("set terminal pngcairo size %d, %d noenhanced font 'DejaVu Sans,10' background rgb 'white'", \
        width, height)

# An empty plot over the whole page, on which titles and a legend stand.
whole_page = "set lmargin at screen 0; set rmargin at screen 1; set tmargin at screen 1; set bmargin at screen 0;" \
    . "unset label; unset arrow; unset border; unset tics; unset grid; unset xlabel; unset ylabel; unset object;" \
    . "unset title; set xrange [0:1]; set yrange [0:1];"

# The entry of an editor in a legend, as part of a plot command.
entry(editor) = sprintf("NaN with linespoints lw 3 lc rgb %d pt %d ps 1.1 title '%s'", \
    colour_of(editor), mark_of(editor), title_of(editor))
