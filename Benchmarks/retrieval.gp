# Draws the time of a lookup against the number of keys, ours and FAISS's, single queries and batches.
#   gnuplot -c retrieval.gp OUT.svg TABLE.tsv...     tables by retrieval.py
if (ARGC < 2) { printerr "usage: gnuplot -c retrieval.gp OUT.svg TABLE.tsv..."; exit status 64 }
array arguments[9] = [ARG1, ARG2, ARG3, ARG4, ARG5, ARG6, ARG7, ARG8, ARG9]
set datafile separator tab
set datafile columnheaders
set datafile missing "nan"
tables = ""
do for [n = 2:ARGC] {
    if (system(sprintf("test -r '%s' && echo yes", arguments[n])) ne "yes") {
        printerr arguments[n] . ": no such file, or it cannot be read; retrieval.py writes it"
        exit status 1
    }
    tables = tables . " '" . arguments[n] . "'"
}
# All tables as one, with one header.
joined = sprintf("< awk 'FNR > 1 || NR == 1' %s", tables)

set terminal svg size 720, 480 noenhanced font 'DejaVu Sans,13' background rgb 'white' dynamic
set output ARG1
set border 3 lc rgb 0x555555
set grid lc rgb 0xdddddd
set key top left reverse Left
set logscale xy
set xrange [800:*]
set rmargin 5
set xlabel "keys of the codebook"
set ylabel "milliseconds"
set xtics nomirror format "%.0f"
set ytics nomirror format "%g"
# `lookup` is the second column; other rows are not numbers and leave no gap.
side(kind, name) = strcol("lookup") eq kind ? column(name) : NaN
set datafile missing NaN
plot joined using (column("keys")):(side("single", "faiss_ms")) with linespoints lw 2 pt 4 lc rgb 0xd55e00 \
        title "FAISS, one query", \
    '' using (column("keys")):(side("single", "ours_ms")) with linespoints lw 2 pt 5 lc rgb 0x0072b2 \
        title "ours, one query", \
    '' using (column("keys")):(side("batch", "faiss_ms")) with linespoints lw 2 pt 6 dt 2 lc rgb 0xd55e00 \
        title "FAISS, 64 queries together", \
    '' using (column("keys")):(side("batch", "ours_ms")) with linespoints lw 2 pt 7 dt 2 lc rgb 0x0072b2 \
        title "ours, 64 queries together"
