"""Sections that single topics add to a report."""
