"""Tests of the room `generator/hub`: the real client over real HTTP, against a server of ours on loopback."""
