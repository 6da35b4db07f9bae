"""Tests of the room `generator/documents`."""
