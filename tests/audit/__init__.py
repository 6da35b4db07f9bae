"""Audits of many models."""
