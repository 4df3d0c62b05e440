"""Watching a directory: each dataset that arrives is trained on once."""
