"""What both benchmarks of BERT need: a model in the shape of bert-base, and two sides that take turns."""

import argparse
import json
import random
import shutil
from pathlib import Path

import bench
import machine

ROOT = bench.ROOT
WORK = ROOT / "runs" / "benchmark-bert"
CLASSES = [f"area {number}" for number in range(14)]


def parser(description):
    """The options that both benchmarks have."""
    result = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    result.add_argument("--length", type=int, default=512, help="tokens of each document")
    result.add_argument("--layers", type=int, default=12, help="encoder layers; 768 wide, 12 heads")
    result.add_argument("--threads", type=int, default=2, help="threads of each side")
    result.add_argument("--tool", type=Path, help="our tool, where it is built already")
    result.add_argument("--python", help="an interpreter that has torch, transformers and safetensors")
    result.add_argument("--foreign", type=float, default=0.1, help="cores that others may keep busy")
    result.add_argument("--wait", type=float, default=300, help="seconds to wait for an idle machine")
    result.add_argument("--anyway", action="store_true", help="measure on a busy machine too, and say so in the result")
    result.add_argument("--torch", type=Path, help=argparse.SUPPRESS)      # this process is the other side
    return result


def tool(options, name):
    if options.tool is None:
        options.tool = bench.built_tools() / name
    return options.tool


def load(options, folder):
    """The model on PyTorch's side."""
    import torch
    import transformers
    from transformers import BertForSequenceClassification

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)


def make_model(python, folder, layers):
    """A random model with a vocabulary of invented words, which are returned."""
    folder.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    draw = random.Random(0)
    seen = set(words)
    while len(words) < 30522:
        word = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        if word not in seen:
            seen.add(word)
            words.append(word)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    config = {
        "model_type": "bert", "vocab_size": len(words), "num_hidden_layers": layers,
        "id2label": {str(n): name for n, name in enumerate(CLASSES)},
        "label2id": {name: n for n, name in enumerate(CLASSES)},
    }
    (folder / "config.json").write_text(json.dumps(config))
    make = (
        "import sys, torch; from transformers import BertConfig, BertForSequenceClassification as B; "
        "torch.manual_seed(0); B(BertConfig.from_pretrained(sys.argv[1])).save_pretrained(sys.argv[1])")
    bench.call([python, "-c", make, folder])
    return words


def once(folder, make):
    """The folder of inputs, which `make` fills where it is not complete."""
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        (folder / "complete").touch()
    return folder


def process(arguments, name):
    """One process of either side: its cost, of which its output is a part."""
    cost = machine.measured(arguments)
    errors = cost.pop("stderr").strip()
    if cost["status"] != 0:
        bench.fail(f"{name} ended with {cost['status']}: {errors}")
    return cost


def take_turns(options, rounds, ours, theirs, describe):
    """Runs both sides so many times, each alone on the machine, in an order that alternates."""
    entries = []
    for number in range(rounds):
        sides = [("ours", ours), ("theirs", theirs)]
        entry = {}
        for side, run in sides if number % 2 == 0 else reversed(sides):
            idle_load, idle = machine.wait_until_idle(options.foreign, options.wait, bench.say)
            if not idle and not options.anyway:
                bench.fail(f"others keep {idle_load:.2f} cores busy; try later, or say --anyway")
            entry[side] = run()
            cost = entry[side]["process"]
            cost["foreign_cores_before"] = idle_load
            cost["disturbed"] = not idle or cost["foreign_cores"] > options.foreign
            bench.say(f"round {number + 1}, {side}: {describe(entry[side])}, "
                      f"others kept {cost['foreign_cores']:.2f} cores busy")
        entries.append(entry)
    return entries


def quiet_runs(entries):
    """The undisturbed runs of each side, or all where there is none; and whether both sides have one."""
    quiet = {side: [e[side] for e in entries if not e[side]["process"]["disturbed"]] for side in ("ours", "theirs")}
    return {side: runs or [e[side] for e in entries] for side, runs in quiet.items()}, all(quiet.values())
