"""Gradewise: teacher-marked essays in, a grading model that can be trusted and explained out."""

import logging

__version__ = "0.1.0"

# What the library logs is for whoever asks: without this, Python prints warnings where nobody does.
logging.getLogger(__name__).addHandler(logging.NullHandler())
