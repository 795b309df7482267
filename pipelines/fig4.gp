# Draws Figure 4: the scores along the stream for a few radii, a row of panels for each.
#   gnuplot -c fig4.gp fig4.tsv OUTBASE     writes OUTBASE.svg and OUTBASE.png
if (ARGC != 2) { printerr "usage: gnuplot -c fig4.gp fig4.tsv OUTBASE"; exit status 64 }
figure_title = "GRACE over a stream of edits, for a few radii"
input = ARG1
output_base = ARG2
load system(sprintf("dirname '%s'", ARG0)) . "/panels.gp"
