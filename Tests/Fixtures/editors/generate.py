"""Writes what PyTorch makes of a few edits with each of the compared editors, on the MLP of ../mlp.

    python generate.py

Needs torch and safetensors; see README.md for what each tensor is. Nothing here is taken from the Swift code: gradients
come from autograd, optimisers are torch.optim.Adam, and running moments are computed from all rows at once.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
MODEL = load_file(HERE / "../mlp/model.safetensors")
FEATURES = load_file(HERE / "../mlp/reference.safetensors")["features"]
ROWS = [0, 3, 4]
STEPS = 25
RATE = 5e-2
MARGIN = 1e-3
nll = torch.nn.functional.binary_cross_entropy_with_logits
relu = torch.relu


def query(row):
    """The input of layers.1."""
    return relu(FEATURES[row:row + 1] @ MODEL["layers.0.weight"].T + MODEL["layers.0.bias"])


def frozen(q):
    return q @ MODEL["layers.1.weight"].T + MODEL["layers.1.bias"]


def logit(output):
    return relu(output) @ MODEL["layers.2.weight"].T + MODEL["layers.2.bias"]


def is_right(value, label):
    assert abs(value.item()) > MARGIN, "too close to call"
    return (value.item() > 0) == bool(label)


def edit(parameters, q, label, training, inference, extra=lambda: 0.0):
    """Adam until the prediction is right; returns the steps taken and the last loss."""
    optimiser = torch.optim.Adam(parameters, lr=RATE)
    target = torch.tensor([[float(label)]])
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = nll(logit(training(q)), target)
        (loss + extra()).backward()
        optimiser.step()
        with torch.no_grad():
            if is_right(logit(inference(q)), label):
                return step + 1, loss.item()
    return STEPS, loss.item()


def stream(name, parameters, training, inference, out, extra=lambda: 0.0, after=lambda q, label: None, edit=edit):
    """Edits the rows one after the other, each to the class that is not given for it."""
    out |= {f"{name}.initial.{key}": p.detach().clone() for key, p in parameters.items()}
    labels, steps, losses = [], [], []
    for row in ROWS:
        q = query(row)
        with torch.no_grad():
            before = frozen(q) if not labels else inference(q)
            label = int(logit(before).item() <= 0)
        taken, loss = edit(list(parameters.values()), q, label, training, inference, extra)
        labels.append(label), steps.append(taken), losses.append(loss)
        after(q, label)
    out |= {f"{name}.final.{key}": p.detach().clone() for key, p in parameters.items()}
    out |= {f"{name}.labels": torch.tensor(labels), f"{name}.steps": torch.tensor(steps),
            f"{name}.losses": torch.tensor(losses)}
    print(name, "labels", labels, "steps", steps, "losses", losses)


def linear(outputs, inputs):
    layer = torch.nn.Linear(inputs, outputs)
    return layer.weight, layer.bias


def main():
    torch.manual_seed(4)
    out = {"rows": torch.tensor(ROWS)}
    keys, values = MODEL["layers.1.weight"].shape[1], MODEL["layers.1.weight"].shape[0]

    (gw, gb), (pw, pb) = linear(1, keys), linear(values, keys)

    def mixture(q):
        g = torch.sigmoid(q @ gw.T + gb)
        return (1 - g) * frozen(q) + g * (q @ pw.T + pb)

    def choice(q):
        return q @ pw.T + pb if torch.sigmoid(q @ gw.T + gb) >= 0.5 else frozen(q)

    stream("defer", {"gate.weight": gw, "gate.bias": gb, "predictor.weight": pw, "predictor.bias": pb},
           mixture, choice, out)

    aw, ab = linear(5, keys)
    memory = torch.nn.Parameter(torch.rand(values, 5))
    recall = lambda q: torch.softmax(q @ aw.T + ab, dim=-1) @ memory.T
    stream("memory", {"attention.weight": aw, "attention.bias": ab, "values": memory}, recall, recall, out)

    weight = torch.nn.Parameter(MODEL["layers.1.weight"].clone())
    bias = torch.nn.Parameter(MODEL["layers.1.bias"].clone())
    layer = lambda q: q @ weight.T + bias
    state = {"anchors": None, "edits": []}

    def elastic():
        if not state["edits"]:
            return 0.0
        return sum(20.0 / 2 * (f * (p - a) ** 2).sum()
                   for p, a, f in zip((weight, bias), state["anchors"], state["fisher"]))

    def consolidate(q, label):
        state["edits"].append((q, label))
        state["anchors"] = [p.detach().clone() for p in (weight, bias)]
        state["fisher"] = [torch.zeros_like(p) for p in (weight, bias)]
        recent = state["edits"][-2:]
        for q, label in recent:
            grads = torch.autograd.grad(nll(logit(layer(q)), torch.tensor([[float(label)]])), (weight, bias))
            for f, g in zip(state["fisher"], grads):
                f += g ** 2 / len(recent)

    stream("ewc", {"weight": weight, "bias": bias}, layer, layer, out, elastic, consolidate)
    mend(out, keys, values)
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in out.items()},
              HERE / "reference.safetensors")


def mend(out, keys, values):
    """MEND on layers.1, its hypernetwork of rank 4 trained on each error."""
    width, rank = keys + values, 4
    weight = MODEL["layers.1.weight"].clone()
    rate = torch.nn.Parameter(torch.tensor([0.05]))
    network = {}
    for index in range(2):
        network |= {f"network.{index}.v": torch.randn(rank, width) / width ** 0.5,
                    f"network.{index}.u": torch.zeros(width, rank), f"network.{index}.bias": torch.zeros(width),
                    f"network.{index}.scale": torch.ones(1, width), f"network.{index}.shift": torch.zeros(1, width)}
    network = {name: torch.nn.Parameter(tensor) for name, tensor in network.items()}
    optimisers = [torch.optim.Adam(network.values(), lr=RATE), torch.optim.Adam([rate], lr=1e-2)]
    out |= {f"mend.initial.{name}": p.detach().clone() for name, p in network.items()}
    out["mend.initial.rate"] = rate.detach().clone()
    seen_u, seen_v, edits, labels, steps, losses = [], [], [], [], [], []

    def normalised(rows, seen):
        seen = torch.cat(seen)
        if len(seen) < 2:
            return rows
        return (rows - seen.mean(0)) / (seen.std(0) + 1e-7)

    def gradient(u, v):
        x = torch.cat([u, v], dim=1)
        for index in range(2):
            part = lambda name: network[f"network.{index}.{name}"]
            inner = x @ part("v").T @ part("u").T + part("bias")
            inner = part("scale") * inner + part("shift")
            # The slope at 0 is 1, as that of clamp was in the PyTorch that MEND was written for: U = 0 could not learn.
            x = x + torch.where(inner >= 0, inner, 0)
        u, v = x[:, :keys], x[:, keys:]
        return v.T @ u

    for number, row in enumerate(ROWS):
        q = query(row)
        output = q @ weight.T + MODEL["layers.1.bias"]
        label = int(logit(output).item() <= 0)
        target = torch.tensor([[float(label)]])
        output.requires_grad_(True)
        v, = torch.autograd.grad(nll(logit(output), target), output)
        seen_u.append(q), seen_v.append(v)
        u, v = normalised(q, seen_u), normalised(v, seen_v)
        # The earlier edit is the first one: the test keeps no other.
        earlier = edits[0] if edits else None
        if earlier is not None:
            with torch.no_grad():
                kept = (logit(earlier @ weight.T + MODEL["layers.1.bias"]) > 0).float()
        for step in range(STEPS):
            updated = weight - rate * gradient(u, v)
            loss = nll(logit(q @ updated.T + MODEL["layers.1.bias"]), target)
            total = 0.1 * loss
            if earlier is not None:
                total = total + nll(logit(earlier @ updated.T + MODEL["layers.1.bias"]), kept)
            for optimiser in optimisers:
                optimiser.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(network.values(), 100.0)
            for optimiser in optimisers:
                optimiser.step()
            with torch.no_grad():
                updated = weight - rate * gradient(u, v)
                if is_right(logit(q @ updated.T + MODEL["layers.1.bias"]), label):
                    break
        weight = updated.detach()
        if number == 0:
            edits.append(q)
        labels.append(label), steps.append(step + 1), losses.append(loss.item())
        out[f"mend.weight.{number}"] = weight.clone()
    out |= {f"mend.final.{name}": p.detach().clone() for name, p in network.items()}
    out |= {"mend.final.rate": rate.detach().clone(), "mend.labels": torch.tensor(labels),
            "mend.steps": torch.tensor(steps), "mend.losses": torch.tensor(losses)}
    print("mend labels", labels, "steps", steps, "losses", losses, "rate", rate.item())


if __name__ == "__main__":
    main()
