"""Builds what the benchmark edits: a random T5 in the shape of google/t5-small-ssm-nq, and questions as token ids.

    python make_model.py FOLDER [--questions 40] [--seed 7]

FOLDER gets config.json, model.safetensors and stream.safetensors. No tokeniser is needed: the stream holds token ids,
in the layout that prepare-data writes. Questions are 8 to 20 tokens long, labels 2 to 8, and only questions
that the model answers with 20 tokens are kept, so that every generation is equally long.
"""

import argparse
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "t5"))

import full_shape  # noqa: E402
import models  # noqa: E402

NEW_TOKENS = 20


def random_ids(generator, shortest, longest, vocabulary):
    length = int(torch.randint(shortest, longest + 1, (1,), generator=generator))
    return torch.randint(2, vocabulary, (length - 1,), generator=generator).tolist() + [1]


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
    options = parser.parse_args()
    weights = models.random_weights(full_shape.CONFIG, options.seed, gain=0.5, head=1.5, end=1.0)
    models.write_folder(options.folder, full_shape.CONFIG, weights, "safetensors")
    model = models.load(options.folder, weights)
    # Written last: a folder with a stream is complete.
    write_stream(options.folder / "stream.safetensors", *questions_and_labels(model, options.questions, options.seed))


if __name__ == "__main__":
    main()
