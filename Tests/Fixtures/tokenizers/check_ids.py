"""Compares the token ids that prepare-data wrote with those of transformers.

    python check_ids.py MODEL DATA [--max-length 20]

MODEL is a Hugging Face T5 folder, DATA a folder with NAME.jsonl and NAME.safetensors. Ends with 1 on a difference.
"""

import argparse
import json
import sys
from pathlib import Path

import transformers
from safetensors.numpy import load_file


def rows(ids, lengths):
    return [row[:length].tolist() for row, length in zip(ids, lengths)]


def compare(name, expected, found):
    """Prints the first differences; returns how many rows differ."""
    differing = [i for i, pair in enumerate(zip(expected, found)) if pair[0] != pair[1]]
    for i in differing[:5]:
        print(f"{name} row {i}: transformers {expected[i]}, here {found[i]}")
    return len(differing) + abs(len(expected) - len(found))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--max-length", type=int, default=20)
    options = parser.parse_args()
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    encode = lambda texts: tokenizer(texts, max_length=options.max_length, truncation=True).input_ids
    total = 0
    files = sorted(options.data.glob("*.safetensors"))
    for file in files:
        with open(file.with_suffix(".jsonl"), encoding="utf-8") as stream:
            records = [json.loads(line) for line in stream]
        tensors = load_file(file)
        for field, key in (("question", "input"), ("answer", "label")):
            ids = tensors["input_ids" if key == "input" else "labels"]
            lengths = tensors[f"{key}_lengths"]
            differing = compare(
                f"{file.name} {field}", encode([record[field] for record in records]), rows(ids, lengths))
            print(f"{file.name}: {len(records)} {field}s, {differing} differ")
            total += differing
    sys.exit(1 if total or not files else 0)


if __name__ == "__main__":
    main()
