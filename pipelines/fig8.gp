# Draws Figure 8: the scores along the stream for every radius, a row of panels for each.
#   gnuplot -c fig8.gp fig8.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 2) { printerr "usage: gnuplot -c fig8.gp fig8.tsv OUTBASE"; exit status 64 }
figure_title = "GRACE over a stream of edits, for every radius"
input = ARG1
output_base = ARG2
load system(sprintf("dirname '%s'", ARG0)) . "/panels.gp"
