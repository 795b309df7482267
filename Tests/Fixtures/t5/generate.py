"""Writes the small T5 fixtures: two random checkpoints, their reference numbers and manifest.json.

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

MARGIN = 1e-3
INPUT_LENGTHS = [1, 2, 5, 9, 14, 7]
LABEL_LENGTHS = [1, 4, 2, 6, 8, 3]

CHECKPOINTS = {
    "v1_0": {
        "seed": 11, "scales": {"gain": 2.0, "head": 1.0, "end": 1.3}, "kind": "safetensors",
        "config": dict(
            models.COMMON, feed_forward_proj="relu", tie_word_embeddings=True, d_model=32, d_kv=8, d_ff=48,
            num_layers=3, num_decoder_layers=2, num_heads=4, vocab_size=160),
    },
    "v1_1": {
        "seed": 5, "scales": {"gain": 1.4, "head": 3.0, "end": 1.3}, "kind": "bin",
        "config": dict(
            models.COMMON, feed_forward_proj="gated-gelu", tie_word_embeddings=False, d_model=32, d_kv=16, d_ff=40,
            num_layers=2, num_decoder_layers=3, num_heads=3, vocab_size=160),
    },
}


def reference_tensors(model, input_lengths, label_lengths, seed, want_short):
    """Everything that reference.safetensors holds for one checkpoint."""
    inputs = reference.choose_inputs(model, input_lengths, seed, MARGIN, want_short)
    labels = reference.random_labels(model, label_lengths, seed + 1)
    return {
        **reference.batch_part(model, inputs, labels, MARGIN),
        **reference.site_part(model, inputs, labels),
        **reference.edited_part(model, inputs, labels, MARGIN, seed + 2),
        **reference.long_part(model, 150, seed + 3),
        **reference.bucket_part(model),
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
    manifest = {"date": datetime.date.today().isoformat(), "versions": versions(), "margin": MARGIN, "checkpoints": {}}
    for name, plan in CHECKPOINTS.items():
        folder = output / name
        weights = models.random_weights(plan["config"], plan["seed"], **plan["scales"])
        models.write_folder(folder, plan["config"], weights, plan["kind"])
        model = models.load(folder, weights)
        tensors = reference_tensors(model, INPUT_LENGTHS, LABEL_LENGTHS, plan["seed"], want_short=3)
        save_file(reference.as_arrays(tensors), folder / "reference.safetensors", metadata={"checkpoint": name})
        files = sorted(path for path in folder.iterdir())
        manifest["checkpoints"][name] = {
            "seed": plan["seed"], "scales": plan["scales"],
            "sha256": {path.name: digest(path) for path in files},
        }
        print(name, "generated lengths", tensors["generated_lengths"].tolist(), "loss", tensors["loss"].item())
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
