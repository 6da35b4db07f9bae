"""ART: the rules that compare what is claimed with the files of the folder."""

from generator.checks.art import bundle, digests, files, licenses, lineage, signature, weights

__all__ = ["bundle", "digests", "files", "licenses", "lineage", "signature", "weights"]
