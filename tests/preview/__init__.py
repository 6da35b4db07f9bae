"""Tests of the room `generator/preview`, in a real browser."""
