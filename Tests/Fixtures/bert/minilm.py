"""Writes what transformers computes for a real bare encoder, such as all-MiniLM-L6-v2, into a folder for the tests.

    python minilm.py MODEL_FOLDER FOLDER

MODEL_FOLDER holds config.json and the weights; FOLDER gets links to them and reference.safetensors.
"""

import argparse
import os
from pathlib import Path

import torch
import transformers
from safetensors.numpy import save_file
from transformers import BertModel

import reference

LENGTHS = [2, 7, 30, 64, 128]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "model.safetensors", "pytorch_model.bin"):
        source, link = options.model / name, options.folder / name
        if source.exists() and not link.exists():
            os.symlink(source.resolve(), link)
    model = BertModel.from_pretrained(options.folder, dtype=torch.float32, attn_implementation="eager").eval()
    generator = torch.Generator().manual_seed(1)
    inputs = [
        [101] + torch.randint(1000, model.config.vocab_size, (n - 2,), generator=generator).tolist() + [102]
        for n in LENGTHS]
    ids, mask = reference.pad(inputs, 0), reference.pad([[1] * len(row) for row in inputs], 0)
    with torch.no_grad():
        output = model(input_ids=ids, attention_mask=mask)
    tensors = {
        "input_ids": ids, "attention_mask": mask, "last_hidden_state": output.last_hidden_state * mask[..., None],
        "pooler_output": output.pooler_output,
    }
    save_file(reference.as_arrays(tensors), options.folder / "reference.safetensors", metadata={"checkpoint": "minilm"})


if __name__ == "__main__":
    main()
