"""Bundles: a trained model as files that are whole, checked and free of code."""
