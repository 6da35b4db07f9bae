"""HUB: the rules about what the Hub accepts and shows."""

from generator.checks.hub import files, front_matter, release

__all__ = ["files", "front_matter", "release"]
