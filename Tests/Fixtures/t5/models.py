"""Random T5 checkpoints as Hugging Face folders, in the layouts that are published.

The configuration is written by hand, with the keys that published folders have: `transformers` 5 writes
`tie_word_embeddings: true` for every T5 and keeps what it knows in `scale_decoder_outputs`.
"""

import json
import os
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import T5ForConditionalGeneration

COMMON = {
    "architectures": ["T5ForConditionalGeneration"],
    "decoder_start_token_id": 0,
    "dropout_rate": 0.1,
    "eos_token_id": 1,
    "initializer_factor": 1.0,
    "is_encoder_decoder": True,
    "layer_norm_epsilon": 1e-06,
    "model_type": "t5",
    "pad_token_id": 0,
    "relative_attention_max_distance": 128,
    "relative_attention_num_buckets": 32,
    "use_cache": True,
}


def parameter_shapes(config):
    """Every parameter's name and shape, in the order of the published files; `lm_head` only when untied."""
    width, hidden = config["d_model"], config["d_ff"]
    inner = config["num_heads"] * config["d_kv"]
    gated = config["feed_forward_proj"].startswith("gated")
    shapes = {"shared.weight": (config["vocab_size"], width)}

    def attention(path, biased):
        for projection in "qkv":
            shapes[f"{path}.{projection}.weight"] = (inner, width)
        shapes[f"{path}.o.weight"] = (width, inner)
        if biased:
            buckets = config["relative_attention_num_buckets"]
            shapes[f"{path}.relative_attention_bias.weight"] = (buckets, config["num_heads"])

    for stack, blocks in (("encoder", config["num_layers"]), ("decoder", config["num_decoder_layers"])):
        for block in range(blocks):
            layers = ["SelfAttention"] + (["EncDecAttention"] if stack == "decoder" else []) + ["DenseReluDense"]
            for index, kind in enumerate(layers):
                path = f"{stack}.block.{block}.layer.{index}"
                if kind == "DenseReluDense":
                    for name in ("wi_0", "wi_1") if gated else ("wi",):
                        shapes[f"{path}.{kind}.{name}.weight"] = (hidden, width)
                    shapes[f"{path}.{kind}.wo.weight"] = (width, hidden)
                else:
                    attention(f"{path}.{kind}", biased=kind == "SelfAttention" and block == 0)
                shapes[f"{path}.layer_norm.weight"] = (width,)
        shapes[f"{stack}.final_layer_norm.weight"] = (width,)
    if not config["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (config["vocab_size"], width)
    return shapes


def random_weights(config, seed, gain, head, end):
    """Weights that make an untrained T5 say something: inputs differ in their answers, and answers vary and end.

    Layer norms get random scales, so that forgetting one shows. `gain` weighs what the layers add against the
    embedding that the residual stream begins with; without it a tied head repeats its last token. The decoder's
    final norm has random signs for the same reason. `head` is the standard deviation of the logits; the row of `</s>`
    is `end` times as long, which ends some answers early.
    """
    generator = torch.Generator().manual_seed(seed)
    width, inner = config["d_model"], config["num_heads"] * config["d_kv"]
    tied = config["tie_word_embeddings"]

    def normal(shape, deviation):
        return torch.randn(shape, generator=generator) * deviation

    weights = {}
    for name, shape in parameter_shapes(config).items():
        part = name.split(".")[-2]
        if part == "shared":
            value = normal(shape, head if tied else 1.0)
        elif part == "lm_head":
            value = normal(shape, head * width**-0.5)
        elif part in ("layer_norm", "final_layer_norm"):
            value = torch.rand(shape, generator=generator) + 0.5
            if name == "decoder.final_layer_norm.weight":
                value = value * torch.where(torch.rand(shape, generator=generator) < 0.5, -1.0, 1.0)
        elif part == "relative_attention_bias":
            value = normal(shape, 1.0)
        elif part == "q":
            value = normal(shape, 1.5 * (width * config["d_kv"]) ** -0.5)
        elif part in ("k", "v"):
            value = normal(shape, width**-0.5)
        elif part == "o":
            value = normal(shape, 2.0 * gain * inner**-0.5)
        elif part == "wo":
            value = normal(shape, 2.0 * gain * config["d_ff"] ** -0.5)
        else:
            value = normal(shape, width**-0.5)
        weights[name] = value.contiguous()
    weights["shared.weight" if tied else "lm_head.weight"][1] *= end
    return weights


def write_folder(folder, config, weights, kind):
    """Writes config.json and the weights as `safetensors` or as `bin`, the zip file of `torch.save`.

    The safetensors file holds each tensor once. The zip holds what published ones hold: the embedding under the
    names `shared`, `encoder.embed_tokens` and `decoder.embed_tokens` (and `lm_head` when tied), on one storage.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    if kind == "safetensors":
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        state = dict(weights)
        for alias in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
            state[alias] = weights["shared.weight"]
        if config["tie_word_embeddings"]:
            state["lm_head.weight"] = weights["shared.weight"]
        torch.save(ordered(state), folder / "pytorch_model.bin")


def ordered(state):
    """The dictionary as `Module.state_dict` returns it: ordered, and carrying `_metadata` as an attribute."""
    from collections import OrderedDict

    result = OrderedDict(state)
    paths = [name.split(".") for name in state]
    modules = sorted({".".join(path[:end]) for path in paths for end in range(len(path))})
    result._metadata = OrderedDict((module, {"version": 1}) for module in modules)
    return result


def load(folder, weights):
    """The folder as `transformers` reads it, checked to hold exactly these weights."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    tied = "lm_head.weight" not in weights
    assert (model.lm_head.weight.data_ptr() == model.shared.weight.data_ptr()) == tied, "the head is tied wrongly"
    assert model.config.scale_decoder_outputs == tied
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, weights[name]), f"{name} was not loaded"
    model.generation_config.update(decoder_start_token_id=0, eos_token_id=1, pad_token_id=0)
    return model
