"""Writes the tokenizer fixtures: two vocabularies, what transformers makes of strings with them, and manifest.json.

    python generate.py [--output FOLDER]

Needs transformers and sentencepiece; see README.md for what each file is.
"""

import argparse
import datetime
import hashlib
import io
import json
import platform
from pathlib import Path

import sentencepiece
import tokenizers
import transformers

import corpus
import strings

T5 = {"model_type": "unigram", "pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1, "character_coverage": 1.0}
VOCABULARIES = {
    "t5": {
        "train": {"vocab_size": 1000, "normalization_rule_name": "nmt_nfkc"},
        "config": {"extra_ids": 100},
    },
    "plain": {
        "train": {
            "vocab_size": 420, "normalization_rule_name": "identity", "user_defined_symbols": ["[SEP]", "born"],
            "control_symbols": ["<s>"],
        },
        "config": {"extra_ids": 10, "clean_up_tokenization_spaces": True},
    },
}
CONFIG = {"tokenizer_class": "T5Tokenizer", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
PLAIN_STRINGS = [
    "[SEP]", "a[SEP]b", "a [SEP] b", "reborn", "bornborn", "born [SEP]born", "<s>", "a<s>b", "▁born", "b▁orn▁▁n",
]
NEAR_TIES = 12
LENGTHS = [1, 2, 3, 6, 20]


def train(settings):
    """The bytes of a spiece.model."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus.sentences()), model_writer=model, num_threads=1, minloglevel=3, **T5, **settings)
    return model.getvalue()


def near_ties(tokenizer, library):
    """Numbers that libsentencepiece, which adds scores in single precision, cuts differently."""
    texts = [form.format(n) for n in range(0, 200_000, 7) for form in ("{}", "{:,}", "{}0000", "{0}{0}")]
    texts = list(dict.fromkeys(texts))
    return [t for t, ids in zip(texts, tokenizer(texts).input_ids) if ids != library.encode(t) + [1]][:NEAR_TIES]


def id_lists(size):
    """Ids to decode that no text gives."""
    return [
        [], [0], [1], [2], [2, 2, 5], [0, 0, 7, 0], [7, 1, 8, 1], [size - 1], [size - 1, 9, size - 2, 10], [size],
        [9, size, 10],
        [9, size + 5000, 10], list(range(40)), list(range(3, 120, 5)), [5, 5, 5], [3, 3], list(range(size - 12, size)),
    ]


def reference(tokenizer, texts):
    """What transformers answers."""
    cases = []
    for text in texts:
        ids = tokenizer(text).input_ids
        cases.append({
            "text": text, "ids": ids,
            "truncated": [tokenizer(text, max_length=n, truncation=True).input_ids for n in LENGTHS],
            "decoded": tokenizer.decode(ids, skip_special_tokens=True), "decoded_all": tokenizer.decode(ids),
        })
    decoded = [
        {"ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True), "decoded_all": tokenizer.decode(ids)}
        for ids in id_lists(len(tokenizer))
    ]
    return {"lengths": LENGTHS, "cases": cases, "decoded": decoded}


def lines(data):
    """JSON with one case a line, so that a change shows as lines."""
    parts = [f'"lengths": {json.dumps(data["lengths"])}']
    for key in ("cases", "decoded"):
        parts.append(f'"{key}": [\n' + ",\n".join(json.dumps(case) for case in data[key]) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write(folder, name, settings):
    """One vocabulary with its reference; returns its entry of the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(train(settings["train"]))
    (folder / "tokenizer_config.json").write_text(json.dumps({**CONFIG, **settings["config"]}, indent=2) + "\n")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    library = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
    ties = near_ties(tokenizer, library)
    texts = strings.strings() + ties + (PLAIN_STRINGS if name == "plain" else [])
    data = reference(tokenizer, texts)
    (folder / "reference.json").write_text(lines(data))
    differing = [case["text"] for case in data["cases"] if case["ids"] != library.encode(case["text"]) + [1]]
    return {
        "pieces": library.vocab_size(), "size": len(tokenizer), "class": type(tokenizer).__name__,
        "strings": len(texts), "strings_libsentencepiece_encodes_differently": len(differing),
        "near_ties": ties,
        "sha256": {path.name: digest(path) for path in sorted(folder.iterdir())},
    }


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    output = parser.parse_args().output
    manifest = {
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(), "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__,
        },
        "text": {path.name: digest(path) for path in [*corpus.FILES, Path(corpus.__file__)]},
        "vocabularies": {name: write(output / name, name, settings) for name, settings in VOCABULARIES.items()},
    }
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
