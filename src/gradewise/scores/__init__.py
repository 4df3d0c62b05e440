"""What was answered about essays, and what became of it: score records, review, corrections, traffic."""
