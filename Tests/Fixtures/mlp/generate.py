"""Writes the MLP fixture: a small random checkpoint, what PyTorch computes with it, and what finetuning makes of it.

    python generate.py

Needs torch and safetensors; see README.md for what each tensor is.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

WIDTHS = [3, 7, 6, 1]
ROWS = 9
SEED = 9
SITE = 1
RATE = 5e-2
MOST_STEPS = 100
MARGIN = 2e-3


class MLP(torch.nn.Module):
    """Linear layers under `layers`, with ReLU between them."""

    def __init__(self, widths):
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        """The logit of each row, and the input and output of each layer."""
        sites = []
        for index, layer in enumerate(self.layers):
            given = torch.relu(x) if index else x
            x = layer(given)
            if x.requires_grad:
                x.retain_grad()
            sites.append((given, x))
        return x, sites


def finetune(model, x, label):
    """Adam on the weight and bias of one layer until the prediction is right; returns the steps taken."""
    layer = model.layers[SITE]
    optimiser = torch.optim.Adam([layer.weight, layer.bias], lr=RATE)
    target = torch.tensor([[float(label)]])
    for step in range(MOST_STEPS):
        logit, _ = model(x)
        if (logit.item() > 0) == bool(label):
            assert abs(logit.item()) > MARGIN, "the end of an edit is too close to call"
            return step
        assert abs(logit.item()) > MARGIN, "a step is too close to call"
        optimiser.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(logit, target).backward()
        optimiser.step()
    return MOST_STEPS


def main():
    folder = Path(__file__).parent
    torch.manual_seed(SEED)
    model = MLP(WIDTHS)
    for layer in model.layers:
        torch.nn.init.normal_(layer.weight, std=0.6)
        torch.nn.init.normal_(layer.bias, std=0.3)
    features = torch.randn(ROWS, WIDTHS[0]) * 1.5
    labels = torch.arange(ROWS) % 2
    with torch.no_grad():
        # Both classes occur, and no row lies on the border.
        ordered = model(features)[0][:, 0].sort().values
        model.layers[-1].bias -= (ordered[ROWS // 2] + ordered[ROWS // 2 - 1]) / 2
    save_file(dict(model.state_dict()), folder / "model.safetensors", metadata={"format": "pt"})
    config = {"model_type": "mlp", "layer_widths": WIDTHS, "id2label": {"0": "left", "1": "right"}}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")

    logits, sites = model(features)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, labels.float()[:, None], reduction="none")
    losses.sum().backward()
    out = {"features": features, "labels": labels, "logits": logits[:, 0], "losses": losses[:, 0]}
    for index, (given, output) in enumerate(sites):
        out[f"site_input.layers.{index}"] = given
        out[f"site_output.layers.{index}"] = output
        out[f"site_gradient.layers.{index}"] = output.grad
    for name, parameter in model.named_parameters():
        out[f"gradient.{name}"] = parameter.grad.clone()

    # One edit after the other, each to the class that the model as it is then does not give.
    rows, wanted, steps = [], [], []
    for edit, row in enumerate([0, 3, 4, 7, 0, 8]):
        x = features[row:row + 1]
        label = int(model(x)[0].item() <= 0)
        rows.append(row)
        wanted.append(label)
        steps.append(finetune(model, x, label))
        out[f"finetune.weight.{edit}"] = model.layers[SITE].weight.detach().clone()
        out[f"finetune.bias.{edit}"] = model.layers[SITE].bias.detach().clone()
    out |= {"finetune.rows": torch.tensor(rows), "finetune.labels": torch.tensor(wanted),
            "finetune.steps": torch.tensor(steps), "finetune.logits": model(features)[0][:, 0]}
    print("steps of the edits:", steps)
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in out.items()}, folder / "reference.safetensors")


if __name__ == "__main__":
    main()
