"""What `transformers` computes for a T5 folder: the numbers that the Swift model is held against."""

from contextlib import contextmanager

import numpy as np
import torch
from transformers import DynamicCache, EncoderDecoderCache

NEW_TOKENS = 20


def edit_sites(model):
    """The paths of the feed-forward output layers of the encoder, in order."""
    return [f"encoder.block.{n}.layer.1.DenseReluDense.wo" for n in range(model.config.num_layers)]


def pad(rows, value):
    """Rows of different length as one I64 matrix, filled up with `value`."""
    width = max(len(row) for row in rows)
    return torch.tensor([list(row) + [value] * (width - len(row)) for row in rows])


def single(ids):
    return torch.tensor([ids])


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


@torch.no_grad()
def generate(model, inputs, margin):
    """Greedy ids of a padded batch, each up to and with `</s>`, and the smallest lead of a chosen id over the next."""
    ids = pad(inputs, 0)
    mask = pad([[1] * len(row) for row in inputs], 0)
    result = model.generate(
        input_ids=ids, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False, num_beams=1,
        return_dict_in_generate=True, output_logits=True,
        # The cache that `generate` makes by itself has a place per encoder layer, too few for a longer decoder.
        past_key_values=EncoderDecoderCache(DynamicCache(), DynamicCache()))
    answers, leads = [], []
    for row, sequence in enumerate(result.sequences[:, 1:].tolist()):
        length = sequence.index(1) + 1 if 1 in sequence else len(sequence)
        top = torch.stack([logits[row] for logits in result.logits[:length]]).topk(2).values
        answers.append(sequence[:length])
        leads.append(float((top[:, 0] - top[:, 1]).min()))
    if margin is not None:
        assert min(leads) > margin, f"a greedy choice is too close: {min(leads)}"
    return answers, leads


def loss_of(model, ids, labels):
    return model(input_ids=single(ids), labels=single(labels)).loss


def choose_inputs(model, lengths, seed, margin, want_short, pool=400):
    """Inputs whose greedy answers are decided clearly; `want_short` of them have answers that end early."""
    generator = torch.Generator().manual_seed(seed)
    vocabulary = model.config.vocab_size
    chosen, used, short = {}, set(), 0
    for index in range(pool):
        slot = next((s for s in range(len(lengths)) if s not in chosen), None)
        if slot is None:
            break
        body = torch.randint(2, vocabulary, (lengths[slot] - 1,), generator=generator).tolist()
        ids = body + [1] if body else torch.randint(2, vocabulary, (1,), generator=generator).tolist()
        answers, leads = generate(model, [ids], None)
        ends = answers[0][-1] == 1 and 2 <= len(answers[0]) < NEW_TOKENS
        if leads[0] < margin or tuple(answers[0]) in used or len(set(answers[0])) < len(answers[0]) // 3:
            continue
        if short < want_short and not ends and len(lengths) - len(chosen) <= want_short - short:
            continue
        if ends and short >= want_short:
            continue
        chosen[slot] = ids
        short += ends
        used.add(tuple(answers[0]))
    assert len(chosen) == len(lengths), "no seed of this pool gives clear answers: choose another seed"
    assert short == want_short, f"{short} answers end early, {want_short} wanted"
    return [chosen[slot] for slot in range(len(lengths))]


def random_labels(model, lengths, seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(2, model.config.vocab_size, (n - 1,), generator=generator).tolist() + [1] for n in lengths]


def add_answers(tensors, prefix, answers):
    tensors[f"{prefix}_ids"] = pad([row + [0] * (NEW_TOKENS - len(row)) for row in answers], 0)
    tensors[f"{prefix}_lengths"] = torch.tensor([len(row) for row in answers])


def batch_part(model, inputs, labels, margin):
    """The padded batch: encoder, logits, losses, answers, and every parameter's gradient seen by two probes."""
    ids, mask = pad(inputs, 0), pad([[1] * len(row) for row in inputs], 0)
    targets = pad(labels, -100)
    model.zero_grad()
    output = model(input_ids=ids, attention_mask=mask, labels=targets)
    output.loss.backward()
    tensors = {
        "input_ids": ids, "attention_mask": mask, "labels": targets,
        "encoder_last_hidden_state": output.encoder_last_hidden_state * mask[..., None],
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

    one_by_one = [generate(model, [row], margin)[0][0] for row in inputs]
    together, _ = generate(model, inputs, margin)
    assert one_by_one == together, "padding changed an answer"
    add_answers(tensors, "generated", one_by_one)
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


def edited_part(model, inputs, labels, margin, seed):
    """A value in place of the output of block 1's site: losses, gradients by the value, and answers."""
    site = edit_sites(model)[1]
    plain = [generate(model, [row], margin)[0][0] for row in inputs]
    generator = torch.Generator().manual_seed(seed)
    for scale in (2.0, 3.0, 5.0, 8.0, 12.0) * 20:
        value = (torch.randn(model.config.d_model, generator=generator) * scale).requires_grad_()
        tensors = {"edited.value": value.detach().clone()}
        try:
            for positions in ("all", "prompt", "last"):
                losses, gradients, answers = [], [], []
                for ids, target in zip(inputs, labels):
                    with hooked(model, site, replacing(value, positions)):
                        loss = loss_of(model, ids, target)
                        gradient = torch.autograd.grad(loss, value, allow_unused=True)[0]
                        answers.append(generate(model, [ids], margin)[0][0])
                    losses.append(loss.detach())
                    gradients.append(torch.zeros_like(value) if gradient is None else gradient)
                tensors[f"edited.{positions}.losses"] = torch.stack(losses)
                tensors[f"edited.{positions}.value_gradients"] = torch.stack(gradients)
                add_answers(tensors, f"edited.{positions}.generated", answers)
                changed = sum(a != b for a, b in zip(answers, plain))
                assert changed >= (len(inputs) // 2 if positions == "all" else 1), f"{positions}: value too weak"
            return tensors
        except AssertionError:
            continue
    raise SystemExit("no value changes enough answers clearly: choose another seed")


def long_part(model, length, seed, stride=20):
    """An input and a label so long that every relative bucket is used, in both directions."""
    ids, = random_labels(model, [length], seed)
    labels, = random_labels(model, [length], seed + 1)
    positions = sorted({*range(0, length, stride), length - 1})
    model.zero_grad()
    output = model(input_ids=single(ids), labels=single(labels))
    output.loss.backward()
    tensors = {
        "long.input_ids": single(ids), "long.labels": single(labels), "long.positions": torch.tensor(positions),
        "long.encoder_last_hidden_state": output.encoder_last_hidden_state[0, positions],
        "long.logits": output.logits[0, positions], "long.loss": output.loss,
    }
    for stack in ("encoder", "decoder"):
        name = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        tensors[f"long.gradient.{name}"] = dict(model.named_parameters())[name].grad.clone()
    model.zero_grad()
    return tensors


def bucket_part(model):
    """The bucket of each relative position from -160 to 160, as both stacks see it."""
    attention = model.encoder.block[0].layer[0].SelfAttention
    config = model.config
    positions = torch.arange(-160, 161)
    tensors = {"buckets.relative_positions": positions}
    for name, both in (("encoder", True), ("decoder", False)):
        tensors[f"buckets.{name}"] = attention._relative_position_bucket(
            positions, both, config.relative_attention_num_buckets, config.relative_attention_max_distance)
    return tensors


def as_arrays(tensors):
    """Float32 and I64 arrays for the safetensors writer; a scalar becomes one element."""
    arrays = {}
    for name, tensor in tensors.items():
        array = tensor.detach().numpy()
        arrays[name] = np.ascontiguousarray(array.reshape(1) if array.ndim == 0 else array)
        assert arrays[name].dtype in (np.float32, np.int64), name
    return arrays
