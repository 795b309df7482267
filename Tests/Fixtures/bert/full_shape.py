"""Builds a BERT in the shape of bert-base-uncased with random weights, and its reference numbers.

    python full_shape.py FOLDER [--seed 7]

The folder then serves the parity test (GRACE_BERT_PARITY=FOLDER swift test -c release --filter ModelsTests). It takes
about a minute, 600 MB of disk and 3 GB of memory. See README.md for what each tensor is.
"""

import argparse
import datetime
import json
from pathlib import Path

import torch
import transformers
from safetensors.numpy import save_file

import generate
import models
import reference

CONFIG = dict(
    models.COMMON, architectures=["BertForSequenceClassification"], hidden_act="gelu", hidden_size=768,
    intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12, vocab_size=30522,
    max_position_embeddings=512, id2label={str(n): f"class {n}" for n in range(14)},
    label2id={f"class {n}": n for n in range(14)})
INPUT_LENGTHS = [2, 5, 40, 100]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--gain", type=float, default=0.7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    weights = models.random_weights(CONFIG, 14, options.seed, options.gain)
    models.write_folder(options.folder, CONFIG, weights, "safetensors")
    model = models.load(options.folder, weights)
    tensors = generate.reference_tensors(model, INPUT_LENGTHS, options.seed)
    save_file(
        reference.as_arrays(tensors), options.folder / "reference.safetensors", metadata={"checkpoint": "full_shape"})
    manifest = {
        "date": datetime.date.today().isoformat(), "versions": generate.versions(), "seed": options.seed,
        "gain": options.gain,
    }
    (options.folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print("loss", tensors["loss"].item())


if __name__ == "__main__":
    main()
