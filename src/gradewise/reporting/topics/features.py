"""Topics on measured features: what there is, what could not be had, and which values occur."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gradewise.features.schema import FeatureMatrix
from gradewise.reporting.parts import Figure, Section, table
from gradewise.reporting.wording import counted


def features_section(matrix: FeatureMatrix) -> Section:
    """Every feature with its range and what it comes to, a table for each group."""
    groups = dict.fromkeys(spec.group for spec in matrix.schema.specs)
    return Section(
        name="features",
        heading="What was measured",
        intro=f"{counted(len(matrix.schema), 'feature')} of {counted(len(matrix.essay_ids), 'essay')}. A "
        "feature that is the same for all essays teaches nothing.",
        figures=tuple(_group_figure(group, matrix) for group in groups),
        record={
            spec.name: {"group": spec.group, "unit": spec.unit, **_summary(matrix.values[:, column])}
            for column, spec in enumerate(matrix.schema.specs)
        },
    )


def absent_section(absent: Mapping[str, str]) -> Section:
    """What was asked for and could not be had."""
    return Section(
        name="absent",
        heading="What could not be had",
        intro="Groups of features, or single ones, that these essays or this installation do not allow.",
        figures=(
            Figure.in_numbers(
                "Missing", "Each with why.", table(("What", "Why"), absent.items(), prose=True)
            ),
        ),
        record=dict(absent),
    )


def _group_figure(group: str, matrix: FeatureMatrix) -> Figure:
    chosen = [(column, spec) for column, spec in enumerate(matrix.schema.specs) if spec.group == group]
    return Figure.in_numbers(
        group,
        f"{counted(len(chosen), 'feature')}; sd is the standard deviation.",
        table(
            ("Feature", "least", "mean", "sd", "most"),
            (
                (spec.name, *(f"{value:,.4g}" for value in _summary(matrix.values[:, column]).values()))
                for column, spec in chosen
            ),
        ),
    )


def _summary(values: NDArray[np.float32]) -> dict[str, float]:
    exact = values.astype(np.float64)
    return {
        "min": float(exact.min()),
        "mean": float(exact.mean()),
        "sd": float(exact.std()),
        "max": float(exact.max()),
    }
