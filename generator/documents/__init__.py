"""What is written: the card, the license index, texts, notices and machine-readable records."""
