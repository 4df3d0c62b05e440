"""A batch that was judged, as a page: ranking, grades, reliability, judges, who met whom, and what next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradewise.evaluation.results import Interval
from gradewise.judgement.findings import GradedBatch, ScoredBatch
from gradewise.judgement.judges import Z_LIMIT
from gradewise.judgement.stopping import Decision, expected_reliability
from gradewise.reporting.charts.boundaries import AnchorMark, boundaries_chart
from gradewise.reporting.charts.caterpillar import Place, caterpillar_chart
from gradewise.reporting.charts.counts import counts_chart
from gradewise.reporting.charts.gains import THIN
from gradewise.reporting.charts.growth import growth_chart
from gradewise.reporting.charts.intervals import Frame, IntervalRow, even_ticks, interval_chart
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import MOST_ROWS, Figure, Section, Table, table
from gradewise.reporting.topics.judgement_words import grade_statements, score_statements
from gradewise.reporting.wording import (
    ABSENT,
    counted,
    decimal,
    percentage,
    shortened,
    signed,
    with_bounds,
)

_HALF = 0.5
_TIMES = 3.0
_POINTS = 24
_NAME = 40


def ranking_section(scored: ScoredBatch, rows: Sequence[Mapping[str, Any]]) -> Section:
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
    shown = table(
        ("Essay", "Rank", "Score", "With 95 %", "Won", "Compared"),
        (
            (
                shortened(items[at], most=_NAME), str(ranks[at]), decimal(float(values[at])),
                f"{decimal(float(low[at]))} to {decimal(float(high[at]))}",
                percentage(float(scored.tallies.win_rates[at])), f"{int(scored.tallies.counts[at])}",
            )
            for at in order
        ),
    )  # fmt: skip
    picture = Figure(
        "Every essay with its place",
        caterpillar_chart("Scores of all essays", places, ends=("weaker", "stronger")),
        "A dot is an essay, the best at the top; its line is where its score lies with 95 % certainty. Where "
        "lines overlap, the order may be chance." + (" Orange dots are anchors." if anchors else ""),
        shown,
    )
    return Section(
        name="ranking",
        heading="The order",
        intro="Scores are in logits around the mean of the batch: an essay one logit above another is found "
        "better in 73 of 100 comparisons, two logits above in 88.",
        figures=(picture,),
        statements=score_statements(scored),
        record={"scores": [dict(row) for row in rows]},
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
    shown = table(
        ("Between", "Score", "Give or take"),
        (
            (f"{low} and {high}", decimal(end), decimal(error))
            for low, high, end, error in zip(
                scale.grades[:-1], scale.grades[1:], positions, errors, strict=True
            )
        ),
    )
    return Figure(
        "Where grades begin and end",
        boundaries_chart("Grades on the axis of scores", scale.grades, positions, errors, marks),
        "A row is a grade, green where it lies; dots are anchors in the row of their known grade. A dot "
        "outside "
        "its green stretch was judged unlike its grade; orange ones get another grade from the other "
        "anchors. "
        "Bands at the foot say how sure each boundary is.",
        shown,
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
    return Figure(
        "How many get each grade",
        "",
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
    return Figure(
        "Each anchor, graded by the others",
        "",
        "The grade of one anchor is hidden, and the others give it one. The last column is the "
        "probability that "
        "they leave to its own grade.",
        table(("Anchor", "Known", "Found", "Steps", "Its own grade"), rows),
    )


def _drift_figure(graded: GradedBatch) -> Iterator[Figure]:
    if graded.drift is None:
        return
    yield Figure(
        "Anchors now and then",
        "",
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


def reliability_section(scored: ScoredBatch, decision: Decision, *, target: float | None) -> Section:
    """How far others would find the same, and what more comparisons would bring."""
    return Section(
        name="reliability",
        heading="How far others would find the same",
        intro="Reliability is the share of differences between essays that is no accident of who compared "
        "what: 0 "
        "is chance, 1 is certainty. Halves ask it outright: do two halves of the comparisons, or of the "
        "judges, "
        "find the same order?",
        figures=tuple(_reliability_figures(scored, target=target)),
        record={"decision": decision.message, "stop": decision.stop, "needed": decision.needed},
    )


def _reliability_figures(scored: ScoredBatch, *, target: float | None) -> Iterator[Figure]:
    if scored.separation is None:
        return
    found = scored.separation.reliability
    rows = [IntervalRow("all comparisons", found)]
    rows += [
        IntervalRow(f"two halves of the {each.halves_of}", each.reliability, "human")
        for each in scored.halves
    ]
    yield Figure(
        "Reliability",
        comparison_chart("Reliability", rows),
        "The dot is the figure, the line its interval over essays. Halves are corrected for being half as "
        "long.",
        table(
            ("What", "Reliability"), ((row.name, with_bounds(row.interval, percent=False)) for row in rows)
        ),
    )
    if 0 < found.estimate < 1:
        n = scored.comparisons.n
        steps = [1 + (_TIMES - 1) * at / _POINTS for at in range(-_POINTS // 2 + 1, _POINTS + 1)]
        points = [(n * times, expected_reliability(found.estimate, times)) for times in steps]
        yield Figure(
            "What more comparisons would bring",
            growth_chart(points, now=(n, found.estimate), target=target),
            "The dot is now. The curve is what is expected of as many comparisons drawn at random; chosen "
            "pairs "
            "do better." + ("" if target is None else " The green line is what was asked for."),
            None,
        )


def judges_section(scored: ScoredBatch) -> Section:
    """How each judge decides."""
    figures = tuple(_judge_figures(scored))
    return Section(
        name="judges",
        heading="Judges",
        intro=f"{counted(len(scored.judges), 'named judge')}."
        if figures
        else "Nobody is named who judged, so nothing can be said of single judges.",
        figures=figures,
        record={"n": len(scored.judges)},
    )


def _judge_figures(scored: ScoredBatch) -> Iterator[Figure]:
    if scored.judges:
        odd = sorted(scored.judges, key=lambda judge: (-abs(judge.infit_z), judge.judge))
        rows = [
            IntervalRow(
                each.judge, Interval(each.infit_z, np.nan, np.nan),
                "human" if each.erratic else "baseline" if each.too_regular else "model",
                decimal(each.infit_z, digits=1),
            )
            for each in odd[:MOST_ROWS]
        ]  # fmt: skip
        frame = Frame(
            ticks=even_ticks(rows, least=3.0), ends=("more regular", "more erratic"), zero=True, zone=Z_LIMIT,
            zone_kind="quiet",
        )  # fmt: skip
        yield Figure(
            "Who decides with the others",
            interval_chart("How erratic each judge is", rows, frame, style=THIN),
            "How much more surprising a judge’s decisions are than the middle judge’s. Within the grey "
            "band it is "
            "chance; right of it (orange) decisions go against the order more than chance explains.",
            _judges_table(scored),
        )
    if scored.bias:
        yield _bias_figure(scored)


def _judges_table(scored: ScoredBatch) -> Table:
    return table(
        ("Judge", "Decisions", "Follows scores", "Infit", "Outfit", "Deviate"),
        (
            (
                shortened(each.judge, most=_NAME), f"{each.n:,}", percentage(each.agreement),
                decimal(each.infit), decimal(each.outfit), decimal(each.infit_z, digits=1),
            )
            for each in sorted(scored.judges, key=lambda judge: -judge.infit_z)
        ),
    )  # fmt: skip


def _bias_figure(scored: ScoredBatch) -> Figure:
    shown = [scored.bias[0], *sorted(scored.bias[1:], key=lambda each: each.p_value)][:MOST_ROWS]
    rows = [
        IntervalRow(
            each.judge or "all decisions",
            Interval(*(bound - _HALF for bound in _bounds(each.first_won))),
            "human" if each.judge is None else "model",
            percentage(each.first_won.estimate),
        )
        for each in shown
    ]
    frame = Frame(
        ticks=even_ticks(rows, least=0.1), ends=("second wins", "first wins"), zero=True, percent=True
    )
    return Figure(
        "Does it matter what is shown first?",
        interval_chart("Share won by what was shown first, less one half", rows, frame, style=THIN),
        "How much more than half of the time what was shown first won, with intervals. Of many judges a "
        "few lie "
        "off the line by chance.",
        table(
            ("Judge", "First wins", "Decisions", "Chance of that"),
            (
                (each.judge or "all decisions", with_bounds(each.first_won, percent=True), f"{each.n:,}",
                 decimal(each.p_value, digits=3))
                for each in shown
            ),
        ),
    )  # fmt: skip


def _bounds(interval: Interval) -> tuple[float, float, float]:
    return interval.estimate, interval.low, interval.high


def network_section(scored: ScoredBatch) -> Section:
    """Who was compared with whom."""
    counts, groups = scored.tallies.counts, np.bincount(scored.scores.groups)
    pairs = np.unique(
        np.sort(np.column_stack([scored.comparisons.first, scored.comparisons.second]), axis=1), axis=0
    )
    n = len(scored.scores.items)
    facts = (
        ("Essays", f"{n:,}"),
        ("Comparisons", f"{scored.comparisons.n:,}"),
        ("Different pairs", f"{len(pairs):,} of {n * (n - 1) // 2:,}"),
        (
            "Comparisons of an essay",
            f"{decimal(float(counts.mean()), digits=1)} (fewest {int(counts.min())})",
        ),
        ("Groups that are not connected", str(groups.size)),
        ("Largest group", counted(int(groups.max()), "essay")),
        ("Held in place by the prior alone", counted(int(scored.held.sum()), "essay")),
        ("Closeness of pairs", ABSENT if np.isnan(scored.closeness) else decimal(scored.closeness)),
    )
    return Section(
        name="network",
        heading="Who was compared with whom",
        intro="Only essays that comparisons connect, if by way of others, can be put in one order. "
        "Closeness near 1 "
        "means that pairs were drawn at random, well below 1 that they were chosen for being close.",
        figures=(
            Figure(
                "Comparisons of each essay",
                counts_chart(
                    "Comparisons of each essay",
                    counts.tolist(),
                    noun="comparisons",
                    axis="comparisons of an essay →",
                ),
                "Bars far to the left are essays of which little is known.",
                None,
            ),
            Figure("In numbers", "", "What an order rests on.", Table(("What", "How many"), facts)),
        ),
        record={"facts": dict(facts)},
    )
