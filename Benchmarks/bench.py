"""Times stream-edit beside PyTorch on the same model, questions and machine, in one run.

    python3 Benchmarks/bench.py                 # from the package root or anywhere else
    python3 Benchmarks/bench.py --rounds 1 --edits 1 --questions 12    # a quick look whether it all works

Needs python3 (with venv) and Swift; the rest it makes itself: .benchvenv with torch, transformers and safetensors for
the baseline, a release build of stream-edit, and a random model in runs/benchmark. The two sides take turns, each in a
process of its own, when the machine is idle. The table goes to stdout, all raw numbers to Benchmarks/results.
"""

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import machine

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "Benchmarks"
WORK = ROOT / "runs" / "benchmark"
LAYER = "encoder.block.4.layer.1.DenseReluDense.wo"

# measure, unit, target as text, whether (ours, theirs) meets it
TARGETS = [
    ("edit", "s", "at least 5 times faster", lambda ours, theirs: theirs / ours >= 5),
    ("generate", "s", "under 0.1 s", lambda ours, _: ours < 0.1),
    ("load", "s", "under 0.2 s", lambda ours, _: ours < 0.2),
    ("peak_memory", "MB", "under 700 MB", lambda ours, _: ours < 700),
]


def fail(message):
    sys.exit(f"bench: {message}")


def say(message):
    print(f"bench: {message}", file=sys.stderr, flush=True)


def call(arguments, **more):
    """Runs a preparation; its words go to stderr, and a failure ends the benchmark."""
    say(" ".join(str(part) for part in arguments))
    if subprocess.run(arguments, stdout=sys.stderr, cwd=ROOT, **more).returncode != 0:
        fail(f"this failed: {' '.join(map(str, arguments))}")


def baseline_python(given):
    """The interpreter with torch: the one given, or that of .benchvenv, which is made when missing."""
    if given:
        return given
    folder = ROOT / ".benchvenv"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        call([sys.executable, "-m", "venv", folder])
        pip = [python, "-m", "pip", "install", "-q"]
        # The CPU build is a tenth of the size of the one on the default index, which serves where this fails.
        cpu = [*pip, "--no-deps", "--retries", "1", "--index-url", "https://download.pytorch.org/whl/cpu", "torch"]
        if subprocess.run(cpu, stdout=sys.stderr).returncode != 0:
            say("the index of CPU builds is out of reach: taking torch from the default index")
        call([*pip, "torch", "transformers", "safetensors", "numpy"])
        (folder / "complete").touch()
    return python


def built_tools():
    """The folder of the tools, which are built as the tests and the pipeline build them."""
    call(["make", "--no-print-directory", "build"])
    return ROOT / ".build" / "release"


def prepare(options):
    python = baseline_python(options.python)
    if options.tool is None:
        options.tool = built_tools() / "stream-edit"
    model = options.model or WORK / f"model-{options.questions}"
    if not (model / "stream.safetensors").exists():
        call([python, HERE / "make_model.py", model, "--questions", str(options.questions)])
    return python, model


def run_ours(options, model):
    """One stream-edit process; what it says of itself in run.json and edits.tsv, and what it cost."""
    output = WORK / "output"
    shutil.rmtree(output, ignore_errors=True)
    cost = alone(options, [
        options.tool, "--model", model, "--stream", model / "stream.safetensors", "--layer", options.layer,
        "--editor", "grace", "--radius", str(options.radius), "--max-edits", str(options.edits),
        "--threads", str(options.threads), "--lookahead", "1", "--time-generation", "--output", output,
        *options.extra])
    run = json.loads((output / "run.json").read_text())
    timings = run.get("timings")
    if not timings:
        fail(f"{output / 'run.json'} has no timings")
    rows = (output / "edits.tsv").read_text().splitlines()
    header = rows[0].split("\t")
    steps = [dict(zip(header, row.split("\t"))) for row in rows[1:]]
    edits = [row for row in steps if row["steps"] not in ("", "0", "nan")]
    if len(edits) != options.edits:
        fail(f"stream-edit made {len(edits)} edits instead of {options.edits}")
    return {
        "load": [timings["load_seconds"]], "generate": [timings["generate_seconds"]], "edit": [timings["edit_seconds"]],
        "peak_memory": [cost["peak_memory_bytes"] / 1e6],
        "edit_rows": [{"seconds": float(row["seconds"]), "loss": float(row["loss"])} for row in edits],
        "process": cost,
        "run": {key: run[key] for key in ("tool", "version", "timings", "peak_memory_bytes") if key in run},
    }


def run_theirs(options, python, model, dtype="float32"):
    """One process of the PyTorch baseline."""
    cost = alone(options, [
        python, HERE / "baseline.py", "--model", model, "--stream", model / "stream.safetensors", "--layer",
        options.layer, "--radius", str(options.radius), "--edits", str(options.edits),
        "--threads", str(options.threads), "--dtype", dtype])
    lines = {line["measure"]: line for line in map(json.loads, cost.pop("stdout").splitlines())}
    result = {name: lines[name]["values"] for name in ("load", "generate", "edit")}
    result["peak_memory"] = [value / 1e6 for value in lines["peak_memory"]["values"]]
    return {**result, "process": cost, "lines": lines}


def summary(rounds):
    """Per measure the median of each side over undisturbed runs. Without one on both sides there is no verdict: two
    programs do not suffer alike from a busy machine (PyTorch's spinning threads become 30 times slower)."""
    runs, judged = quiet_runs(rounds)
    table = []
    for measure, unit, target, meets in TARGETS:
        ours, theirs = (
            statistics.median(value for run in runs[side] for value in run[measure])
            for side in ("ours", "theirs"))
        table.append({
            "measure": measure, "unit": unit, "ours": ours, "pytorch": theirs, "ratio": theirs / ours,
            "target": target, "met": meets(ours, theirs) if judged else None,
        })
    return table


def beside_bfloat16(table, measures, value, run):
    """Rows that set our numbers beside one run of PyTorch in bfloat16: no verdict, since we compute in float32."""
    rows = {row["measure"]: row for row in table}
    for measure in measures:
        ours, theirs = rows[measure]["ours"], value(measure, run)
        faster = ours / theirs if rows[measure]["unit"] == "tokens/s" else theirs / ours
        table.append({
            "measure": f"{measure}_beside_bfloat16", "unit": rows[measure]["unit"], "ours": ours, "pytorch": theirs,
            "ratio": faster, "target": "", "met": None})


def parser(description):
    """The options that all benchmarks have."""
    result = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    result.add_argument("--python", help="an interpreter that has torch, transformers and safetensors")
    result.add_argument("--foreign", type=float, default=0.1, help="cores that others may keep busy")
    result.add_argument("--wait", type=float, default=300, help="seconds to wait for an idle machine")
    result.add_argument("--anyway", action="store_true", help="measure on a busy machine too, and say so in the result")
    return result


def alone(options, arguments):
    """Runs a command when the machine is idle: what it cost and printed, and whether others disturbed it."""
    load, idle = machine.wait_until_idle(options.foreign, options.wait, say)
    if not idle and not options.anyway:
        fail(f"others keep {load:.2f} cores busy; try later, or say --anyway")
    cost = machine.measured(arguments)
    errors = cost.pop("stderr").strip()
    if cost["status"] != 0:
        fail(f"{' '.join(map(str, arguments[:2]))} ended with {cost['status']}: {errors}")
    cost["foreign_cores_before"] = load
    cost["disturbed"] = not idle or cost["foreign_cores"] > options.foreign
    return cost


def take_turns(rounds, sides, describe):
    """Runs all sides so many times, in an order that alternates; each is a name and a call whose result has `process`."""
    entries = []
    for number in range(rounds):
        entry = {}
        for side, run in sides.items() if number % 2 == 0 else reversed(sides.items()):
            entry[side] = run()
            say(f"round {number + 1}, {side}: {describe(entry[side])}, "
                f"others kept {entry[side]['process']['foreign_cores']:.2f} cores busy")
        entries.append(entry)
    return entries


def quiet_runs(entries):
    """The undisturbed runs of each side, or all where there is none; and whether each side has one."""
    quiet = {side: [e[side] for e in entries if not e[side]["process"]["disturbed"]] for side in entries[0]}
    return {side: runs or [e[side] for e in entries] for side, runs in quiet.items()}, all(quiet.values())


def write_results(name, options, shown, other, results):
    """Keeps the raw numbers of a benchmark, with the machine, the versions of both sides and the options."""
    stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    path = HERE / "results" / f"{'-'.join(filter(None, [stamp, name]))}.json"
    path.parent.mkdir(exist_ok=True)
    others = {key: other[key] for key in ("python", "torch", "transformers", "faiss") if key in other}
    path.write_text(json.dumps({
        "date": datetime.date.today().isoformat(), "machine": machine.description(),
        "versions": {**machine.versions(ROOT), **others},
        "options": {key: getattr(options, key) for key in shown}, **results}, indent=1) + "\n")
    say(f"raw results: {os.path.relpath(path)}")
    return path


def print_table(table, other="pytorch"):
    """The summary as TSV; each row has measure, unit, both sides, their ratio, the target, and whether it is met."""
    verdicts = {True: "yes", False: "no", None: "disturbed"}
    print(f"measure\tunit\tours\t{other}\tratio\ttarget\tmet")
    for row in table:
        verdict = verdicts[row["met"]] if row["target"] else ""
        print(f"{row['measure']}\t{row['unit']}\t{row['ours']:.4g}\t{row[other]:.4g}\t{row['ratio']:.2f}"
              f"\t{row['target']}\t{verdict}")


def parse():
    arguments = parser(__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=3, help="runs of each side")
    arguments.add_argument("--edits", type=int, default=5, help="edits in each run")
    arguments.add_argument("--questions", type=int, default=40, help="questions in the stream that is made")
    arguments.add_argument("--threads", type=int, default=2, help="threads of each side")
    arguments.add_argument("--layer", default=LAYER, help="the edit site")
    arguments.add_argument("--radius", type=float, default=0.1, help="the initial radius")
    arguments.add_argument("--model", type=Path, help="a folder by make_model.py, instead of making one")
    arguments.add_argument("--tool", type=Path, help="a stream-edit that is built already")
    arguments.add_argument("extra", nargs="*", help="more options for stream-edit, after --")
    options = arguments.parse_args()
    if min(options.rounds, options.edits, options.threads) < 1 or options.questions < max(options.edits, 10):
        arguments.error("rounds, edits and threads begin at 1, and there must be at least 10 questions and one per edit")
    return options


def main():
    options = parse()
    python, model = prepare(options)
    rounds = take_turns(
        options.rounds, {"ours": lambda: run_ours(options, model), "theirs": lambda: run_theirs(options, python, model)},
        lambda run: f"{run['process']['wall_seconds']:.1f} s")
    table = summary(rounds)
    low = run_theirs(options, python, model, "bfloat16")
    beside_bfloat16(table, ["edit", "generate"], lambda measure, run: statistics.median(run[measure]), low)
    disturbed = sum(entry[side]["process"]["disturbed"] for entry in rounds for side in entry)
    shown = ("rounds", "edits", "questions", "threads", "layer", "radius", "foreign", "extra")
    theirs = rounds[0]["theirs"]["lines"]["info"]
    write_results("", options, shown, theirs, {
        "disturbed_runs": disturbed, "summary": table, "rounds": rounds, "bfloat16": low})
    print_table(table)
    if disturbed:
        say(f"{disturbed} of {2 * len(rounds)} runs were disturbed by others")


if __name__ == "__main__":
    main()
