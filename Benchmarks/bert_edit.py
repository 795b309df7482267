"""Times stream-edit beside PyTorch: edits of a BERT classifier on long documents, in one run.

    python3 Benchmarks/bert_edit.py                     # the shape of bert-base, 512 tokens, layers 11 and 10
    python3 Benchmarks/bert_edit.py --sites 11 --edits 1

An edit is 100 steps of Adam on a value that takes the place of the output of a feed-forward layer at every token.
PyTorch runs the official loop, the whole model at every step, which takes a minute: one edit of it, and several of ours,
one by one (--lookahead 1). Each side is a process of its own for each site. The table goes to stdout, all raw numbers
to Benchmarks/results.
"""

import json
import shutil
import statistics
from pathlib import Path

import bert

# For each site, by the number of its encoder layer: how many times faster an edit has to be.
TARGETS = {11: 200, 10: 40}
RADIUS = 0.1


def parse():
    parser = bert.parser(__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, nargs="+", default=[11, 10], help="encoder layers whose output is edited")
    parser.add_argument("--edits", type=int, default=5, help="our edits at each site; PyTorch makes one")
    parser.add_argument("--steps", type=int, default=100, help="gradient steps of an edit")
    parser.add_argument("--site", help="the one that PyTorch edits")
    options = parser.parse_args()
    if min(options.edits, options.steps, options.threads) < 1 or options.length < 2:
        parser.error("edits, steps and threads begin at 1, length at 2")
    if not all(0 <= site < options.layers for site in options.sites):
        parser.error(f"sites go from 0 to {options.layers - 1}")
    return options


def path(site):
    return f"bert.encoder.layer.{site}.output.dense"


def run_torch(options):
    """The other side: one edit by the official loop; prints one JSON object."""
    import torch
    import transformers
    from safetensors.torch import load_file

    import baseline

    stream = load_file(options.torch / "stream.safetensors")
    grace = baseline.Grace(bert.load(options, options.torch / "model").eval(), options.site, RADIUS, "all")
    seconds, loss = baseline.timed(
        lambda: grace.edit(stream["input_ids"][:1], stream["labels"][0], options.steps, 1.0))
    print(json.dumps({
        "edit": [seconds], "losses": [loss], "torch": torch.__version__, "transformers": transformers.__version__}))


def make_stream(folder):
    """Documents of random tokens, each with the class after the one that the model gives it; run by PyTorch's python."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertForSequenceClassification

    documents, length = map(int, folder.name.split("-")[-2:])
    model = BertForSequenceClassification.from_pretrained(folder / "model", dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(7)
    ids = torch.randint(5, model.config.vocab_size, (documents, length), generator=generator)
    with torch.no_grad():
        given = torch.cat([model(input_ids=row[None]).logits.argmax(dim=1) for row in ids])
    order = torch.arange(documents)
    save_file(
        {
            "input_ids": ids, "input_lengths": torch.full((documents,), length),
            "labels": ((given + 1) % len(bert.CLASSES))[:, None], "label_lengths": torch.ones_like(order),
            "ids": order.clone(), "question_ids": order.clone(), "group_ids": order.clone(),
        },
        folder / "stream.safetensors",
        metadata={"task": "classification", "label_names": json.dumps(bert.CLASSES), "source": "random token ids"})


def make_inputs(options, python, folder):
    bert.make_model(python, folder / "model", options.layers)
    call = "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import bert_edit; " \
        "bert_edit.make_stream(pathlib.Path(sys.argv[2]))"
    bert.bench.call([python, "-c", call, bert.bench.HERE, folder])


def run_ours(options, inputs, site):
    output = bert.WORK / "edits"
    shutil.rmtree(output, ignore_errors=True)
    cost = bert.bench.alone(options, [
        options.tool, "--model", inputs / "model", "--stream", inputs / "stream.safetensors", "--layer", path(site),
        "--editor", "grace", "--radius", str(RADIUS), "--steps", str(options.steps), "--max-edits", str(options.edits),
        "--threads", str(options.threads), "--lookahead", "1", "--time-generation", "--output", output])
    run = json.loads((output / "run.json").read_text())
    header, *rows = (line.split("\t") for line in (output / "edits.tsv").read_text().splitlines())
    edits = [row for row in (dict(zip(header, row)) for row in rows) if row["steps"] == str(options.steps)]
    if len(edits) != options.edits:
        bert.bench.fail(f"stream-edit made {len(edits)} edits instead of {options.edits}")
    return {
        "edit": [float(row["seconds"]) for row in edits], "losses": [float(row["loss"]) for row in edits],
        "answer": [run["timings"]["generate_seconds"]], "process": cost, "timings": run["timings"]}


def run_theirs(options, python, inputs, site):
    cost = bert.bench.alone(options, [
        python, Path(__file__).resolve(), "--torch", inputs, "--site", path(site), "--steps", str(options.steps),
        "--threads", str(options.threads)])
    result = json.loads(cost.pop("stdout").splitlines()[-1])
    return {"process": cost, **result}


def summarise(site, entries):
    """The edit; the edit with what comes before it, the pass that says that the answer is wrong; and the memory."""
    runs, judged = bert.bench.quiet_runs(entries)
    ours, theirs = (statistics.median(s for run in runs[side] for s in run["edit"]) for side in ("ours", "theirs"))
    answer = statistics.median(s for run in runs["ours"] for s in run["answer"])
    memory = [
        statistics.median(run["process"]["peak_memory_bytes"] / 1e6 for run in runs[side]) for side in ("ours", "theirs")]
    factor = TARGETS.get(site)
    rows = [
        ("edit", "s", ours, theirs, f"at least {factor} times faster" if factor else ""),
        ("edit_and_answer", "s", ours + answer, theirs, ""),
        ("peak_memory", "MB", *memory, ""),
    ]
    return [
        {
            "measure": f"{name}_layer_{site}", "unit": unit, "ours": a, "pytorch": b, "ratio": b / a, "target": target,
            "met": b / a >= factor if target and judged else None,
        } for name, unit, a, b, target in rows]


def main():
    options = parse()
    if options.torch:
        return run_torch(options)
    python = bert.bench.baseline_python(options.python)
    bert.tool(options, "stream-edit")
    documents = max(options.edits, 9)       # as many as stream-edit answers to time an answer
    inputs = bert.once(
        bert.WORK / f"edits-{options.layers}-{documents}-{options.length}",
        lambda folder: make_inputs(options, python, folder))
    summary, entries = [], []
    for site in options.sites:
        turns = bert.bench.take_turns(
            1,
            {"ours": lambda: run_ours(options, inputs, site), "theirs": lambda: run_theirs(options, python, inputs, site)},
            lambda run: f"layer {site}, {statistics.median(run['edit']):.3f} s an edit")
        summary += summarise(site, turns)
        entries += [{"site": path(site), **turn} for turn in turns]
    bert.bench.print_table(summary)
    bert.bench.write_results(
        "bert-edit", options, ("sites", "edits", "steps", "length", "layers", "threads", "foreign"),
        entries[0]["theirs"], {"summary": summary, "rounds": entries})


if __name__ == "__main__":
    main()
