"""Tests of the room `generator/wizard`, in a real pseudo-terminal."""
