"""What the files of a model folder say of themselves, read without trusting them."""
