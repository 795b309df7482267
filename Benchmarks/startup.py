"""Times how long the tools take to start: --help and --version, and stream-edit until its first input, on a model of 300 MB.

    python3 Benchmarks/startup.py

`--help` of every tool has to take less than 30 ms, and stream-edit less than 50 ms until it works on its first input: when
its table appears in the output folder, which is synced to the disk before that. The model is that of bench.py. The table
goes to stdout, and with all raw numbers to Benchmarks/results.
"""

import shutil
import statistics
import subprocess
import time
from pathlib import Path

import bench
import machine

ROOT, HERE = bench.ROOT, bench.HERE
TOOLS = ["prepare-data", "pretrain", "stream-edit", "evaluate", "plot-data"]


def parse():
    parser = bench.parser(__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=21, help="runs of each command")
    parser.add_argument("--tools", type=Path, help="the folder of tools that are built already")
    parser.add_argument("--model", type=Path, help="a folder by make_model.py, instead of making one")
    return parser.parse_args()


def seconds(arguments):
    begin = time.perf_counter()
    subprocess.run(arguments, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def first_input(tool, model):
    """Seconds until the table appears, and until the run of one short edit has ended."""
    output = bench.WORK / "startup"
    shutil.rmtree(output, ignore_errors=True)
    begin = time.perf_counter()
    process = subprocess.Popen([
        tool, "--model", model, "--stream", model / "stream.safetensors", "--layer", bench.LAYER, "--editor", "grace",
        "--radius", "0.1", "--max-edits", "1", "--steps", "1", "--threads", "2", "--lookahead", "1", "--output", output],
        stderr=subprocess.DEVNULL)
    table = output / "edits.partial.tsv"
    while not table.exists() and process.poll() is None:
        time.sleep(0.0005)
    begun = time.perf_counter() - begin
    if process.wait() != 0:
        bench.fail(f"stream-edit ended with {process.returncode}")
    return begun, time.perf_counter() - begin


def main():
    options = parse()
    if options.tools is None:
        options.tools = bench.built_tools()
    model = options.model or bench.WORK / "model-40"
    if not (model / "stream.safetensors").exists():
        bench.call([bench.baseline_python(options.python), HERE / "make_model.py", model])
    load, idle = machine.wait_until_idle(options.foreign, options.wait, bench.say)
    values = {}
    for tool in TOOLS:
        for option in ("--help", "--version"):
            values[f"{tool} {option}"] = [seconds([options.tools / tool, option]) for _ in range(options.runs)]
    pairs = [first_input(options.tools / "stream-edit", model) for _ in range(options.runs)]
    values["stream-edit, until its first input"] = [begun for begun, _ in pairs]
    values["stream-edit, one edit of one step, to its end"] = [end for _, end in pairs]
    print("command\tmedian_ms\tleast_ms")
    for name, numbers in values.items():
        print(f"{name}\t{1e3 * statistics.median(numbers):.1f}\t{1e3 * min(numbers):.1f}")
    bench.write_results("startup", options, ("runs", "foreign"), {}, {
        "foreign_cores_before": load, "disturbed": not idle, "seconds": values})


if __name__ == "__main__":
    main()
