"""GRACE's decisions in plain Python and NumPy: which key a query takes, and what an edit does to the radii.

Two sets of rules. `paper`: section 2.2 of the paper, labels being the same when they are the same sequence, the
newest of equally near keys being the nearest. `official`: the published PyTorch code, faults included.
All arithmetic is float32. Every comparison that decides is recorded, so that a stream which hangs on rounding can
be told apart.
"""

from dataclasses import dataclass, field

import numpy as np

F = np.float32


def distance(a, b):
    """The Euclidean distance: a float32 square root of a float32 sum of squared differences."""
    total = F(0)
    for x, y in zip(a, b):
        difference = F(x) - F(y)
        total = F(total + difference * difference)
    return np.sqrt(total)


@dataclass
class Decision:
    action: str                 # add, expand, split or none
    nearest: int | None         # the nearest key before the edit
    distance: np.float32 | None
    key: int                    # the key in force after the edit, whose value is trained


@dataclass
class Codebook:
    mode: str
    initial_radius: float
    keys: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    radii: list = field(default_factory=list)
    comparisons: list = field(default_factory=list)     # (left, right) of each comparison that decided

    def nearest(self, query):
        """The nearest key and its distance; of equally near ones the newest (paper) or the oldest (official)."""
        distances = [distance(query, key) for key in self.keys]
        best = min(distances)
        for other in distances:
            if other != best:
                self.comparisons.append((other, best))
        ties = [index for index, d in enumerate(distances) if d == best]
        return (ties[-1] if self.mode == "paper" else ties[0]), best

    def exceeds(self, left, right):
        self.comparisons.append((left, right))
        return left > right

    def same_label(self, a, b):
        if self.mode == "paper":
            return a == b
        return F(sum(a)) / F(len(a)) == F(sum(b)) / F(len(b))

    def retrieve(self, query):
        """The key whose value replaces the layer's output, or None where the layer stays as it is."""
        if not self.keys:
            return None
        index, d = self.nearest(query)
        return None if self.exceeds(d, self.radii[index]) else index

    def insert(self, query, label, radius):
        self.keys.append(query)
        self.labels.append(label)
        self.radii.append(F(radius))
        return len(self.keys) - 1

    def edit(self, query, label):
        """One edit: the model erred on `query`, and `label` is what it should have said."""
        if not self.keys:
            return Decision("add", None, None, self.insert(query, label, self.initial_radius))
        i, d = self.nearest(query)
        if self.exceeds(d, self.radii[i] + F(self.initial_radius)):
            return Decision("add", i, d, self.insert(query, label, self.initial_radius))
        if self.same_label(label, self.labels[i]):
            if self.exceeds(d, self.radii[i]):
                self.radii[i] = d
                return Decision("expand", i, d, i)
            return Decision("none", i, d, i)
        half = d / F(2)
        self.radii[i] = half if self.mode == "paper" else half - F(1e-5)
        return Decision("split", i, d, self.insert(query, label, half))
