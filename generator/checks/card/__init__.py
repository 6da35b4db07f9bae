"""CARD: the rules about the text of a model card."""

from generator.checks.card import text

__all__ = ["text"]
