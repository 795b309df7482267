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
import sys
from pathlib import Path

import bench
import machine

ROOT, HERE = bench.ROOT, bench.HERE
WORK = ROOT / "runs" / "benchmark-bert"
CLASSES = 14


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    parser.add_argument("--steps", type=int, default=4, help="training steps in each run; the first is not counted")
    parser.add_argument("--batch", type=int, default=8, help="documents in a step")
    parser.add_argument("--length", type=int, default=512, help="tokens of each document")
    parser.add_argument("--layers", type=int, default=12, help="encoder layers; 768 wide, 12 heads")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side")
    parser.add_argument("--tool", type=Path, help="a pretrain that is built already")
    parser.add_argument("--python", help="an interpreter that has torch, transformers and safetensors")
    parser.add_argument("--foreign", type=float, default=0.1, help="cores that others may keep busy")
    parser.add_argument("--wait", type=float, default=300, help="seconds to wait for an idle machine")
    parser.add_argument("--anyway", action="store_true", help="measure on a busy machine too, and say so in the result")
    parser.add_argument("--torch", type=Path, help=argparse.SUPPRESS)      # this process is the other side
    options = parser.parse_args()
    if min(options.rounds, options.batch, options.threads) < 1 or options.steps < 2 or options.length < 8:
        parser.error("rounds, batch and threads begin at 1, steps at 2, length at 8")
    return options


def run_torch(options):
    """The other side: the same steps in PyTorch; prints one JSON object."""
    import time

    import torch
    import transformers
    from transformers import BertForSequenceClassification

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = BertForSequenceClassification.from_pretrained(options.torch, dtype=torch.float32).train()
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=3e-5)
    seconds, losses = [], []
    for _ in range(options.steps):
        ids = torch.randint(5, model.config.vocab_size, (options.batch, options.length))
        labels = torch.randint(0, CLASSES, (options.batch,))
        begin = time.perf_counter()
        loss = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - begin)
        losses.append(loss.item())
    print(json.dumps({
        "seconds": seconds, "losses": losses, "torch": torch.__version__, "transformers": transformers.__version__}))


def make_inputs(options, python):
    """A random model with a vocabulary of invented words, and documents of just the length asked for."""
    folder = WORK / f"inputs-{options.layers}-{options.length}-{options.batch * options.steps}"
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("model", "data"):
        (folder / part).mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    draw = random.Random(0)
    seen = set(words)
    while len(words) < 30522:
        word = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        if word not in seen:
            seen.add(word)
            words.append(word)
    (folder / "model" / "vocab.txt").write_text("\n".join(words) + "\n")
    names = [f"area {n}" for n in range(CLASSES)]
    config = {
        "model_type": "bert", "vocab_size": len(words), "num_hidden_layers": options.layers,
        "id2label": {str(n): name for n, name in enumerate(names)},
        "label2id": {name: n for n, name in enumerate(names)},
    }
    (folder / "model" / "config.json").write_text(json.dumps(config))
    make = (
        "import sys, torch; from transformers import BertConfig, BertForSequenceClassification as B; "
        "torch.manual_seed(0); B(BertConfig.from_pretrained(sys.argv[1])).save_pretrained(sys.argv[1])")
    bench.call([python, "-c", make, folder / "model"])
    (folder / "data" / "labels.json").write_text(json.dumps(names))
    count = 0
    for name, documents in (("training", options.batch * options.steps), ("upstream", 1)):
        lines = []
        for number in range(documents):
            length = options.length - 2 if name == "training" else 8
            count += 1
            lines.append(json.dumps({
                "id": count, "text": " ".join(draw.choices(words[5:], k=length)), "label": names[number % CLASSES]}))
        (folder / "data" / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "complete").touch()
    return folder


def run_ours(options, inputs):
    output = WORK / "output"
    shutil.rmtree(output, ignore_errors=True)
    cost = machine.measured([
        options.tool, "scotus", "--model", inputs / "model", "--input", inputs / "data", "--output", output,
        "--epochs", "1", "--batch-size", str(options.batch), "--max-length", str(options.length), "--warm-up", "0",
        "--threads", str(options.threads)])
    errors = cost.pop("stderr").strip()
    if cost["status"] != 0:
        bench.fail(f"pretrain ended with {cost['status']}: {errors}")
    run = json.loads((output / "run.json").read_text())
    shutil.rmtree(output)
    return {"step": [run["timings"]["step_seconds"]], "process": cost, "timings": run["timings"]}


def run_theirs(options, python, inputs):
    cost = machine.measured([
        python, Path(__file__).resolve(), "--torch", inputs / "model", "--steps", str(options.steps), "--batch",
        str(options.batch), "--length", str(options.length), "--threads", str(options.threads)])
    errors = cost.pop("stderr").strip()
    if cost["status"] != 0:
        bench.fail(f"the PyTorch side ended with {cost['status']}: {errors}")
    result = json.loads(cost.pop("stdout").splitlines()[-1])
    return {"step": [statistics.median(result["seconds"][1:])], "process": cost, **result}


def main():
    options = parse()
    if options.torch:
        return run_torch(options)
    python = bench.baseline_python(options.python)
    if options.tool is None:
        bench.call(["swift", "build", "-c", "release", "--product", "pretrain"])
        options.tool = ROOT / ".build" / "release" / "pretrain"
    inputs = make_inputs(options, python)
    rounds = []
    for number in range(options.rounds):
        sides = [("ours", lambda: run_ours(options, inputs)), ("theirs", lambda: run_theirs(options, python, inputs))]
        entry = {}
        for side, run in sides if number % 2 == 0 else reversed(sides):
            load, idle = machine.wait_until_idle(options.foreign, options.wait, bench.say)
            if not idle and not options.anyway:
                bench.fail(f"others keep {load:.2f} cores busy; try later, or say --anyway")
            entry[side] = run()
            process = entry[side]["process"]
            process["foreign_cores_before"] = load
            process["disturbed"] = not idle or process["foreign_cores"] > options.foreign
            bench.say(f"round {number + 1}, {side}: {entry[side]['step'][0]:.2f} s a step, "
                      f"others kept {process['foreign_cores']:.2f} cores busy")
        rounds.append(entry)
    quiet = {
        side: [r[side] for r in rounds if not r[side]["process"]["disturbed"]] for side in ("ours", "theirs")}
    judged = all(quiet.values())
    tokens = options.batch * options.length
    values = {}
    for side in quiet:
        runs = quiet[side] or [r[side] for r in rounds]
        values[side] = (
            statistics.median(tokens / run["step"][0] for run in runs),
            statistics.median(run["process"]["peak_memory_bytes"] / 1e6 for run in runs))
    table = [
        ("speed", "tokens/s", 0, "at least 2.5 times PyTorch", lambda ours, theirs: ours >= 2.5 * theirs),
        ("peak_memory", "MB", 1, "no higher than PyTorch", lambda ours, theirs: ours <= theirs),
    ]
    summary = []
    for measure, unit, index, target, meets in table:
        ours, theirs = values["ours"][index], values["theirs"][index]
        summary.append({
            "measure": measure, "unit": unit, "ours": ours, "pytorch": theirs, "ratio": ours / theirs,
            "target": target, "met": meets(ours, theirs) if judged else None})
    shown = ("rounds", "steps", "batch", "length", "layers", "threads", "foreign")
    bench.write_results("bert-train", options, shown, rounds[0]["theirs"], {"summary": summary, "rounds": rounds})
    bench.print_table(summary)


if __name__ == "__main__":
    main()
