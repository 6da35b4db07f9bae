"""What is released: the release file, read into frozen types and written back."""
