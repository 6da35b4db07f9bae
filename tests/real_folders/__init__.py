"""Laws that hold for real model folders of other people, out of packages of the Python package index."""
