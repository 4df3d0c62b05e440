"""Plans: what to train, on what, and how it is judged; written, read, refused, explained."""
