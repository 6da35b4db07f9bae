"""The pictures of a release: layers, lineage and badges."""
