"""Writes decisions.json: streams of edits and what GRACE decides on each, by the paper's and the official rules.

    python generate.py [--output FILE]

Needs NumPy only. The rules are in codebook.py, the file's layout in README.md.
"""

import argparse
import datetime
import json
import random
from pathlib import Path

import numpy as np

from codebook import Codebook

SEED = 20
MARGIN = 1e-4
GRID = 64       # coordinates are multiples of 1/64: sums of squares are exact, in any order of summation


def decimal(value):
    """A float32 as the shortest decimal that reads back as the same float32."""
    return float(str(np.float32(value)))


def random_stream(rng, width, steps):
    """Questions around a few points: rephrasings, other answers nearby, the same question again, reordered labels."""
    centres = [[rng.uniform(-2, 2) for _ in range(width)] for _ in range(5)]
    labels = [[7, 9, 1], [9, 7, 1], [3, 4, 5, 1], [20, 1], [14, 2, 2, 1]]
    stream = []
    for _ in range(steps):
        kind = rng.random()
        if stream and kind < 0.25:
            query, label = rng.choice(stream)
            if rng.random() < 0.5:
                label = rng.choice(labels)
        else:
            which = rng.randrange(len(centres))
            spread = rng.choice([0.05, 0.3, 0.8])
            query = [round((x + rng.gauss(0, spread)) * GRID) / GRID for x in centres[which]]
            label = labels[which] if rng.random() < 0.6 else rng.choice(labels)
        stream.append((query, label))
    return stream


def border_stream():
    """By hand, initial radius 2.5: distances of 5, 2.5 and 0 that fall exactly on a border, and exact ties."""
    a, b, c = [7, 9, 1], [9, 7, 1], [5, 1]
    return [
        ([0, 0, 0], a),             # the first key
        ([3, 4, 0], a),             # d = 5 = radius + initial radius: not beyond it, so the ball grows to 5
        ([3, 4, 0], a),             # on the border of the ball: inside
        ([0, 10, 0], a),            # d = 10 > 7.5: a key of its own
        ([0, 7.5, 0], a),           # d = 2.5 = radius of the second key: inside, nothing changes
        ([0, 5, 0], a),             # as far from the first key as from the second: 5 = 2.5 + 2.5
        ([0, 5, 0], c),             # the same with another answer: splits one of the two
        ([0, 5, 0], b),             # a third answer to the same question: d = 0
        ([0, 5, 0], a),             # and a fourth, whose mean is that of the third
        ([0, 5, 0], a),             # nothing new
        ([-6, -8, 0], c),           # far from all
        ([-6, -8, 0], b),           # d = 0, another answer
        ([-6, -8, 0], c),           # back to the first answer
        ([-6, -8, 1], c),           # near three keys at one place
        ([40, 0, 0], b), ([46, 0, 0], b), ([43, 0, 4], c),      # d = 5 to two keys at once, another answer
        ([43, 0, 4], c), ([43, 0, 4.5], c),
    ]


def probes_for(rng, stream):
    """Every distinct query of the stream, and as many points beside one."""
    queries = []
    for query, _ in stream:
        if query not in queries:
            queries.append(query)
    near = [[round((x + rng.gauss(0, 0.3)) * GRID) / GRID for x in rng.choice(queries)] for _ in queries[:12]]
    return queries[:20] + near


def run(stream, probes, mode, initial_radius):
    """The decisions on a stream, the radii and the retrievals after each; and the narrowest comparison."""
    book = Codebook(mode, initial_radius)
    steps = []
    for query, label in stream:
        decision = book.edit(query, label)
        retrieved = [book.retrieve(probe) for probe in probes]
        steps.append({
            "query": query, "label": label, "action": decision.action, "nearest": decision.nearest,
            "distance": None if decision.distance is None else decimal(decision.distance), "key": decision.key,
            "radii": [decimal(radius) for radius in book.radii],
            "retrieved": [-1 if index is None else index for index in retrieved],
        })
    # Equal numbers, and the official -1e-5 radius of a ball at distance 0, are meant to be close.
    gaps = [abs(float(a) - float(b)) for a, b in book.comparisons if a != b and not (a == 0 and b < 0)]
    return {"mode": mode, "steps": steps, "labels": book.labels}, min(gaps)


def shows_everything(run_of_mode):
    steps = run_of_mode["steps"]
    changed_answer = any(step["action"] == "split" and step["distance"] == 0 for step in steps)
    on_border = any(step["action"] == "none" and step["distance"] == step["radii"][step["key"]] > 0 for step in steps)
    return {step["action"] for step in steps} == {"add", "expand", "split", "none"} and changed_answer and on_border


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "decisions.json")
    output = parser.parse_args().output
    rng = random.Random(SEED)
    streams = []

    def add(name, stream, initial_radius, must_show):
        probes = probes_for(rng, stream)
        runs = []
        for mode in ("paper", "official"):
            result, gap = run(stream, probes, mode, initial_radius)
            if gap < MARGIN or (must_show and not shows_everything(result)):
                return False
            runs.append(result)
        if must_show and [s["action"] for s in runs[0]["steps"]] == [s["action"] for s in runs[1]["steps"]]:
            return False
        streams.append({
            "name": name, "width": len(stream[0][0]), "initial_radius": initial_radius, "probes": probes, "runs": runs,
        })
        return True

    assert add("borders and ties", border_stream(), 2.5, must_show=False), "the hand-made stream is not clear"
    for width, initial_radius in ((3, 0.5), (4, 0.25), (5, 1.0), (6, 0.75), (8, 0.5), (8, 2.0)):
        name = f"random, width {width}, initial radius {initial_radius}"
        attempts = 0
        while not add(name, random_stream(rng, width, 30), initial_radius, must_show=True):
            attempts += 1
            assert attempts < 20000, f"no stream found: {name}"
        print(name, "after", attempts, "discarded streams")
    document = {
        "date": datetime.date.today().isoformat(), "numpy": np.__version__, "seed": SEED, "margin": MARGIN,
        "streams": streams,
    }
    text = json.dumps(document, separators=(",", ":"))
    output.write_text(text.replace('{"query"', '\n{"query"').replace('{"mode"', '\n{"mode"') + "\n")
    counts = {}
    for stream in streams:
        for one in stream["runs"]:
            for step in one["steps"]:
                counts[one["mode"], step["action"]] = counts.get((one["mode"], step["action"]), 0) + 1
    print(counts)


if __name__ == "__main__":
    main()
