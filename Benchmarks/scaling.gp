# Draws time and memory against the number of edits, and time for an edit against the size of the model.
#   gnuplot -c scaling.gp OUT.svg TABLE.tsv     a table by scaling.py
if (ARGC != 2) { printerr "usage: gnuplot -c scaling.gp OUT.svg TABLE.tsv"; exit status 64 }
if (system(sprintf("test -r '%s' && echo yes", ARG2)) ne "yes") {
    printerr ARG2 . ": no such file, or it cannot be read; scaling.py writes it"
    exit status 1
}
set datafile separator tab
set datafile columnheaders
set datafile missing NaN

set terminal svg size 960, 400 noenhanced font 'DejaVu Sans,13' background rgb 'white' dynamic
set output ARG1
set border 3 lc rgb 0x555555
set grid lc rgb 0xdddddd
set key top left reverse Left
set logscale xy
set xtics nomirror format "%.0f"
set ytics nomirror format "%g"
set rmargin 4
set multiplot layout 1, 3
few(tool, name) = strcol("tool") eq tool && column("steps") == 2 && column("threads") == 2 ? column(name) : NaN
sized(threads) = column("steps") == 100 && column("threads") == threads ? column("ms_per_edit") : NaN

set title "a tiny model, edits of 2 steps"
set xlabel "edits, each a key"
set ylabel "seconds"
plot ARG2 using (column("edits")):(few("stream-edit", "seconds")) with linespoints lw 2 pt 7 lc rgb 0x0072b2 \
        title "stream-edit", \
    '' using (column("edits")):(few("evaluate", "seconds")) with linespoints lw 2 pt 5 lc rgb 0xd55e00 \
        title "evaluate"
set ylabel "MB at most"
plot ARG2 using (column("edits")):(few("stream-edit", "peak_MB")) with linespoints lw 2 pt 7 lc rgb 0x0072b2 \
        title "stream-edit", \
    '' using (column("edits")):(few("evaluate", "peak_MB")) with linespoints lw 2 pt 5 lc rgb 0xd55e00 \
        title "evaluate"
set title "edits of 100 steps"
set xtics format "%g"
set xlabel "millions of parameters"
set ylabel "ms for an edit, start-up included"
plot ARG2 using (column("parameters") / 1e6):(sized(1)) with linespoints lw 2 pt 6 dt 2 lc rgb 0x0072b2 \
        title "1 thread", \
    '' using (column("parameters") / 1e6):(sized(2)) with linespoints lw 2 pt 7 lc rgb 0x0072b2 title "2 threads"
unset multiplot
