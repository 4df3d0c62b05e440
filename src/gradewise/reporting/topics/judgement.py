"""A batch that was judged, as a page: the order, and grades with their boundaries."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from gradewise.evaluation.results import Interval
from gradewise.judgement.findings import ExaminedBatch, GradedBatch
from gradewise.reporting.charts.boundaries import AnchorMark, boundaries_chart
from gradewise.reporting.charts.caterpillar import Place, caterpillar_chart
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.topics.judgement_words import grade_statements, score_statements
from gradewise.reporting.wording import decimal, percentage, shortened, signed

_NAME = 40


def ranking_section(scored: ExaminedBatch, rows: Sequence[Mapping[str, Any]]) -> Section:
    """The order, with how sure it is.

    Args:
        scored: The batch.
        rows: An essay each, the best first, for the record.
    """
    low, high = scored.intervals
    anchors = {essay.id for essay in scored.batch.essays if essay.is_anchor}
    ranks, items, values = scored.ranks, scored.scores.items, scored.scores.values
    order = sorted(range(len(items)), key=lambda at: (ranks[at], items[at]))
    places = [
        Place(items[at], Interval(float(values[at]), float(low[at]), float(high[at])), items[at] in anchors)
        for at in order
    ]
    picture = Figure(
        "Every essay with its place",
        caterpillar_chart("Scores of all essays", places, ends=("weaker", "stronger")),
        "A dot is an essay, the best at the top; its line is where its score lies with 95 % certainty. Where "
        "lines overlap, the order may be chance." + (" Orange dots are anchors." if anchors else ""),
        _ranking_table(scored, order),
    )
    return Section(
        name="ranking",
        heading="The order",
        intro="Scores are in logits around the mean of the batch: an essay one logit above another is found "
        "better in 73 of 100 comparisons, two logits above in 88.",
        figures=(picture,),
        statements=score_statements(scored),
        record={"scores": [dict(row) for row in rows]},
    )


def _ranking_table(scored: ExaminedBatch, order: Sequence[int]) -> Table:
    items, values, (low, high) = scored.scores.items, scored.scores.values, scored.intervals
    return table(
        ("Essay", "Rank", "Score", "With 95 %", "Won", "Compared"),
        (
            (
                shortened(items[at], most=_NAME), str(scored.ranks[at]), decimal(float(values[at])),
                f"{decimal(float(low[at]))} to {decimal(float(high[at]))}",
                percentage(float(scored.tallies.win_rates[at])), f"{int(scored.tallies.counts[at])}",
            )
            for at in order
        ),
    )  # fmt: skip


def grades_section(
    graded: GradedBatch, rows: Sequence[Mapping[str, Any]], record: Mapping[str, Any]
) -> Section:
    """Grades, their boundaries, and whether anchors hold.

    Args:
        graded: The batch.
        rows: An essay each, for the record.
        record: Of anchors and boundaries.
    """
    return Section(
        name="grades",
        heading="Grades",
        intro="A grade is where a score lies among boundaries, which essays with known grades put there. Its "
        "probability counts both: how sure the score is, and how sure the boundary.",
        figures=(
            _boundaries_figure(graded),
            _grades_figure(graded),
            _checks_figure(graded),
            *_drift_figure(graded),
        ),
        statements=grade_statements(graded),
        record={**record, "grades": [dict(row) for row in rows]},
    )


def _boundaries_figure(graded: GradedBatch) -> Figure:
    ends, scale = graded.projection.boundaries, graded.projection.scale
    astray = {check.item for check in graded.checks if check.steps}
    anchors = graded.anchors
    marks = [
        AnchorMark(item, code, value, item in astray)
        for item, code, value in zip(
            anchors.items, anchors.codes.tolist(), anchors.values.tolist(), strict=True
        )
    ]
    positions, errors = ends.positions.tolist(), ends.errors.tolist()
    between = (f"{low} and {high}" for low, high in pairwise(scale.grades))
    rows = zip(between, map(decimal, positions), map(decimal, errors), strict=True)
    return Figure(
        "Where grades begin and end",
        boundaries_chart("Grades on the axis of scores", scale.grades, positions, errors, marks),
        "A row is a grade, green where it lies; dots are anchors in the row of their known grade. A dot "
        "outside its green stretch was judged unlike its grade; orange ones get another grade from the other "
        "anchors. A blue line across a boundary says how sure it is.",
        table(("Between", "Score", "Give or take"), rows),
    )


def _grades_figure(graded: GradedBatch) -> Figure:
    projection, known = graded.projection, graded.known
    given = np.bincount(projection.codes, minlength=projection.scale.n_grades)
    own = np.array([item not in known for item in projection.items])
    theirs = np.bincount(projection.codes[own], minlength=projection.scale.n_grades)
    expected = projection.probabilities[own].sum(axis=0)
    rows = (
        (
            grade,
            f"{theirs[code]:,}",
            decimal(float(expected[code]), digits=1),
            f"{given[code] - theirs[code]:,}",
        )
        for code, grade in enumerate(projection.scale.grades)
    )
    return Figure.in_numbers(
        "How many get each grade",
        "Expected is the sum of probabilities: where it differs from what was given, essays lie near a "
        "boundary.",
        table(("Grade", "Essays", "Expected", "Anchors"), rows),
    )


def _checks_figure(graded: GradedBatch) -> Figure:
    rows = (
        (
            shortened(check.item, most=_NAME), check.known, check.found, signed(check.steps, digits=0),
            percentage(check.probability),
        )
        for check in sorted(graded.checks, key=lambda check: (-abs(check.steps), check.probability))
    )  # fmt: skip
    return Figure.in_numbers(
        "Each anchor, graded by the others",
        "The grade of one anchor is hidden, and the others give it one. The last column is the "
        "probability that "
        "they leave to its own grade.",
        table(("Anchor", "Known", "Found", "Steps", "Its own grade"), rows),
    )


def _drift_figure(graded: GradedBatch) -> Iterator[Figure]:
    if graded.drift is None:
        return
    yield Figure.in_numbers(
        "Anchors now and then",
        "Both batches laid over each other by the anchors of both. Beyond 2 standard errors an anchor has "
        "moved.",
        table(
            ("Anchor", "Then", "Now", "Standard errors"),
            (
                (shortened(move.item, most=_NAME), decimal(move.earlier), decimal(move.now),
                 signed(move.deviate, digits=1))
                for move in graded.drift.moves
            ),
        ),
    )  # fmt: skip
