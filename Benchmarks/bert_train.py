"""Times pretrain scotus beside PyTorch: fine-tuning steps of a BERT on the same machine, in one run.

    python3 Benchmarks/bert_train.py                    # the shape of bert-base, batches of 8 x 512 tokens
    python3 Benchmarks/bert_train.py --rounds 1 --steps 2

A step is what both sides need to learn from a batch: forward with dropout, backward, clipping, AdamW. The two take
turns, each in a process of its own. The first step of each is left out. The table goes to stdout, all raw numbers to
Benchmarks/results.
"""

import argparse
import json
import random
import shutil
import statistics
from pathlib import Path

import bert


def parse():
    parser = bert.parser(__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    parser.add_argument("--steps", type=int, default=4, help="training steps in each run; the first is not counted")
    parser.add_argument("--batch", type=int, default=8, help="documents in a step")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if min(options.rounds, options.batch, options.threads) < 1 or options.steps < 2 or options.length < 8:
        parser.error("rounds, batch and threads begin at 1, steps at 2, length at 8")
    return options


def run_torch(options):
    """The other side: the same steps in PyTorch; prints one JSON object."""
    import time

    import torch
    import transformers

    model = bert.load(options, options.torch).train()
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=3e-5)
    seconds, losses = [], []
    for _ in range(options.steps):
        ids = torch.randint(5, model.config.vocab_size, (options.batch, options.length))
        labels = torch.randint(0, len(bert.CLASSES), (options.batch,))
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.dtype == "bfloat16"):
            loss = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - begin)
        losses.append(loss.item())
    print(json.dumps({
        "seconds": seconds, "losses": losses, "torch": torch.__version__, "transformers": transformers.__version__}))


def make_inputs(options, python, folder):
    """A random model, and documents of just the length asked for."""
    words = bert.make_model(python, folder / "model", options.layers)
    (folder / "data").mkdir()
    (folder / "data" / "labels.json").write_text(json.dumps(bert.CLASSES))
    draw = random.Random(1)
    count = 0
    for name, documents in (("training", options.batch * options.steps), ("upstream", 1)):
        lines = []
        for number in range(documents):
            length = options.length - 2 if name == "training" else 8
            count += 1
            lines.append(json.dumps({
                "id": count, "text": " ".join(draw.choices(words[5:], k=length)),
                "label": bert.CLASSES[number % len(bert.CLASSES)]}))
        (folder / "data" / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def run_ours(options, inputs):
    output = bert.WORK / "output"
    shutil.rmtree(output, ignore_errors=True)
    cost = bert.bench.alone(options, [
        options.tool, "scotus", "--model", inputs / "model", "--input", inputs / "data", "--output", output,
        "--epochs", "1", "--batch-size", str(options.batch), "--max-length", str(options.length), "--warm-up", "0",
        "--threads", str(options.threads)])
    run = json.loads((output / "run.json").read_text())
    shutil.rmtree(output)
    return {"step": [run["timings"]["step_seconds"]], "process": cost, "timings": run["timings"]}


def run_theirs(options, python, inputs, dtype="float32"):
    cost = bert.bench.alone(options, [
        python, Path(__file__).resolve(), "--torch", inputs / "model", "--steps", str(options.steps), "--batch",
        str(options.batch), "--length", str(options.length), "--threads", str(options.threads), "--dtype", dtype])
    result = json.loads(cost.pop("stdout").splitlines()[-1])
    return {"step": [statistics.median(result["seconds"][1:])], "process": cost, **result}


def main():
    options = parse()
    if options.torch:
        return run_torch(options)
    python = bert.bench.baseline_python(options.python)
    bert.tool(options, "pretrain")
    inputs = bert.once(
        bert.WORK / f"inputs-{options.layers}-{options.length}-{options.batch * options.steps}",
        lambda folder: make_inputs(options, python, folder))
    rounds = bert.bench.take_turns(
        options.rounds,
        {"ours": lambda: run_ours(options, inputs), "theirs": lambda: run_theirs(options, python, inputs)},
        lambda run: f"{run['step'][0]:.2f} s a step")
    runs, judged = bert.bench.quiet_runs(rounds)
    tokens = options.batch * options.length
    measures = [
        ("speed", "tokens/s", lambda run: tokens / run["step"][0], "at least 2.5 times PyTorch",
         lambda ours, theirs: ours >= 2.5 * theirs),
        ("peak_memory", "MB", lambda run: run["process"]["peak_memory_bytes"] / 1e6, "no higher than PyTorch",
         lambda ours, theirs: ours <= theirs),
    ]
    summary = []
    for measure, unit, value, target, meets in measures:
        ours, theirs = (statistics.median(map(value, runs[side])) for side in ("ours", "theirs"))
        summary.append({
            "measure": measure, "unit": unit, "ours": ours, "pytorch": theirs, "ratio": ours / theirs,
            "target": target, "met": meets(ours, theirs) if judged else None})
    low = run_theirs(options, python, inputs, "bfloat16")
    bert.bench.beside_bfloat16(summary, ["speed"], lambda _, run: tokens / run["step"][0], low)
    bert.bench.print_table(summary)
    bert.bench.write_results(
        "bert-train", options, ("rounds", "steps", "batch", "length", "layers", "threads", "foreign"),
        rounds[0]["theirs"], {"summary": summary, "rounds": rounds, "bfloat16": low})


if __name__ == "__main__":
    main()
