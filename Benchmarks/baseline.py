"""GRACE in PyTorch as the official code does it, timed: the other side of the benchmark.

    python baseline.py --model FOLDER --stream FILE.safetensors [--edits 5] [--threads 2]

An edit runs the whole model forward 100 times, the site's output replaced by a hook, with Adam (lr 1.0) over the
values of all keys, and the decision to add, expand or split in the first of these passes. The query is the site's
input at the last token. Prints one JSON object a line: `measure`, `unit`, `median`, `values`.
"""

import argparse
import json
import platform
import resource
import statistics
import sys
import time

import torch
import transformers
from safetensors.torch import load_file
from transformers import T5ForConditionalGeneration

NEW_TOKENS = 20


class Grace:
    """A codebook at one site of a frozen model, by the official rules."""

    def __init__(self, model, site, radius, replacement):
        self.model, self.radius, self.replacement = model, radius, replacement
        self.keys = self.values = self.radii = None
        self.labels = []
        self.editing = None     # the label of the edit under way, while its first pass has not decided yet
        model.requires_grad_(False)
        self.width = model.get_submodule(site).out_features
        model.get_submodule(site).register_forward_hook(self.hook)

    def hook(self, _, arguments, output):
        query = arguments[0][:, -1, :].float()
        if self.editing is not None:
            self.decide(query.detach(), self.editing)
            self.editing = None
        if self.keys is None:
            return output
        distances = torch.cdist(query, self.keys)
        distance, nearest = distances.min(dim=1)
        inside = (distance <= self.radii[nearest]).view(-1, 1, 1)
        value = self.values[nearest].unsqueeze(1).to(output.dtype)
        where = {"all": slice(None), "prompt": slice(None, -1), "last": slice(-1, None)}[self.replacement]
        output = output.clone()
        output[:, where] = torch.where(inside, value, output[:, where])
        return output

    def decide(self, query, label):
        if self.keys is None:
            return self.add(query, label, self.radius)
        distance, nearest = torch.cdist(query, self.keys).view(-1).min(dim=0)
        if distance > self.radius + self.radii[nearest]:
            self.add(query, label, self.radius)
        elif label.float().mean() != self.labels[nearest].float().mean():
            self.add(query, label, float(distance / 2))
            self.radii[nearest] = distance / 2 - 1e-5
        elif distance > self.radii[nearest]:
            self.radii[nearest] = distance

    def add(self, query, label, radius):
        value, radius = torch.rand(1, self.width), torch.tensor([radius])
        if self.keys is None:
            self.keys, self.radii, values = query, radius, value
        else:
            self.keys, self.radii = torch.vstack([self.keys, query]), torch.cat([self.radii, radius])
            values = torch.vstack([self.values.detach(), value])
        self.values = torch.nn.Parameter(values)
        self.labels.append(label)

    def edit(self, question, label, steps, rate):
        self.editing = label
        for step in range(steps):
            loss = self.model(input_ids=question, labels=label).loss
            if step == 0:
                optimizer = torch.optim.Adam([self.values], rate)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        return loss.item()


def load(folder, dtype):
    return T5ForConditionalGeneration.from_pretrained(folder, dtype=dtype).eval()


def answer(model, question):
    return model.generate(question, max_new_tokens=NEW_TOKENS, do_sample=False, num_beams=1)[0, 1:].tolist()


def timed(body):
    begin = time.perf_counter()
    result = body()
    return time.perf_counter() - begin, result


def report(measure, unit, values, **more):
    print(json.dumps({"measure": measure, "unit": unit, "median": statistics.median(values), "values": values, **more}))


def peak_memory():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--stream", required=True)
    parser.add_argument("--layer", default="encoder.block.4.layer.1.DenseReluDense.wo")
    parser.add_argument("--radius", type=float, default=0.1)
    parser.add_argument("--replacement", choices=["all", "prompt", "last"], default="all")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--edits", type=int, default=5)
    parser.add_argument("--generations", type=int, default=10)
    parser.add_argument("--loads", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32", help="of the model")
    options = parser.parse_args()
    dtype = getattr(torch, options.dtype)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()

    stream = load_file(options.stream)
    questions = zip(stream["input_ids"], stream["input_lengths"])
    labels = zip(stream["labels"], stream["label_lengths"])
    rows = [(ids[None, :n], target[None, :m]) for (ids, n), (target, m) in zip(questions, labels)]
    seconds, model = timed(lambda: load(options.model, dtype))
    loads = [seconds]
    answer(model, rows[0][0])       # the first answer pays for setting up, on either side
    generations = [timed(lambda: answer(model, q))[0] for q, _ in rows[: options.generations]]

    grace = Grace(model, options.layer, options.radius, options.replacement)
    edits, losses, right = [], [], 0
    for question, label in rows[: options.edits]:
        seconds, loss = timed(lambda: grace.edit(question, label, options.steps, options.rate))
        edits.append(seconds)
        losses.append(loss)
        right += answer(model, question) == label[0].tolist()
    memory = peak_memory()
    del model, grace
    loads += [timed(lambda: load(options.model, dtype))[0] for _ in range(options.loads - 1)]

    print(json.dumps({
        "measure": "info", "python": platform.python_version(), "torch": torch.__version__,
        "transformers": transformers.__version__, "threads": torch.get_num_threads(),
    }))
    report("load", "seconds", loads)
    report("generate", "seconds", generations, tokens=NEW_TOKENS)
    report("edit", "seconds", edits, losses=losses, answered_as_edited=right)
    report("peak_memory", "bytes", [memory])


if __name__ == "__main__":
    main()
