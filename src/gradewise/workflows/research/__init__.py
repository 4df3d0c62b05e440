"""Comparing ways to learn on the same essays and the same folds."""
