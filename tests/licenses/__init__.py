"""Tests of the room `generator/licenses`."""
