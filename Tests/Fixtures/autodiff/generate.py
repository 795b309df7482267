"""Writes optimisers.json: what torch.optim.Adam and torch.optim.SGD make of given parameters and gradients.

    python generate.py [--output FILE]

Needs torch only. README.md has the layout.
"""

import argparse
import datetime
import json
from pathlib import Path

import torch

SEED = 3
STEPS = 25
SIZES = [37, 5]     # beyond two vectors of sixteen, and less than one
CASES = [
    {"optimiser": "Adam", "learning_rate": 1.0},        # GRACE's values
    {"optimiser": "Adam", "learning_rate": 1e-3},
    {"optimiser": "Adam", "learning_rate": 0.05, "betas": [0.8, 0.95], "epsilon": 1e-4},
    {"optimiser": "SGD", "learning_rate": 0.1},
]


def decimals(tensor):
    """Float32 numbers as the shortest decimals that read back as the same float32."""
    return [float(str(x)) for x in tensor.numpy()]


def gradients_of(generator):
    """Gradients of very different sizes, some of them zero. The second parameter has none at first, and once later."""
    steps = []
    for step in range(STEPS):
        row = []
        for size in SIZES:
            sizes = 10.0 ** torch.linspace(-8, 3, size)
            gradient = torch.randn(size, generator=generator) * sizes
            gradient[step % size] = 0
            row.append(gradient)
        if step < 3 or step == 7:
            row[1] = None
        steps.append(row)
    return steps


def run(case, generator):
    parameters = [torch.randn(size, generator=generator).requires_grad_() for size in SIZES]
    gradients = gradients_of(generator)
    initial = [decimals(p.detach()) for p in parameters]
    if case["optimiser"] == "Adam":
        optimiser = torch.optim.Adam(
            parameters, lr=case["learning_rate"], betas=tuple(case.get("betas", (0.9, 0.999))),
            eps=case.get("epsilon", 1e-8), foreach=False)
    else:
        optimiser = torch.optim.SGD(parameters, lr=case["learning_rate"], foreach=False)
    values = []
    for row in gradients:
        for parameter, gradient in zip(parameters, row):
            parameter.grad = None if gradient is None else gradient.clone()
        optimiser.step()
        values.append([decimals(p.detach()) for p in parameters])
    return {
        **case, "initial": initial,
        "gradients": [[None if g is None else decimals(g) for g in row] for row in gradients], "values": values,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "optimisers.json")
    output = parser.parse_args().output
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(SEED)
    document = {
        "date": datetime.date.today().isoformat(), "torch": torch.__version__, "seed": SEED,
        "cases": [run(case, generator) for case in CASES],
    }
    output.write_text(json.dumps(document, separators=(",", ":")).replace('{"optimiser"', '\n{"optimiser"') + "\n")


if __name__ == "__main__":
    main()
