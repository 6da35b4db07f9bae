"""The model card: its text and its front matter."""
