"""What both benchmarks of BERT need: a model in the shape of bert-base, and two sides that take turns."""

import argparse
import json
import random
import shutil
from pathlib import Path

import bench

ROOT = bench.ROOT
WORK = ROOT / "runs" / "benchmark-bert"
CLASSES = [f"area {number}" for number in range(14)]


def parser(description):
    """The options that both benchmarks have."""
    result = bench.parser(description)
    result.add_argument("--length", type=int, default=512, help="tokens of each document")
    result.add_argument("--layers", type=int, default=12, help="encoder layers; 768 wide, 12 heads")
    result.add_argument("--threads", type=int, default=2, help="threads of each side")
    result.add_argument("--tool", type=Path, help="our tool, where it is built already")
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
