"""Times stream-edit and evaluate against the number of edits, the size of the model and the threads.

    python3 Benchmarks/scaling.py            # 100 to 10,000 edits of a tiny T5, and four sizes of T5

Every question is an error and lies outside all balls, so that each edit adds a key. The edits of the tiny model have two
steps each: what grows with their number is what this is about. evaluate scores the whole stream after every edit: each new
key is compared with each question, which is quadratic by what is asked for, and nothing else should be. The table goes to
stdout and to Benchmarks/results, all raw numbers beside it; scaling.gp draws it.
"""

import argparse
import random
import shutil
import sys
from pathlib import Path

import bench

ROOT, HERE = bench.ROOT, bench.HERE
WORK = ROOT / "runs" / "benchmark-scaling"
# d_model, d_ff, blocks of encoder and decoder each, heads, vocabulary
SIZES = {
    "tiny": (64, 128, 2, 2, 1000), "mini": (128, 256, 4, 2, 8000), "half": (256, 512, 6, 4, 16_000),
    "small": (512, 1024, 8, 6, 32_128)}
COLUMNS = [
    "tool", "model", "parameters", "edits", "keys", "steps", "threads", "seconds", "ms_per_edit", "peak_MB", "disturbed"]


def parse():
    parser = bench.parser(__doc__.splitlines()[0])
    parser.add_argument(
        "--edits", type=int, nargs="+", default=[100, 300, 1000, 3000, 10_000], help="numbers of edits of the tiny model")
    parser.add_argument("--size-edits", type=int, default=3, help="edits of 100 steps of each size of model")
    parser.add_argument("--tools", type=Path, help="the folder of tools that are built already")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)       # this process makes a model and its stream
    parser.add_argument("--size", help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def make(options):
    """A random T5 of a size, and questions of 8 to 12 tokens with labels of 2 to 4."""
    sys.path.insert(0, str(HERE))
    import make_model

    width, hidden, blocks, heads, vocabulary = SIZES[options.size]
    config = dict(
        make_model.full_shape.CONFIG, d_model=width, d_ff=hidden, num_layers=blocks, num_decoder_layers=blocks,
        num_heads=heads, d_kv=64, vocab_size=vocabulary)
    weights = make_model.models.random_weights(config, 7, gain=0.5, head=1.5, end=1.0)
    make_model.models.write_folder(options.make, config, weights, "safetensors")
    # evaluate decodes answers; ids that this vocabulary lacks are left out.
    shutil.copy(ROOT / "Tests" / "Fixtures" / "tokenizers" / "t5" / "spiece.model", options.make)
    draw = random.Random(0)

    def ids(shortest, longest):
        return [draw.randrange(2, vocabulary) for _ in range(draw.randint(shortest, longest) - 1)] + [1]

    make_model.write_stream(
        options.make / "stream.safetensors", [ids(8, 12) for _ in range(options.count)],
        [ids(2, 4) for _ in range(options.count)])


def made(options, size, count):
    folder = WORK / f"{size}-{count}"
    if not (folder / "stream.safetensors").exists():
        python = bench.baseline_python(options.python)
        bench.call([
            python, Path(__file__).resolve(), "--make", folder, "--size", size, "--count", str(count)])
    return folder


def run(options, size, edits, steps, threads, scored):
    """Rows for editing and, where `scored`, for scoring the whole stream after every edit."""
    model = made(options, size, edits)
    log, metrics = WORK / "log", WORK / "metrics.tsv"
    shutil.rmtree(log, ignore_errors=True)
    commands = {"stream-edit": [
        "--model", model, "--stream", model / "stream.safetensors", "--radius", "1e-6", "--steps", str(steps),
        "--max-new-tokens", "4", "--output", log]}
    if scored:
        commands["evaluate"] = ["--edits", log, "--model", model, "--output", metrics]
    rows = []
    for tool, arguments in commands.items():
        cost = bench.alone(options, [options.tools / tool, *arguments, "--threads", str(threads)])
        cost.pop("stdout")
        made_edits = [line.split("\t") for line in (log / "edits.tsv").read_text().splitlines()]
        error = made_edits[0].index("error")
        count = sum(line[error] == "1" for line in made_edits[1:])
        # Two questions that are the same share a key; random ones hardly ever are.
        action = made_edits[0].index("action")
        keys = sum(line[action] in ("add", "split") for line in made_edits[1:])
        rows.append({
            "tool": tool, "model": size, "parameters": (model / "model.safetensors").stat().st_size // 4,
            "edits": count, "keys": keys, "steps": steps, "threads": threads, "seconds": cost["wall_seconds"],
            "ms_per_edit": 1e3 * cost["wall_seconds"] / max(count, 1), "peak_MB": cost["peak_memory_bytes"] / 1e6,
            "disturbed": int(cost["disturbed"]), "process": cost})
        print("\t".join(cell(rows[-1][column]) for column in COLUMNS), flush=True)
    return rows


def cell(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main():
    options = parse()
    if options.make:
        return make(options)
    if options.tools is None:
        options.tools = bench.built_tools()
    print("\t".join(COLUMNS), flush=True)
    rows = []
    for edits in options.edits:
        rows += run(options, "tiny", edits, 2, 2, scored=True)
    rows += run(options, "tiny", sorted(options.edits)[len(options.edits) // 2], 2, 1, scored=True)
    for size in SIZES:
        for threads in (1, 2):
            rows += run(options, size, options.size_edits, 100, threads, scored=False)
    shutil.rmtree(WORK, ignore_errors=True)
    path = bench.write_results("scaling", options, ("edits", "size_edits", "foreign"), {}, {"rows": rows})
    path.with_suffix(".tsv").write_text(
        "\n".join("\t".join(line) for line in [COLUMNS, *([cell(row[c]) for c in COLUMNS] for row in rows)]) + "\n")


if __name__ == "__main__":
    main()
