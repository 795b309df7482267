"""Random BERT checkpoints as Hugging Face folders, in the layouts that are published."""

import json
import os
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertForSequenceClassification, BertModel

COMMON = {
    "attention_probs_dropout_prob": 0.1,
    "hidden_dropout_prob": 0.1,
    "initializer_range": 0.02,
    "layer_norm_eps": 1e-12,
    "model_type": "bert",
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
    "type_vocab_size": 2,
}


def parameter_shapes(config, classes):
    """Every parameter's name and shape, in the order of the published files."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    shapes = OrderedDict()

    def linear(path, inputs, outputs):
        shapes[f"{path}.weight"], shapes[f"{path}.bias"] = (outputs, inputs), (outputs,)

    def norm(path):
        shapes[f"{path}.LayerNorm.weight"], shapes[f"{path}.LayerNorm.bias"] = (width,), (width,)

    for name, rows in (("word", "vocab_size"), ("position", "max_position_embeddings"), ("token_type", "type_vocab_size")):
        shapes[f"bert.embeddings.{name}_embeddings.weight"] = (config[rows], width)
    norm("bert.embeddings")
    for index in range(config["num_hidden_layers"]):
        path = f"bert.encoder.layer.{index}"
        for name in ("query", "key", "value"):
            linear(f"{path}.attention.self.{name}", width, width)
        linear(f"{path}.attention.output.dense", width, width)
        norm(f"{path}.attention.output")
        linear(f"{path}.intermediate.dense", width, inner)
        linear(f"{path}.output.dense", inner, width)
        norm(f"{path}.output")
    linear("bert.pooler.dense", width, width)
    linear("classifier", width, classes)
    return shapes


def random_weights(config, classes, seed, gain):
    """Weights under which every part counts: random norms and biases, attention that looks at some tokens more than at
    others, layers that change what they add to. `gain` weighs these against what the residual connection brings."""
    generator = torch.Generator().manual_seed(seed)

    def normal(shape, deviation):
        return torch.randn(shape, generator=generator) * deviation

    weights = OrderedDict()
    for name, shape in parameter_shapes(config, classes).items():
        if "embeddings." in name and "LayerNorm" not in name:
            value = normal(shape, 1.0)
        elif name.endswith("LayerNorm.weight"):
            value = torch.rand(shape, generator=generator) + 0.5
        elif len(shape) == 1:
            value = normal(shape, 0.1)
        elif ".query." in name:
            value = normal(shape, 1.5 * shape[1] ** -0.5)
        else:
            value = normal(shape, gain * shape[1] ** -0.5)
        weights[name] = value.contiguous()
    return weights


def legacy_name(name):
    """The name in a bare encoder from a TensorFlow checkpoint."""
    return name.removeprefix("bert.").replace("LayerNorm.weight", "LayerNorm.gamma").replace(
        "LayerNorm.bias", "LayerNorm.beta")


def write_folder(folder, config, weights, kind):
    """Writes config.json and the weights: `safetensors` of a classifier, or `bin`, a bare encoder in the zip file of
    `torch.save`, with a buffer of position numbers and under the oldest names, as published ones have."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    if kind == "safetensors":
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        state = OrderedDict(
            (legacy_name(name), value) for name, value in weights.items() if not name.startswith("classifier"))
        state["embeddings.position_ids"] = torch.arange(config["max_position_embeddings"])[None]
        torch.save(state, folder / "pytorch_model.bin")


def load(folder, weights):
    """The folder as `transformers` reads it, checked to hold exactly these weights; a bare encoder gets the head."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    model = BertForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        model.classifier.weight.copy_(weights["classifier.weight"])
        model.classifier.bias.copy_(weights["classifier.bias"])
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, weights[name]), f"{name} was not loaded"
    return model
