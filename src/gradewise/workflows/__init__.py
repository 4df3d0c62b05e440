"""Use cases: extract, train, evaluate, score."""
