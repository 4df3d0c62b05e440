"""A feature: what it means, and how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass

from gradewise.features.documents import Document
from gradewise.features.schema import FeatureSpec

Measure = Callable[[Document], float]
"""Measures one thing of one document; finite for every document, within the range of its spec."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of the catalogue."""

    spec: FeatureSpec
    """What the value means."""
    measure: Measure
    """How it is measured."""
