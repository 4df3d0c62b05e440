"""Gradewise: teacher-marked essays in, a grading model that can be trusted and explained out."""

__version__ = "0.1.0"
