"""How documents are merged with files that exist, recorded, and written."""
