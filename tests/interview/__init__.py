"""Tests of the room `generator/interview`, in a real pseudo-terminal."""
