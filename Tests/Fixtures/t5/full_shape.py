"""Builds a T5 in the shape of google/t5-small-ssm-nq with random weights, and its reference numbers.

    python full_shape.py FOLDER [--seed 7]

The folder then serves the parity test (GRACE_T5_PARITY=FOLDER swift test -c release --filter ModelsTests) and the
benchmarks. It takes about a minute, 340 MB of disk and 2.2 GB of memory. See README.md for what each tensor is.
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
    models.COMMON, feed_forward_proj="gated-gelu", tie_word_embeddings=False, d_model=512, d_kv=64, d_ff=1024,
    num_layers=8, num_decoder_layers=8, num_heads=6, vocab_size=32128)
SCALES = {"gain": 0.5, "head": 1.5, "end": 1.5}
INPUT_LENGTHS = [1, 4, 7, 10, 13, 16, 20, 20]
LABEL_LENGTHS = [2, 3, 4, 5, 6, 8, 12, 20]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    weights = models.random_weights(CONFIG, options.seed, **SCALES)
    models.write_folder(options.folder, CONFIG, weights, "safetensors")
    model = models.load(options.folder, weights)
    tensors = generate.reference_tensors(model, INPUT_LENGTHS, LABEL_LENGTHS, options.seed, want_short=2)
    save_file(
        reference.as_arrays(tensors), options.folder / "reference.safetensors", metadata={"checkpoint": "full_shape"})
    files = sorted(path for path in options.folder.iterdir() if path.suffix in (".json", ".safetensors"))
    manifest = {
        "date": datetime.date.today().isoformat(), "versions": generate.versions(), "seed": options.seed,
        "scales": SCALES, "margin": generate.MARGIN,
        "sha256": {path.name: generate.digest(path) for path in files if path.name != "manifest.json"},
    }
    (options.folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print("generated lengths", tensors["generated_lengths"].tolist(), "loss", tensors["loss"].item())


if __name__ == "__main__":
    main()
