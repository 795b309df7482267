"""Prints a checksum of the ids that transformers gives to all opinions of the sample files, for RealOpinionTests.

    python real.py SAMPLES BERT

SAMPLES is the folder with scotus_sample.zip and scotus_lexglue_sample.tar.gz, BERT a folder with an uncased vocabulary.
"""

import json
import sys
import tarfile
import zipfile
from pathlib import Path

import transformers

from randomtext import checksum


def opinions(folder):
    with zipfile.ZipFile(folder / "scotus_sample.zip") as archive:
        for name in ["train.jsonl", "val.jsonl", "test.jsonl"]:
            member = next(m for m in archive.namelist() if m.endswith(name))
            yield from (json.loads(line)["text"] for line in archive.read(member).decode().splitlines() if line)
    with tarfile.open(folder / "scotus_lexglue_sample.tar.gz") as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith("scotus.jsonl"))
        for line in archive.extractfile(member).read().decode().split("\n"):
            if line:
                yield json.loads(line)["text"]


def main():
    texts = list(opinions(Path(sys.argv[1])))
    for folder in [sys.argv[2], Path(__file__).parent / "uncased", Path(__file__).parent / "cased"]:
        tokenizer = transformers.BertTokenizer.from_pretrained(folder)
        for length in (None, 512):
            rows = [tokenizer(t, max_length=length, truncation=length is not None, padding=False).input_ids for t in texts]
            text = "\n".join(" ".join(map(str, row)) for row in rows)
            print(Path(folder).name, length, len(texts), sum(map(len, rows)), checksum(text.encode()))


if __name__ == "__main__":
    main()
