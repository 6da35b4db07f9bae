"""Exports, each held to its standard by somebody else's validator."""
