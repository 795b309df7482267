"""Writes the checkpoint fixtures beside this file, expected.json with what is in them, and manifest.json.

    python Tests/Fixtures/checkpoints/generate.py

needs torch, numpy and safetensors; the versions used last are in manifest.json. The files are the same on every run.
"""

import hashlib
import json
import os
import platform
from collections import OrderedDict
from pathlib import Path

import numpy
import safetensors
import safetensors.torch
import torch

HERE = Path(__file__).resolve().parent


def ramp(*shape, dtype=torch.float32, step=0.25, start=-1.0):
    count = 1
    for length in shape:
        count *= length
    return (torch.arange(count, dtype=torch.float64) * step + start).to(dtype).reshape(shape)


def edge(dtype):
    """Zero of both signs, subnormal, smallest normal, largest, infinite and not-a-number values of a type."""
    info = torch.finfo(dtype)
    smallest = info.smallest_normal
    values = [0.0, -0.0, 1.0, -1.5, 1 / 3, smallest, -smallest, smallest / 4, info.max, info.min]
    values += [float("inf"), float("-inf"), float("nan")]
    return torch.tensor(values, dtype=torch.float64).to(dtype)


def integers(dtype):
    if dtype == torch.bool:
        return torch.tensor([True, False, True])
    info = torch.iinfo(dtype)
    return torch.tensor([info.min, 0, 1, info.max], dtype=dtype)


FLOATS = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "f64": torch.float64}
INTEGERS = {
    "i64": torch.int64,
    "i32": torch.int32,
    "i16": torch.int16,
    "i8": torch.int8,
    "u8": torch.uint8,
    "bool": torch.bool,
}
NAMES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64"}
NAMES |= {torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8"}
NAMES |= {torch.uint8: "U8", torch.bool: "BOOL"}


def every_type():
    tensors = {f"edge.{name}": edge(dtype) for name, dtype in FLOATS.items()}
    tensors |= {f"ramp.{name}": ramp(2, 3, dtype=dtype) for name, dtype in FLOATS.items()}
    tensors |= {f"int.{name}": integers(dtype) for name, dtype in INTEGERS.items()}
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    return tensors


def strided():
    base = ramp(4, 6)
    half = ramp(4, 6, dtype=torch.float16)
    counts = torch.arange(24).reshape(4, 6)
    return OrderedDict(
        {
            "base": base,
            "tied": base,
            "reshaped": base.view(2, 12),
            "transposed": base.t(),
            "rows": base[1:3],
            "columns": base[:, 2:5],
            "every_other": base[::2, ::3],
            "last": base[3, 5],
            "diagonal": base.diagonal(),
            "expanded": base[0].expand(3, 6),
            "expanded_scalar": torch.tensor(0.5).expand(2, 2),
            "permuted": base.view(2, 2, 6).permute(2, 0, 1),
            "half_transposed": half.t(),
            "half_rows": half[1:2],
            "counts_transposed": counts.t(),
            "small_of_large": ramp(40, 10)[7:8],
        }
    )


class Tied(torch.nn.Module):
    """An embedding that is also the output head, as in T5, with a buffer of integers."""

    def __init__(self):
        super().__init__()
        self.shared = torch.nn.Embedding(5, 4)
        self.lm_head = torch.nn.Linear(4, 5, bias=False)
        self.norm = torch.nn.LayerNorm(4)
        with torch.no_grad():
            self.shared.weight.copy_(ramp(5, 4))
            self.norm.weight.copy_(ramp(4))
        self.lm_head.weight = self.shared.weight
        self.register_buffer("position_ids", torch.arange(6).unsqueeze(0))


class Evil:
    """What a pickle can do to whoever loads it; loading this one with Python would only echo a word."""

    def __init__(self, call, argument):
        self.call, self.argument = call, argument

    def __reduce__(self):
        return self.call, (self.argument,)


def describe(tensors):
    described = {}
    for name, tensor in tensors.items():
        values = tensor.detach()
        if values.dtype in NAMES and values.dtype.is_floating_point:
            # As hexadecimal bits of the 32-bit float, so that signed zeros and infinities can be compared.
            flat = values.to(torch.float32).contiguous().reshape(-1)
            data = ["nan" if value != value else f"{bits & 0xFFFFFFFF:08x}"
                    for value, bits in zip(flat.tolist(), flat.view(torch.int32).tolist())]
        else:
            data = [int(value) for value in values.reshape(-1).tolist()]
        described[name] = {"dtype": NAMES[values.dtype], "shape": list(values.shape), "values": data}
    return described


def main():
    types, views, module = every_type(), strided(), Tied().state_dict()
    parameters = {"weight": torch.nn.Parameter(ramp(2, 2)), "frozen": torch.nn.Parameter(ramp(3), requires_grad=False)}
    expected = {}

    def save(name, value, tensors, **options):
        torch.save(value, HERE / name, **options)
        if tensors is not None:
            expected[name] = describe(tensors)

    save("types.bin", types, types)
    save("strided.bin", views, views)
    save("module.bin", module, module)
    save("parameters.bin", parameters, parameters)
    for protocol in (3, 4, 5):
        save(f"protocol{protocol}.bin", module, module, pickle_protocol=protocol)
    state = {0: {"step": torch.tensor(3.0), "lr": 0.1}}
    optimizer = {"state": state, "groups": [{"params": [0], "betas": (0.9, 0.99)}]}
    checkpoint = {"epoch": 3, "big": 1 << 40, "state_dict": module, "optimizer": optimizer, "size": torch.Size([2, 3])}
    save("wrapped.bin", checkpoint, module)
    save("ambiguous.bin", {"state_dict": module, "model": parameters}, None)
    save("no_tensors.bin", {"epoch": 3}, None)
    raw = ramp(5, dtype=torch.uint8, start=0.0, step=1.0).untyped_storage()
    save("storage.bin", {"raw": raw, "weight": ramp(2)}, {"weight": ramp(2)})
    if not (HERE / "legacy.bin").exists():
        # The old format names storages by their addresses, so this one would differ from run to run.
        save("legacy.bin", module, None, _use_new_zipfile_serialization=False)
    save("evil_system.bin", {"weight": ramp(2), "x": Evil(os.system, "echo loaded")}, None)
    save("evil_eval4.bin", {"x": Evil(eval, "print('loaded')")}, None, pickle_protocol=4)
    save("numpy.bin", {"weight": numpy.arange(3)}, None)
    save("whole_module.bin", torch.nn.Linear(2, 2), None)

    safetensors.torch.save_file(types, HERE / "types.safetensors", metadata={"ü": '"quoted"\n'})
    expected["types.safetensors"] = describe(types)

    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
    written = {".bin", ".safetensors"}
    files = sorted(path for path in HERE.iterdir() if path.suffix in written or path.name == "expected.json")
    manifest = {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "safetensors": safetensors.__version__,
            "numpy": numpy.__version__,
        },
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
