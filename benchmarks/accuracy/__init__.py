"""Accuracy on public corpora: what `make bench-accuracy` measures."""
