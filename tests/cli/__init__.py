"""Tests of the room `generator/cli`."""
