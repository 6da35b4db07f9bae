"""Signatures over a release's files, with `model_signing`."""
