"""What `transformers` computes for a BERT folder: the numbers that the Swift model is held against."""

from contextlib import contextmanager

import numpy as np
import torch


def edit_sites(model):
    """The paths of the feed-forward layers, in order."""
    return [
        f"bert.encoder.layer.{n}.{name}.dense" for n in range(model.config.num_hidden_layers)
        for name in ("intermediate", "output")]


def random_inputs(model, lengths, seed):
    """[CLS], random tokens, [SEP]: any three ids serve, since the model knows no tokenizer."""
    generator = torch.Generator().manual_seed(seed)
    vocabulary = model.config.vocab_size
    return [
        [2] + torch.randint(4, vocabulary, (n - 2,), generator=generator).tolist() + [3] for n in lengths]


def single(ids):
    return torch.tensor([ids])


def pad(rows, value):
    width = max(len(row) for row in rows)
    return torch.tensor([list(row) + [value] * (width - len(row)) for row in rows])


@contextmanager
def hooked(model, site, hook):
    handle = model.get_submodule(site).register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def replacing(value, positions):
    """A hook that puts `value` in place of a site's output: at `all` positions, all but the last, or the last."""

    def hook(_, __, output):
        output = output.clone()
        where = {"all": slice(None), "prompt": slice(None, -1), "last": slice(-1, None)}[positions]
        output[:, where] = value
        return output

    return hook


def loss_of(model, ids, label):
    return model(input_ids=single(ids), labels=torch.tensor([label])).loss


def batch_part(model, inputs, labels):
    """The padded batch: states, logits, losses, and every parameter's gradient, matrices seen by two probes."""
    ids, mask = pad(inputs, 0), pad([[1] * len(row) for row in inputs], 0)
    model.zero_grad()
    output = model(input_ids=ids, attention_mask=mask, labels=torch.tensor(labels), output_hidden_states=True)
    output.loss.backward()
    hidden = output.hidden_states[-1]
    tensors = {
        "input_ids": ids, "attention_mask": mask, "labels": torch.tensor(labels),
        "last_hidden_state": hidden * mask[..., None], "pooler_output": model.bert.pooler(hidden),
        "logits": output.logits, "loss": output.loss,
        "losses": torch.stack([loss_of(model, *pair) for pair in zip(inputs, labels)]),
    }
    probe = torch.randn(max(max(p.shape) for p in model.parameters()), generator=torch.Generator().manual_seed(1))
    tensors["probe"] = probe
    for name, parameter in model.named_parameters():
        gradient = parameter.grad
        if gradient.dim() == 1:
            tensors[f"gradient.{name}"] = gradient
        else:
            rows, columns = gradient.shape
            tensors[f"gradient_rows.{name}"] = gradient @ probe[:columns]
            tensors[f"gradient_columns.{name}"] = probe[:rows] @ gradient
    model.zero_grad()
    return tensors


def site_part(model, inputs, labels):
    """For each example alone: the keys at every site and the gradient of its loss by the site's output."""
    tensors = {}
    for site in edit_sites(model):
        for row, (ids, target) in enumerate(zip(inputs, labels)):
            kept = {}

            def hook(_, arguments, output):
                kept["key"] = arguments[0].detach()
                kept["output"] = output
                output.retain_grad()

            with hooked(model, site, hook):
                loss_of(model, ids, target).backward()
            tensors[f"site_input.{site}.{row}"] = kept["key"][0]
            tensors[f"site_gradient.{site}.{row}"] = kept["output"].grad[0]
    model.zero_grad()
    return tensors


def edited_part(model, inputs, labels, seed):
    """A value in place of the output of each of the last three sites: losses, gradients by the value, and logits."""
    tensors = {}
    generator = torch.Generator().manual_seed(seed)
    for site in edit_sites(model)[-3:]:
        width = model.get_submodule(site).out_features
        value = torch.randn(width, generator=generator).requires_grad_()
        tensors[f"edited.{site}.value"] = value.detach().clone()
        for positions in ("all", "prompt", "last"):
            losses, gradients, logits = [], [], []
            for ids, target in zip(inputs, labels):
                with hooked(model, site, replacing(value, positions)):
                    output = model(input_ids=single(ids), labels=torch.tensor([target]))
                    gradients.append(torch.autograd.grad(output.loss, value)[0])
                losses.append(output.loss.detach())
                logits.append(output.logits[0].detach())
            tensors[f"edited.{site}.{positions}.losses"] = torch.stack(losses)
            tensors[f"edited.{site}.{positions}.value_gradients"] = torch.stack(gradients)
            tensors[f"edited.{site}.{positions}.logits"] = torch.stack(logits)
    return tensors


def long_part(model, seed):
    """An input that uses every position."""
    ids, = random_inputs(model, [model.config.max_position_embeddings], seed)
    output = model(input_ids=single(ids), labels=torch.tensor([1]))
    output.loss.backward()
    name = "bert.embeddings.position_embeddings.weight"
    gradient = dict(model.named_parameters())[name].grad.clone()
    model.zero_grad()
    return {
        "long.input_ids": single(ids), "long.labels": torch.tensor([1]), "long.logits": output.logits,
        "long.loss": output.loss, f"long.gradient_sums.{name}": gradient.sum(dim=1),
    }


def head_part(model):
    """The classifier, which the file of a bare encoder lacks."""
    return {"head.weight": model.classifier.weight, "head.bias": model.classifier.bias}


def as_arrays(tensors):
    """Float32 and I64 arrays for the safetensors writer; a scalar becomes one element."""
    arrays = {}
    for name, tensor in tensors.items():
        array = tensor.detach().numpy()
        arrays[name] = np.ascontiguousarray(array.reshape(1) if array.ndim == 0 else array)
        assert arrays[name].dtype in (np.float32, np.int64), name
    return arrays
