"""Times whole runs: a stream of errors with lookahead, a sweep of radii, and an experiment with a score after every edit.

    python3 Benchmarks/experiment.py
    python3 Benchmarks/experiment.py --edits 40 --questions 60 --sweep-edits 20     # a quick look whether it all works

The model has the shape of google/t5-small-ssm-nq with random weights. PyTorch takes no part in the long runs: what one of
its edits and one of its answers take is measured in the same run, on the first questions of the same sets, and the
time of the published loop is extrapolated from that (the formula is with `published_loop`). The table goes to stdout, all
raw numbers to Benchmarks/results.
"""

import json
import shutil
import statistics
from pathlib import Path

import bench

ROOT, HERE = bench.ROOT, bench.HERE
WORK = ROOT / "runs" / "benchmark-experiment"
# After how many edits the published code scores.
METRIC_PERIOD = 50
RADII = [0.5, 1, 2, 4, 6, 8, 10, 14, 20, 30]


def parse():
    parser = bench.parser(__doc__.splitlines()[0])
    parser.add_argument(
        "--parts", nargs="+", choices=["stream", "balls", "sweep"], default=["stream", "balls", "sweep"], help="what to run")
    parser.add_argument("--edits", type=int, default=500, help="errors of the stream")
    parser.add_argument("--questions", type=int, default=1000, help="upstream questions, and as many held out")
    parser.add_argument("--sweep-edits", type=int, default=100, help="errors of the sweep's stream, in 5 phrasings each")
    parser.add_argument("--ball-edits", type=int, default=40, help="edits of the stream in which every edit hits a ball")
    parser.add_argument("--baseline-edits", type=int, default=3, help="edits of PyTorch that are measured")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    parser.add_argument("--layer", default=bench.LAYER, help="the edit site")
    parser.add_argument("--tools", type=Path, help="a folder of tools that are built already")
    options = parser.parse_args()
    if options.sweep_edits % 5 or min(options.edits, options.questions, options.sweep_edits, options.ball_edits) < 5:
        parser.error("sets have at least 5 questions, and the sweep's come in phrasings of 5")
    return options


def make_inputs(options, python):
    sets = {
        "edits": options.edits, "upstream": options.questions, "holdout": options.questions,
        "phrasings": f"{options.sweep_edits // 5}x5", "repeated": f"4x{options.ball_edits // 4 + 1}"}
    folder = WORK / "-".join(str(size) for size in sets.values())
    if not (folder / "complete").exists():
        bench.call([python, HERE / "make_model.py", folder, *(f"--set={name}={size}" for name, size in sets.items())])
        (folder / "complete").touch()
    return folder


class Runs:
    """Runs commands on an idle machine and keeps what each of them cost."""

    def __init__(self, options):
        self.options, self.costs = options, []

    def __call__(self, name, arguments):
        cost = bench.alone(self.options, arguments)
        self.costs.append({"name": name, **{key: cost[key] for key in cost if key != "stdout"}})
        bench.say(f"{name}: {cost['wall_seconds']:.1f} s, others kept {cost['foreign_cores']:.2f} cores busy")
        return cost


class Ours:
    def __init__(self, options, folder, run):
        self.options, self.folder, self.run = options, folder, run

    def tool(self, name):
        return self.options.tools / name

    def edit(self, name, stream, radius, *more):
        """A run of stream-edit from nothing: its seconds, and how many edits and keys it made."""
        output = WORK / "output" / name
        shutil.rmtree(output, ignore_errors=True)
        cost = self.run(name, [
            self.tool("stream-edit"), "--model", self.folder, "--stream", self.folder / f"{stream}.safetensors",
            "--layer", self.options.layer, "--radius", str(radius), "--threads", str(self.options.threads),
            "--output", output, *map(str, more)])
        lines = (output / "edits.tsv").read_text().splitlines()
        rows = [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:]]
        edits = [row for row in rows if row["error"] == "1"]
        actions = {name: sum(row["action"] == name for row in edits) for name in ("add", "split", "expand", "train")}
        reused = json.loads((output / "run.json").read_text()).get("reused")
        return {"seconds": cost["wall_seconds"], "edits": len(edits), **actions, "reused": reused, "radius": radius}

    def evaluate(self, name):
        cost = self.run(f"{name}, scores", [
            self.tool("evaluate"), "--edits", WORK / "output" / name, "--upstream", self.folder / "upstream.safetensors",
            "--holdout", self.folder / "holdout.safetensors", "--threads", str(self.options.threads), "--output",
            WORK / "output" / f"{name}.tsv"])
        return cost["wall_seconds"]


def baseline(options, python, folder, run):
    """Median seconds of an edit, and of an answer, by the published algorithm in PyTorch."""
    cost = run("PyTorch", [
        python, HERE / "baseline.py", "--model", folder, "--stream", folder / "edits.safetensors", "--layer",
        options.layer, "--radius", "1", "--edits", str(options.baseline_edits), "--loads", "1",
        "--threads", str(options.threads)])
    lines = {line["measure"]: line for line in map(json.loads, cost["stdout"].splitlines())}
    return {"edit": lines["edit"]["median"], "answer": lines["generate"]["median"], "lines": lines}


def published_loop(options, theirs):
    """Seconds of the published loop (main.py, batch_size 1, metric_period 50) for the same stream: it answers the
    stream and the upstream questions once before; at each input it answers to look for an error, edits, and answers to
    score the edit; and after every 50 edits it answers the holdout, all past edits and the upstream questions."""
    scorings = options.edits // METRIC_PERIOD
    past = sum(METRIC_PERIOD * (number + 1) for number in range(scorings))
    answers = options.edits + options.questions + 2 * options.edits + scorings * 2 * options.questions + past
    return {
        "edits": options.edits, "answers": answers,
        "seconds": options.edits * theirs["edit"] + answers * theirs["answer"]}


def row(measure, ours, other, target, least):
    ratio = other / ours
    return {"measure": measure, "unit": "s", "ours": ours, "other": other, "ratio": ratio, "target": target,
            "met": ratio >= least}


def measure_stream(options, ours, theirs, raw):
    raw["stream"] = stream = ours.edit("stream", "edits", 1)
    scores = ours.evaluate("stream")
    raw["scores_seconds"] = scores
    raw["published_loop"] = loop = published_loop(options, theirs)
    return [
        row("edit_with_lookahead", stream["seconds"] / stream["edits"], theirs["edit"], "at least 12 times PyTorch", 12),
        row("experiment", stream["seconds"] + scores, loop["seconds"], "at least 30 times the published loop", 30)]


def measure_balls(options, ours, theirs, raw):
    # Few steps leave the answers wrong, so that every further phrasing is an edit in the ball of the first.
    in_ball = ["repeated", 10, "--steps", 10]
    raw["in_ball"] = [ours.edit(f"balls, lookahead {n}", *in_ball, "--lookahead", n) for n in (1, 16, 1, 16)]
    plain, ahead = (statistics.median(run["seconds"] for run in raw["in_ball"][n::2]) for n in (0, 1))
    return [row("edits_in_balls", ahead, plain, "not slower than one by one", 0.98)]


def measure_sweep(options, ours, theirs, raw):
    """All radii with a common cache, beside one radius without: over errors of different questions, and over questions
    that come again in other words, whose edits go on from what earlier ones left."""
    cache, rows = WORK / "cache", []
    for stream in ("edits", "phrasings"):
        def run(name, radius, *more):
            return ours.edit(f"{stream}, {name}", stream, radius, "--max-edits", options.sweep_edits, *more)
        single = run("one radius", RADII[1])
        shutil.rmtree(cache, ignore_errors=True)
        sweep = [run(f"radius {radius}", radius, "--cache", cache) for radius in RADII]
        shutil.rmtree(cache)
        raw[f"sweep_{stream}"] = {"single": single, "sweep": sweep}
        total = sum(run["seconds"] for run in sweep)
        rows.append(
            row(f"sweep_of_10_radii_{stream}", total, single["seconds"], "at most 1.5 times one radius", 1 / 1.5))
    return rows


def main():
    options = parse()
    python = bench.baseline_python(options.python)
    if options.tools is None:
        options.tools = bench.built_tools()
    folder = make_inputs(options, python)
    run = Runs(options)
    theirs = baseline(options, python, folder, run)
    ours, table, raw = Ours(options, folder, run), [], {}
    # Warms up the file cache, so that the first run that counts is like the others.
    ours.edit("warm-up", "repeated", 1, "--max-edits", 1, "--steps", 1)
    measures = {"stream": measure_stream, "balls": measure_balls, "sweep": measure_sweep}
    for part in options.parts:
        table += measures[part](options, ours, theirs, raw)
    disturbed = sum(cost["disturbed"] for cost in run.costs)
    for line in table:
        line["met"] = None if disturbed else line["met"]
    shown = ("parts", "edits", "questions", "sweep_edits", "ball_edits", "baseline_edits", "threads", "layer", "foreign")
    bench.write_results("experiment", options, shown, theirs["lines"]["info"], {
        "disturbed_runs": disturbed, "summary": table, "pytorch": theirs, **raw, "processes": run.costs})
    bench.print_table(table, "other")


if __name__ == "__main__":
    main()
