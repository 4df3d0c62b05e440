"""Comparative judgement for people: scores, grades, next pairs, a page, and columns for a model."""
