"""Tests of the room `generator/openness`."""
