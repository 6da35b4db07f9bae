"""Recording training runs: `from modelcharter.train import CharterCallback` (extra `train`)."""

from generator.train.record import record_training as record_training
from generator.train.trainer import CharterCallback as CharterCallback

__all__ = ["CharterCallback", "record_training"]
