"""Runs: their directories, what they report while they go on, and what is left when they are killed."""
