"""Recording training runs: `record_training` for any script, `CharterCallback` for trainers of transformers."""
