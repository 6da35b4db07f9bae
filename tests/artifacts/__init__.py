"""Tests of the room `generator/checks`."""
