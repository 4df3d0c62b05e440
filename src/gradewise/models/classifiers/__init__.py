"""Classifiers: from rows of numbers to probabilities of classes that have no order."""
