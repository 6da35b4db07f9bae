"""Tests of the room `generator/artifacts`."""
