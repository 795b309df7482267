"""Times lookups of the nearest key beside FAISS's IndexFlatL2, on the same keys and machine, in one run.

    python3 Benchmarks/retrieval.py                          # 1,000 to 100,000 keys of width 1,024
    python3 Benchmarks/retrieval.py --keys 1000000 --rounds 1     # 4 GB of keys; needs 12 GB of memory

Keys are drawn from a normal distribution, where all distances are nearly alike and bounds leave most open; half of the
queries lie close to a key. `--skewed` has keys as a rectified layer gives: half of them zero, some a hundred times as large
as others. Both sides look up single queries and batches of 64 with 2 threads, in turns, each in a process of its own. That
both find the same key for every query is checked. The table goes to stdout, and to Benchmarks/results with all raw numbers.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import bench

ROOT, HERE = bench.ROOT, bench.HERE
WORK = ROOT / "runs" / "benchmark-retrieval"
CHUNK = 10_000


def parse():
    parser = bench.parser(__doc__.splitlines()[0])
    parser.add_argument(
        "--keys", type=int, nargs="+", default=[1000, 3000, 10_000, 30_000, 100_000], help="numbers of keys")
    parser.add_argument("--width", type=int, default=1024, help="floats of a key")
    parser.add_argument("--queries", type=int, default=256, help="queries, single and then in batches")
    parser.add_argument("--batch", type=int, default=64, help="queries of a batch")
    parser.add_argument("--skewed", action="store_true", help="keys as a rectified layer gives")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    parser.add_argument("--tool", type=Path, help="a retrieval-benchmark that is built already")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)       # this process draws the keys
    parser.add_argument("--faiss", type=Path, help=argparse.SUPPRESS)      # this process is the other side
    options = parser.parse_args()
    if min(options.keys + [options.width, options.batch, options.rounds, options.threads]) < 1 or options.queries < 2:
        parser.error("all numbers begin at 1, queries at 2")
    return options


def make(options):
    """Writes keys and queries, some keys at a time."""
    import numpy

    keys, width, queries = options.keys[0], options.width, options.queries
    draw = numpy.random.default_rng(0)
    scales = numpy.exp(draw.standard_normal(width, dtype=numpy.float32))

    def rows(count, seed):
        drawn = numpy.random.default_rng(seed).standard_normal((count, width), dtype=numpy.float32)
        return numpy.maximum(drawn, 0) ** 2 * scales if options.skewed else drawn

    near = draw.integers(0, keys, (queries + 1) // 2)
    asked = rows(queries, [1])
    noise = numpy.float32(0.05) * draw.standard_normal((len(near), width), dtype=numpy.float32)
    header, end = {}, 0
    for name, count in (("keys", keys), ("queries", queries)):
        begin, end = end, end + 4 * width * count
        header[name] = {"dtype": "F32", "shape": [count, width], "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(options.make, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for start in range(0, keys, CHUNK):
            part = rows(min(CHUNK, keys - start), [2, start])
            for query, key in enumerate(near):
                if start <= key < start + len(part):
                    asked[2 * query] = part[key - start] + noise[query]
            part.tofile(file)
        asked.tofile(file)


def run_faiss(options):
    """The other side: prints the lines that retrieval-benchmark prints."""
    import faiss
    import numpy

    faiss.omp_set_num_threads(options.threads)
    with open(options.faiss, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    keys, queries = (
        numpy.memmap(options.faiss, numpy.float32, "r", 8 + length + header[name]["data_offsets"][0],
                     tuple(header[name]["shape"]))
        for name in ("keys", "queries"))
    queries = numpy.array(queries)
    begin = time.perf_counter()
    index = faiss.IndexFlatL2(keys.shape[1])
    for start in range(0, len(keys), CHUNK):
        index.add(numpy.array(keys[start:start + CHUNK]))
    values = {"append": [time.perf_counter() - begin], "single": [], "batch": [], "rows": [], "distances": []}
    del keys
    for size, name in ((1, "single"), (options.batch, "batch")):
        for start in range(0, len(queries), size):
            begin = time.perf_counter()
            squares, rows = index.search(queries[start:start + size], 1)
            values[name].append(time.perf_counter() - begin)
            if size == 1:
                values["rows"] += rows[:, 0].tolist()
                values["distances"] += (squares[:, 0].clip(0) ** 0.5).tolist()
    print(json.dumps({"measure": "info", "faiss": faiss.__version__, "options": faiss.get_compile_options()}))
    for name, numbers in values.items():
        print(json.dumps({"measure": name, "values": numbers}))


def python_with_faiss(given):
    python = bench.baseline_python(given)
    if subprocess.run([python, "-c", "import faiss"], stderr=subprocess.DEVNULL).returncode != 0:
        bench.call([python, "-m", "pip", "install", "-q", "faiss-cpu"])
    return python


def run(options, arguments):
    cost = bench.alone(options, arguments)
    lines = {line["measure"]: line for line in map(json.loads, cost.pop("stdout").splitlines())}
    result = {name: line["values"] for name, line in lines.items() if "values" in line}
    return {**result, "info": lines.get("info"), "process": cost}


def check_found(ours, theirs, keys):
    """FAISS computes distances of single queries as we do, up to rounding."""
    for query, (row, other) in enumerate(zip(ours["rows"], theirs["rows"])):
        near, far = ours["distances"][query], theirs["distances"][query]
        if row != other and abs(near - far) > 1e-3 * max(near, far):
            bench.fail(f"query {query} of {keys} keys: key {row:.0f} at {near}, FAISS finds {other} at {far}")


def measure(options, python, keys):
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / f"{keys}-{options.width}-{options.queries}-{int(options.skewed)}.safetensors"
    if not file.exists():
        made = file.with_suffix(".made")
        bench.call([
            python, Path(__file__).resolve(), "--make", made, "--keys", str(keys), "--width", str(options.width),
            "--queries", str(options.queries), *(["--skewed"] if options.skewed else [])])
        made.rename(file)
    threads, batch = str(options.threads), str(options.batch)
    sides = {
        "ours": [options.tool, file, "--threads", threads, "--batch", batch],
        "faiss": [python, Path(__file__).resolve(), "--faiss", file, "--threads", threads, "--batch", batch]}
    rounds = bench.take_turns(
        options.rounds, {side: lambda command=command: run(options, command) for side, command in sides.items()},
        lambda result: f"{keys} keys, {1e3 * statistics.median(result['single']):.3g} ms a query")
    for entry in rounds:
        check_found(entry["ours"], entry["faiss"], keys)
    file.unlink()
    return rounds


def summary(keys, rounds):
    """A row for single queries and one for batches: medians over undisturbed runs, or over all where there is none."""
    rows = []
    runs, judged = bench.quiet_runs(rounds)
    for measure in ("single", "batch"):
        row = {"keys": keys, "lookup": measure}
        for side in ("ours", "faiss"):
            row[f"{side}_ms"] = 1e3 * statistics.median(s for run in runs[side] for s in run[measure])
            row[f"{side}_MB"] = statistics.median(run["process"]["peak_memory_bytes"] / 1e6 for run in runs[side])
        row["ratio"] = row["faiss_ms"] / row["ours_ms"]
        row["level"] = ("yes" if row["ratio"] >= 1 else "no") if judged else "disturbed"
        rows.append(row)
    return rows


def main():
    options = parse()
    if options.make:
        return make(options)
    if options.faiss:
        return run_faiss(options)
    python = python_with_faiss(options.python)
    if options.tool is None:
        options.tool = bench.built_tools() / "retrieval-benchmark"
    table, rounds = [], {}
    columns = ["keys", "lookup", "ours_ms", "faiss_ms", "ratio", "ours_MB", "faiss_MB", "level"]
    lines = ["\t".join(columns)]
    print(lines[0], flush=True)
    for keys in options.keys:
        rounds[keys] = measure(options, python, keys)
        for row in summary(keys, rounds[keys]):
            table.append(row)
            lines.append("\t".join(f"{row[c]:.4g}" if isinstance(row[c], float) else str(row[c]) for c in columns))
            print(lines[-1], flush=True)
    shutil.rmtree(WORK, ignore_errors=True)
    # What was found is checked, and need not be kept.
    for entry in (side for runs in rounds.values() for run in runs for side in run.values()):
        entry.pop("rows"), entry.pop("distances")
    info = next(iter(rounds.values()))[0]["faiss"]["info"]
    path = bench.write_results(
        "retrieval", options, ("keys", "width", "queries", "batch", "skewed", "rounds", "threads", "foreign"),
        {"faiss": info["faiss"]}, {"faiss_options": info["options"], "summary": table, "rounds": rounds})
    path.with_suffix(".tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
