"""Tests of the room `generator/web`, in a real browser."""
