"""Tests of the room `generator/release`."""
