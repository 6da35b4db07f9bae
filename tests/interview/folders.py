"""Folders as people have them after training, for the interview."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path


def safetensors(path: Path) -> None:
    """A file with a true header and eight bytes of data."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)


def gguf(path: Path, **general: str) -> None:
    """A GGUF file with `general.*` keys and no tensors."""
    raw = b"GGUF" + struct.pack("<IQQ", 3, 0, len(general))
    for key, value in general.items():
        name = f"general.{key.replace('__', '.')}".encode()
        raw += struct.pack("<Q", len(name)) + name + struct.pack("<IQ", 8, len(value)) + value.encode()
    path.write_bytes(raw)


def weights(folder: Path, **config: object) -> Path:
    """A folder with weights."""
    folder.mkdir(parents=True, exist_ok=True)
    safetensors(folder / "model.safetensors")
    held = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 4096} | config
    (folder / "config.json").write_text(json.dumps(held), encoding="utf-8")
    return folder


def adapter(folder: Path, base: str) -> Path:
    """A folder with a LoRA."""
    folder.mkdir(parents=True, exist_ok=True)
    safetensors(folder / "adapter_model.safetensors")
    config = {"base_model_name_or_path": base, "peft_type": "LORA"}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def llama_finetune(place: Path) -> Path:
    """A fine-tune of Llama 3.1."""
    folder = weights(place / "support-bot", _name_or_path="meta-llama/Llama-3.1-8B")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    return folder


def gemma_lora(place: Path) -> Path:
    """A LoRA for Gemma, with the card that peft writes."""
    folder = adapter(place / "gemma-poet", "google/gemma-2-2b")
    card = "---\nbase_model: google/gemma-2-2b\nlibrary_name: peft\n---\n# Model Card for Model ID\n\n## Uses\n\n"
    (folder / "README.md").write_text(card + "[More Information Needed]\n", encoding="utf-8")
    return folder


def mergekit_merge(place: Path) -> Path:
    """A merge as mergekit writes it."""
    folder = weights(place / "zephyr-chat")
    text = "models:\n- model: HuggingFaceH4/zephyr-7b-beta\n- model: openchat/openchat-3.5-0106\n"
    text += "merge_method: slerp\nbase_model: mistralai/Mistral-7B-v0.1\n"
    (folder / "mergekit_config.yml").write_text(text, encoding="utf-8")
    return folder


def gguf_quantization(place: Path) -> Path:
    """A GGUF file of Qwen."""
    folder = place / "qwen-gguf"
    folder.mkdir()
    url = "https://huggingface.co/Qwen/Qwen2.5-7B-Instruct"
    gguf(folder / "qwen-q4_k_m.gguf", name="Qwen2.5 7B Instruct", base_model__0__repo_url=url)
    return folder


def scraped_classifier(place: Path) -> Path:
    """A classifier with its training script and no word on its data."""
    folder = weights(place / "spam-classifier", architectures=["BertForSequenceClassification"], model_type="bert")
    (folder / "train.py").write_text("print('training')\n", encoding="utf-8")
    return folder


def data_set(place: Path) -> Path:
    """A data set."""
    folder = place / "street-signs"
    folder.mkdir()
    for name in ("train", "test"):
        (folder / f"{name}.jsonl").write_text('{"text": "a"}\n', encoding="utf-8")
    return folder


def with_card(place: Path) -> Path:
    """A model with a card that people wrote."""
    folder = weights(place / "film-critic", architectures=["DistilBertModel"], model_type="distilbert")
    card = "---\nlicense: apache-2.0\nlanguage: en\nbase_model: distilbert/distilbert-base-uncased\n"
    card += "datasets: [stanfordnlp/imdb]\npipeline_tag: text-classification\n---\n# Film Critic\n\n"
    card += "## Intended uses\n\nFilms.\n\n## Limitations\n\nEnglish only.\n"
    (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


PERSONAS: dict[str, Callable[[Path], Path]] = {
    "llama": llama_finetune,
    "gemma": gemma_lora,
    "merge": mergekit_merge,
    "gguf": gguf_quantization,
    "scraped": scraped_classifier,
    "data": data_set,
    "card": with_card,
}
