"""Sections of a report, one module a topic."""
