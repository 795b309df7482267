"""Builds what the benchmark edits: a random T5 in the shape of google/t5-small-ssm-nq, and questions as token ids.

    python make_model.py FOLDER [--questions 40] [--seed 7]
    python make_model.py FOLDER --set upstream=1000 --set edits=100x5

FOLDER gets config.json, model.safetensors and stream.safetensors. No tokeniser is needed: the stream holds token ids,
in the layout that prepare-data writes. Questions are 8 to 20 tokens long, labels 2 to 8, and only questions
that the model answers with 20 tokens are kept, so that every generation is equally long. With --set the folder gets
NAME.safetensors of so many questions instead, which are not answered first, and a vocabulary of invented words for
the scores; 100x5 are 100 questions in 5 phrasings each, which have one label and differ in one token.
"""

import argparse
import struct
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "t5"))

import full_shape  # noqa: E402
import models  # noqa: E402

NEW_TOKENS = 20
# The rest of the model's vocabulary are T5's sentinels and rows that round it up.
SENTENCE_PIECES = 32000


def random_ids(generator, shortest, longest, vocabulary):
    length = int(torch.randint(shortest, longest + 1, (1,), generator=generator))
    return torch.randint(2, vocabulary, (length - 1,), generator=generator).tolist() + [1]


def write_vocabulary(path, pieces):
    """A SentencePiece model in T5's order, written as the protocol buffer that it is (sentencepiece_model.proto)."""
    def varint(number):
        number &= (1 << 64) - 1
        return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)

    def message(field, content):
        return varint(field << 3 | 2) + varint(len(content)) + content

    def number(field, value):
        return varint(field << 3) + varint(value)

    control, unknown, normal = 3, 2, 1
    words = [("<pad>", control), ("</s>", control), ("<unk>", unknown)]
    words += [(f"\u2581word{index}", normal) for index in range(3, pieces)]
    content = b"".join(
        message(1, message(1, piece.encode()) + struct.pack("<Bf", 2 << 3 | 5, -float(index)) + number(3, kind))
        for index, (piece, kind) in enumerate(words))
    unigram = 1
    identifiers = {40: 2, 41: -1, 42: 1, 43: 0}     # unknown, begin, end, padding
    trainer = number(3, unigram) + b"".join(number(field, value) for field, value in identifiers.items())
    path.write_bytes(content + message(2, trainer) + message(3, message(1, b"identity")))


def write_sets(folder, sets, seed):
    write_vocabulary(folder / "spiece.model", SENTENCE_PIECES)
    generator = torch.Generator().manual_seed(seed)
    vocabulary = full_shape.CONFIG["vocab_size"]
    for name, size in sets:
        count, _, phrasings = size.partition("x")
        rows = []
        for _ in range(int(count)):
            question, label = random_ids(generator, 8, 20, vocabulary), random_ids(generator, 2, 8, vocabulary)
            for number in range(int(phrasings or 1)):
                place, other = number % (len(question) - 1), random_ids(generator, 2, 2, vocabulary)[0]
                phrased = question if number == 0 else question[:place] + [other] + question[place + 1:]
                rows.append((phrased, label))
        order = torch.randperm(len(rows), generator=generator).tolist()
        write_stream(folder / f"{name}.safetensors", *zip(*(rows[index] for index in order)))


@torch.no_grad()
def questions_and_labels(model, count, seed):
    generator = torch.Generator().manual_seed(seed)
    questions, labels = [], []
    while len(questions) < count:
        question = random_ids(generator, 8, 20, model.config.vocab_size)
        answer = model.generate(torch.tensor([question]), max_new_tokens=NEW_TOKENS, do_sample=False)[0, 1:].tolist()
        if len(answer) == NEW_TOKENS and 1 not in answer:
            questions.append(question)
            labels.append(random_ids(generator, 2, 8, model.config.vocab_size))
    return questions, labels


def padded(rows, value):
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])


def write_stream(path, questions, labels):
    order = torch.arange(len(questions))
    save_file(
        {
            "input_ids": padded(questions, 0), "input_lengths": torch.tensor([len(row) for row in questions]),
            "labels": padded(labels, -100), "label_lengths": torch.tensor([len(row) for row in labels]),
            "ids": order.clone(), "question_ids": order.clone(), "group_ids": order.clone(),
        },
        path, metadata={"source": "random token ids"})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", action="append", type=lambda text: text.split("="), metavar="NAME=SIZE")
    options = parser.parse_args()
    weights = models.random_weights(full_shape.CONFIG, options.seed, gain=0.5, head=1.5, end=1.0)
    models.write_folder(options.folder, full_shape.CONFIG, weights, "safetensors")
    if options.set:
        return write_sets(options.folder, options.set, options.seed)
    model = models.load(options.folder, weights)
    # Written last: a folder with a stream is complete.
    write_stream(options.folder / "stream.safetensors", *questions_and_labels(model, options.questions, options.seed))


if __name__ == "__main__":
    main()
