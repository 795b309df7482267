"""How far counting words goes on the generated opinions: a logistic regression on word counts.

    bag_of_words.py FOLDER [PAIRS]

FOLDER is what `prepare-data scotus` wrote. Features are log(1 + count) of each word of the training documents, with
PAIRS also of each pair of neighbours that occurs twice or more. Trained to convergence for several strengths of the
penalty; printed is the accuracy of the one that does best on the upstream documents, which flatters it. Needs torch.
"""
import collections
import json
import re
import sys

import torch


def words(text, pairs):
    found = re.findall(r"[a-z0-9'-]+", text.lower())
    return found + ([f"{a} {b}" for a, b in zip(found, found[1:])] if pairs else [])


def main(folder, pairs):
    read = lambda name: [json.loads(line) for line in open(f"{folder}/{name}.jsonl", encoding="utf-8")]
    labels = json.load(open(f"{folder}/labels.json", encoding="utf-8"))
    training, upstream, edits = read("training"), read("upstream"), read("edits")
    counts = collections.Counter(w for d in training for w in words(d["text"], pairs))
    features = {w: i for i, w in enumerate(w for w, n in counts.items() if n > 1 or " " not in w)}

    def matrix(documents):
        x = torch.zeros(len(documents), len(features))
        for row, document in enumerate(documents):
            for word in words(document["text"], pairs):
                if word in features:
                    x[row, features[word]] += 1
        return torch.log1p(x), torch.tensor([labels.index(d["label"]) for d in documents])

    sets = [matrix(s) for s in (upstream, training, edits)]
    x, y = sets[1]
    best = None
    for penalty in (1e-4, 3e-4, 1e-3, 3e-3):
        w = torch.zeros(len(features), len(labels), requires_grad=True)
        b = torch.zeros(len(labels), requires_grad=True)
        optimiser = torch.optim.LBFGS([w, b], max_iter=100, line_search_fn="strong_wolfe")

        def loss():
            optimiser.zero_grad()
            value = torch.nn.functional.cross_entropy(x @ w + b, y) + penalty * (w * w).sum()
            value.backward()
            return value

        optimiser.step(loss)
        scores = [((x @ w + b).argmax(1) == y).float().mean().item() for x, y in sets]
        best = max(best or (scores, penalty), (scores, penalty))
    (up, train, stream), penalty = best
    print(f"{len(features)} features, penalty {penalty}: upstream {up:.3f}, training {train:.3f}, stream {stream:.3f}")


main(sys.argv[1], len(sys.argv) > 2)
