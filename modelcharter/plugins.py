"""What plugins use: rules of checks, documents of bundles, and licenses. See docs/organisations.md."""

from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.documents.plugins import PluginDocument as Document
from generator.licenses.assess import Assessment

__all__ = ["Assessment", "Document", "Problem", "Subject", "label_of", "place", "rule"]
