"""Tiny training runs, one a library: `python runs.py KIND OUT STEPS`; models are made here, nothing is downloaded.

STEPS are what the script does after making the trainer, separated by commas: train, save, card, push, again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
)

from modelcharter import CharterError
from modelcharter.train import CharterCallback

WORDS = ["<pad>", "<s>", "</s>", "<unk>", *"abcdefghijklmnopqrstuvwxyz"]


def tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of letters."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    names = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **names)


def causal() -> LlamaForCausalLM:
    """A language model of a few numbers, as if it had been loaded from the Hub."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(WORDS), max_position_embeddings=64, **sizes))
    model.config._name_or_path = model.name_or_path = "HuggingFaceTB/SmolLM2-135M"
    model.config._commit_hash = "0123456789abcdef0123456789abcdef01234567"
    return model


def named(data: Dataset, ref: str) -> Dataset:
    """Data as if it had been loaded from the Hub."""
    address = f"hf://datasets/{ref}@89abcdef89abcdef89abcdef89abcdef89abcdef/data/train.parquet"
    data.info.download_checksums = {address: {"num_bytes": 1, "checksum": None}}
    return data


def arguments(out: Path, kind: type[TrainingArguments] = TrainingArguments, **more: Any) -> TrainingArguments:  # noqa: ANN401
    """Arguments of a short run."""
    asked = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}
    usual = {"output_dir": str(out), "num_train_epochs": 1, "per_device_train_batch_size": 4, "use_cpu": True}
    usual |= {"report_to": [], "save_steps": 2, "logging_steps": 1, "eval_strategy": "epoch", "learning_rate": 1e-3}
    return kind(**(usual | more | asked))


def plain(out: Path) -> Trainer:
    """A classifier that is made from nothing, and measured."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = BertForSequenceClassification(BertConfig(vocab_size=30, max_position_embeddings=32, **sizes))
    data = named(Dataset.from_dict({"input_ids": [[5, 6, 7, 8]] * 16, "labels": [0, 1] * 8}), "org/letters")
    measure = lambda prediction: {"accuracy": float((prediction.predictions.argmax(-1) == prediction.label_ids).mean())}  # noqa: E731
    return Trainer(model=model, args=arguments(out), train_dataset=data, eval_dataset=data, compute_metrics=measure)


def peft(out: Path) -> Trainer:
    """An adapter."""
    from peft import LoraConfig, get_peft_model

    lora = LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    lora.base_model_name_or_path = "HuggingFaceTB/SmolLM2-135M"
    ids = [[1, 5, 6, 7, 2]] * 8
    data = named(Dataset.from_dict({"input_ids": ids, "labels": ids}), "org/letters")
    return Trainer(model=get_peft_model(causal(), lora), args=arguments(out), train_dataset=data, eval_dataset=data)


def trl(out: Path) -> Trainer:
    """A fine-tuning by TRL, whose trainers write a card at every checkpoint."""
    from trl import SFTConfig, SFTTrainer

    data = named(Dataset.from_dict({"text": ["abcabc", "defdef"] * 4}), "org/letters")
    args = arguments(out, SFTConfig, max_length=16, dataset_num_proc=None)
    return SFTTrainer(model=causal(), args=args, train_dataset=data, eval_dataset=data, processing_class=tokenizer())


def sentences(out: Path) -> Any:  # noqa: ANN401
    """An embedding model of sentence-transformers."""
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers import SentenceTransformerTrainingArguments as Arguments
    from sentence_transformers.losses import MultipleNegativesRankingLoss
    from transformers import BertModel

    base = out.parent / "base"
    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(vocab_size=len(WORDS), max_position_embeddings=32, **sizes)).save_pretrained(base)
    tokenizer().save_pretrained(base)
    model = SentenceTransformer(str(base), device="cpu")
    data = named(Dataset.from_dict({"anchor": ["abc", "def"] * 4, "positive": ["abd", "dee"] * 4}), "org/pairs")
    loss = MultipleNegativesRankingLoss(model)
    return SentenceTransformerTrainer(
        model=model, args=arguments(out, Arguments), train_dataset=data, eval_dataset=data, loss=loss
    )


def main() -> None:
    """Make a trainer, add the callback, and do the steps."""
    kind, out, steps = sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")
    trainer = {"plain": plain, "peft": peft, "trl": trl, "sentences": sentences}[kind](out)
    trainer.add_callback(CharterCallback(trainer, license="apache-2.0", publisher="Borealis Lab"))
    acts = {
        "train": trainer.train,
        "save": trainer.save_model,
        "card": trainer.create_model_card,
        "push": trainer.push_to_hub,
        "write": lambda: (out / "README.md").write_text("# By hand\n\nMy words.\n", encoding="utf-8"),
    }
    try:
        for step in steps:
            acts[step]()
    except CharterError as error:
        sys.exit(f"CharterError: {error.message}")


if __name__ == "__main__":
    main()
