"""Writes the WordPiece fixtures: vocabularies, and what transformers makes of strings and characters with them.

    python generate.py [--output FOLDER]

Needs transformers; see README.md for what each file is.
"""

import argparse
import collections
import datetime
import json
import platform
import shutil
import sys
from pathlib import Path

import tokenizers
import transformers

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tokenizers"))
import corpus  # noqa: E402
import strings  # noqa: E402
from randomtext import checksum, random_strings  # noqa: E402

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Tokens of the vocabulary that `cased` adds to the special ones.
ADDED = ["born", "[AB]"]
CONFIG = {"tokenizer_class": "BertTokenizer", "model_max_length": 512}
# Each folder's tokenizer_config.json beyond CONFIG; None for no file at all.
FOLDERS = {
    "uncased": {"do_lower_case": True, "strip_accents": None, "tokenize_chinese_chars": True},
    "cased": {"do_lower_case": False, "additional_special_tokens": ADDED},
    "accents": {"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False},
    "lower": {"do_lower_case": True, "strip_accents": False, "never_split": ["don't"], "do_basic_tokenize": False},
}
LENGTHS = [2, 3, 5, 12]
PAGE = 4096
RANDOM_STRINGS = 2500
BERT_STRINGS = [
    "[CLS]", "a[SEP]b", "a [SEP] b", "[sep]", "[ SEP ]", "[SEP", "SEP]", "[[SEP]]", "[MASK][MASK]", "[UNK]x", "[PAD]",
    "[SEP]\u0301", "É[SEP]\u0301", "reborn [AB] born", "xbornx", "[ab]", "don't", "a##b", "##b", "# #", "##", "[unused1]",
    "a" * 100, "a" * 101, "é" * 100, "e\u0301" * 100, "e\u0301" * 101, "a" * 99 + "\u200b" + "aa", "İ" * 60, "ab" * 51,
    "İSTANBUL I\u0307i\u0131", "ΟΔΥΣΣΕΥΣ ΣΑΣ", "ǅ ǈ ß ẞ ﬁ", "K\u212b\u2126", "\u037e \u1fef \u2000a\u2000", "a\u00b4b\u00a8c",
    "日本語text中文", "ｶﾞ カ\u3099 が", "豈\uf900\u2f800", "한국어 \u1112\u1161\u11ab", "𠀀𪜀𫝀𫠠", "〇一㐀䶿鿿",
    "a\u0000b\u0001c\u007fd\u0080e\u0085f\u00adg\ufeffh\ufffdi\ue000j", "a\u000bb\u000cc\u001cd\u001fe",
    "a\u2028b\u2029c\u202fd\u205fe\u3000f\u180eg\u200bh\u2060i", "\u0600\u06dd\u070f\u08e2\u0890x", "\U000110bd\U000110cdx",
    "q\u0307\u0323\u0335", "a\u0315\u0300\u05ae\u0062", "\u034f\u0301a\u034f", "\u0f71\u0f72\u0f73", "\u1885\u1886a", "\u166da",
    "a\u20dd\u0488", "👨\u200d👩\u200d👧 ❤\ufe0f 🇩🇪", "1\ufe0f\u20e3", "x\u0898\u0301y", "ก็ที่", "क्षि", "\U00011938\U000111c9",
    "$1,000.50 (No. 04-1203) § 1983; \"Id.\", at 3–4—see U.S.C.", "___ ... !!!", "`a´b¨c¸", "a_b^c|d~e", "«»‹›„“”", "¿¡§¶·",
]


def texts():
    return list(dict.fromkeys(strings.strings() + BERT_STRINGS))


def vocabulary(lower):
    """A deterministic vocabulary: characters, then the most frequent beginnings and continuations of words."""
    normal = tokenizers.normalizers.BertNormalizer(strip_accents=lower, lowercase=lower)
    split = tokenizers.pre_tokenizers.BertPreTokenizer()
    words = collections.Counter()
    for text in corpus.sentences() + strings.ENGLISH + BERT_STRINGS:
        words.update(word for word, _ in split.pre_tokenize_str(normal.normalize_str(text)) if len(word) <= 30)
    characters, pieces = collections.Counter(), collections.Counter()
    for word, count in words.items():
        characters.update({character: count for character in word})
        for start in range(len(word)):
            for end in range(start + 2, min(len(word), start + 9) + 1):
                pieces[("##" if start else "") + word[start:end]] += count * (end - start)
    common = sorted(c for c, _ in sorted(characters.items(), key=lambda x: (-x[1], x[0]))[:260])
    longer = [p for p, _ in sorted(pieces.items(), key=lambda x: (-x[1], x[0]))[:640]]
    tokens = SPECIAL + common + ["##" + c for c in common] + longer
    return tokens + [token for token in ADDED if token not in tokens]


def lines(**parts):
    """JSON with one case a line, so that a change shows as lines."""
    def body(value):
        return "[\n" + ",\n".join(json.dumps(x) for x in value) + "\n]" if isinstance(value, list) else json.dumps(value)
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {body(value)}" for key, value in parts.items()) + "\n}\n"


def split_words(tokenizer, text):
    """The words of a text, special tokens not looked for."""
    backend = tokenizer.backend_tokenizer
    return [word for word, _ in backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))]


def pages(tokenizer):
    """For each page of Unicode a checksum of the words that each of its characters makes between two letters."""
    result = []
    for start in range(0, 0x110000, PAGE):
        scalars = (v for v in range(start, start + PAGE) if not 0xD800 <= v < 0xE000)
        result.append(checksum("\n".join("\t".join(split_words(tokenizer, f"a{chr(v)}b")) for v in scalars).encode()))
    return result


def write(folder, config):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary(config["do_lower_case"])) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({**CONFIG, **config}, indent=2) + "\n")
    tokenizer = transformers.BertTokenizer.from_pretrained(folder)
    cases = [
        {
            "text": text, "ids": tokenizer(text).input_ids,
            "truncated": [tokenizer(text, max_length=n, truncation=True).input_ids for n in LENGTHS],
        }
        for text in texts()
    ]
    random = random_strings(RANDOM_STRINGS)
    ids = [checksum(" ".join(map(str, tokenizer(text).input_ids)).encode()) for text in random]
    words = [checksum("\t".join(split_words(tokenizer, text)).encode()) for text in random]
    (folder / "reference.json").write_text(
        lines(lengths=LENGTHS, size=len(tokenizer), cases=cases, pages=" ".join(pages(tokenizer)),
              random_ids=" ".join(ids), random_words=" ".join(words)))
    return {"class": type(tokenizer).__name__, "tokens": len(tokenizer), "strings": len(cases), "random": len(random)}


def write_serialized(source, folder):
    """The folder that transformers 5 saves: tokenizer.json and no vocab.txt."""
    shutil.rmtree(folder, ignore_errors=True)
    transformers.BertTokenizer.from_pretrained(source).save_pretrained(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    output = parser.parse_args().output
    folders = {name: write(output / name, config) for name, config in FOLDERS.items()}
    write_serialized(output / "cased", output / "serialized")
    manifest = {
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(), "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
        },
        "folders": folders,
    }
    (output / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
