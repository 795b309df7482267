"""Loads the folders that the tests wrote into FOLDER (GRACE_BERT_WRITTEN) and compares with the reference logits.

    python check_written.py FOLDER
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import BertForSequenceClassification

HERE = Path(__file__).parent

for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
    model, info = BertForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    reference = load_file(HERE / folder.name / "reference.safetensors")
    with torch.no_grad():
        logits = model.eval()(reference["input_ids"], attention_mask=reference["attention_mask"]).logits
    difference = float((logits - reference["logits"]).abs().max())
    print(f"{folder.name}: {len(model.config.id2label)} classes, logits within {difference:.1e}")
    assert difference <= 1e-4
