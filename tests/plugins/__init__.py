"""Tests of plugins, with an example package."""
