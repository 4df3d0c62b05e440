"""Comparative judgement: which of two essays is better, many times over, and what follows. Pure."""
