"""Shipped for tests and trials: synthetic essays, fakes and contract suites."""
