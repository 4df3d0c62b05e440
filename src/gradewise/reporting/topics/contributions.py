"""What moves the score of each essay of the locked test, feature by feature."""

import numpy as np
from numpy.typing import NDArray

from gradewise.features.embeddings import EMBEDDING
from gradewise.features.labels import label_of
from gradewise.features.schema import FeatureMatrix, FeatureSpec
from gradewise.reporting.charts.swarm import SwarmRow, swarm_chart
from gradewise.reporting.parts import Figure, Section, table
from gradewise.reporting.wording import counted, decimal

MOST_DRAWN = 15
EMBEDDING_NAME = "what a text model sees"


def contributions_section(contributions: NDArray[np.float64], matrix: FeatureMatrix) -> Section:
    """What each feature adds to each score, drawn for the weightiest.

    Args:
        contributions: exact Shapley values, shape ``(n, n_features)``, in grade steps.
        matrix: the features, of one essay at least.
    """
    rows = swarm_rows(contributions, matrix)
    shown = rows[:MOST_DRAWN]
    return Section(
        name="contributions",
        heading="What moves each score",
        intro=f"The score of each of {counted(len(matrix.essay_ids), 'essay')} is an average plus a part for "
        "every feature (exact Shapley values): here they are. The numbers are in the run’s directory shap.",
        figures=(
            Figure(
                f"The {len(shown)} features that move scores most",
                swarm_chart(shown),
                "Each dot is an essay, right where the feature raises its score. Colours say how much of the "
                "feature the essay has: where colours are sorted, more of it means one thing throughout.",
                table(
                    ("Feature", "Moves a score by", "At most"),
                    (
                        (row.name, decimal(row.size), decimal(float(np.abs(row.contributions).max())))
                        for row in rows
                    ),
                ),
            ),
        ),
        record={"mean_absolute_contributions": {row.name: row.size for row in rows}},
    )


def swarm_rows(contributions: NDArray[np.float64], matrix: FeatureMatrix) -> tuple[SwarmRow, ...]:
    """Features by what a reader calls them, weightiest first; those of one name are taken together.

    Args:
        contributions: shape ``(n, n_features)``.
        matrix: the features.
    """
    columns: dict[str, list[int]] = {}
    for column, spec in enumerate(matrix.schema.specs):
        columns.setdefault(_shown(spec), []).append(column)
    rows = (
        SwarmRow(
            name=name,
            contributions=contributions[:, of].sum(axis=1),
            values=None if name == EMBEDDING_NAME else matrix.values[:, of[0]].astype(np.float64),
        )
        for name, of in columns.items()
    )
    return tuple(sorted(rows, key=lambda row: -row.size))


def _shown(spec: FeatureSpec) -> str:
    return EMBEDDING_NAME if spec.group == EMBEDDING else label_of(spec)
