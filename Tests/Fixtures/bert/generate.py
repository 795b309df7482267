"""Writes the small BERT fixtures: two random checkpoints, their reference numbers and manifest.json.

    python generate.py [--output FOLDER]

Needs torch, transformers and safetensors; see README.md for what each tensor is.
"""

import argparse
import datetime
import hashlib
import json
import platform
from pathlib import Path

import numpy
import safetensors
import torch
import transformers
from safetensors.numpy import save_file

import models
import reference

INPUT_LENGTHS = [2, 5, 33, 9, 40, 17]
NAMES = ["Privacy", "Unions", "Due Process", "Federalism", "Attorneys"]

CHECKPOINTS = {
    "classifier": {
        "seed": 3, "gain": 1.5, "kind": "safetensors",
        "config": dict(
            models.COMMON, architectures=["BertForSequenceClassification"], hidden_act="gelu", hidden_size=32,
            intermediate_size=48, num_attention_heads=4, num_hidden_layers=3, vocab_size=90,
            max_position_embeddings=64, id2label={str(n): name for n, name in enumerate(NAMES)},
            label2id={name: n for n, name in enumerate(NAMES)}),
    },
    "bare": {
        "seed": 4, "gain": 1.2, "kind": "bin",
        "config": dict(
            models.COMMON, architectures=["BertModel"], hidden_act="gelu_new", hidden_size=36, intermediate_size=40,
            num_attention_heads=3, num_hidden_layers=2, vocab_size=70, max_position_embeddings=48,
            layer_norm_eps=1e-6),
    },
}


def reference_tensors(model, lengths, seed):
    """Everything that reference.safetensors holds for one checkpoint."""
    inputs = reference.random_inputs(model, lengths, seed)
    labels = [n % model.config.num_labels for n in range(len(inputs))]
    return {
        **reference.batch_part(model, inputs, labels), **reference.site_part(model, inputs, labels),
        **reference.edited_part(model, inputs, labels, seed + 1), **reference.long_part(model, seed + 2),
        **reference.head_part(model),
    }


def versions():
    return {
        "python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__,
        "safetensors": safetensors.__version__, "numpy": numpy.__version__,
    }


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    output = parser.parse_args().output
    torch.manual_seed(0)
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    manifest = {"date": datetime.date.today().isoformat(), "versions": versions(), "checkpoints": {}}
    for name, plan in CHECKPOINTS.items():
        folder = output / name
        classes = len(plan["config"].get("id2label", "ab"))
        weights = models.random_weights(plan["config"], classes, plan["seed"], plan["gain"])
        models.write_folder(folder, plan["config"], weights, plan["kind"])
        model = models.load(folder, weights)
        tensors = reference_tensors(model, INPUT_LENGTHS, plan["seed"])
        save_file(reference.as_arrays(tensors), folder / "reference.safetensors", metadata={"checkpoint": name})
        manifest["checkpoints"][name] = {
            "seed": plan["seed"], "gain": plan["gain"],
            "sha256": {path.name: digest(path) for path in sorted(folder.iterdir())},
        }
        print(name, "logits", tensors["logits"].tolist(), "loss", tensors["loss"].item())
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
