"""How far to trust a batch that was judged: reliability, judges, and who was compared with whom."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradewise.evaluation.results import Interval
from gradewise.judgement.findings import ExaminedBatch
from gradewise.judgement.judges import Z_LIMIT, PositionBias
from gradewise.judgement.reliability import as_share
from gradewise.judgement.stopping import expected_reliability
from gradewise.reporting.charts.counts import counts_chart
from gradewise.reporting.charts.gains import THIN
from gradewise.reporting.charts.growth import growth_chart
from gradewise.reporting.charts.intervals import Frame, IntervalRow, even_ticks, interval_chart
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import MOST_ROWS, Figure, Section, Table, table
from gradewise.reporting.topics.judgement_panels import alike_words, shared_to_json
from gradewise.reporting.topics.judgement_words import reliability_words
from gradewise.reporting.wording import ABSENT, counted, decimal, percentage, shortened, with_bounds

_HALF = 0.5
_TIMES = 3.0
_POINTS = 24
_NAME = 40


def reliability_section(scored: ExaminedBatch, record: Mapping[str, Any], *, target: float | None) -> Section:
    """How far others would find the same, and what more comparisons would bring.

    Args:
        scored: The batch.
        record: Of reliabilities, and of the stopping rule's word.
        target: What reliability is to reach at the least.
    """
    return Section(
        name="reliability",
        heading="How far others would find the same",
        intro="Reliability is the share of differences between essays that is no accident of who compared "
        "what: 0 is chance, 1 is certainty. The first figure is the one to go by, also where earlier "
        "decisions chose the pairs. Other programs state scale separation, and halves ask outright whether "
        "two halves of the comparisons, or of the judges, find the same order; both come out too high where "
        "essays of about the same score were put together.",
        figures=tuple(_reliability_figures(scored, target=target)),
        record=record,
    )


def _reliability_figures(scored: ExaminedBatch, *, target: float | None) -> Iterator[Figure]:
    found, separation = scored.reliability, scored.separation
    if found is None or separation is None:
        return
    rows = [
        IntervalRow("reliability", found, said=reliability_words(found), limit=target),
        IntervalRow("scale separation", as_share(separation.reliability), "baseline"),
        *(
            IntervalRow(f"two halves of the {each.halves_of}", as_share(each.reliability), "human")
            for each in scored.halves
        ),
    ]
    asked = (
        "The mark in the first row is what was asked for: judging stops when the whole line lies to the "
        "right of it."
    )
    yield Figure(
        "Reliability",
        comparison_chart("Reliability", rows),
        "The dot is the figure, its line where it lies with 95 % certainty. Halves are corrected for being "
        f"half as long.{'' if target is None else f' {asked}'}",
        table(
            ("What", "Reliability"), ((row.name, with_bounds(row.interval, percent=False)) for row in rows)
        ),
    )
    if 0 < found.estimate < 1:
        yield _growth_figure(found, scored.comparisons.n, target=target)


def _growth_figure(now: Interval, n: int, *, target: float | None) -> Figure:
    """What reliability becomes with more comparisons than the `n` that there are, or fewer."""
    steps = [1 + (_TIMES - 1) * at / _POINTS for at in range(-_POINTS // 2 + 1, _POINTS + 1)]
    points = [(n * times, expected_reliability(now.estimate, times)) for times in steps]
    asked = "The green line is what was asked for: judging stops when the lower end reaches it."
    return Figure(
        "What more comparisons would bring",
        growth_chart(points, n=n, now=now, target=target),
        "The dot is now, its line how surely that is known. The curve is what is expected of as many "
        f"comparisons drawn at random; chosen pairs do better.{'' if target is None else f' {asked}'}",
        None,
    )


def judges_section(scored: ExaminedBatch) -> Section:
    """How each judge decides."""
    figures = tuple(_judge_figures(scored))
    return Section(
        name="judges",
        heading="Judges",
        intro=f"{counted(len(scored.judges), 'named judge')}. {alike_words(scored.alike)}".rstrip()
        if figures
        else "Nobody is named who judged, so nothing can be said of single judges.",
        figures=figures,
        record={
            "n": len(scored.judges),
            "decided_alike": None if scored.alike is None else shared_to_json(scored.alike),
        },
    )


def _judge_figures(scored: ExaminedBatch) -> Iterator[Figure]:
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
            ticks=even_ticks(rows, least=3.0), ends=("regular", "erratic"), zero=True, zone=Z_LIMIT,
            zone_kind="quiet",
        )  # fmt: skip
        yield Figure(
            "Who decides with the others",
            interval_chart("How erratic each judge is", rows, frame, style=THIN),
            "How much more surprising a judge’s decisions are than the middle judge’s. Within the grey band "
            "it is chance; right of it (orange) decisions go against the order more than chance explains.",
            _judges_table(scored),
        )
    if scored.bias:
        yield _bias_figure(scored)


def _judges_table(scored: ExaminedBatch) -> Table:
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


def _bias_figure(scored: ExaminedBatch) -> Figure:
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
        "How much more than half of the time what was shown first won, with intervals. Of many judges a few "
        "lie off the line by chance.",
        _bias_table(shown),
    )


def _bias_table(shown: Sequence[PositionBias]) -> Table:
    return table(
        ("Judge", "First wins", "Decisions", "Chance of that"),
        (
            (
                each.judge or "all decisions",
                with_bounds(each.first_won, percent=True),
                f"{each.n:,}",
                decimal(each.p_value, digits=3),
            )
            for each in shown
        ),
    )


def _bounds(interval: Interval) -> tuple[float, float, float]:
    return interval.estimate, interval.low, interval.high


def network_section(scored: ExaminedBatch) -> Section:
    """Who was compared with whom."""
    facts = _network_facts(scored)
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
                    scored.tallies.counts.tolist(),
                    noun="comparisons",
                    axis="comparisons of an essay →",
                ),
                "Bars far to the left are essays of which little is known.",
                None,
            ),
            Figure.in_numbers("In numbers", "What an order rests on.", Table(("What", "How many"), facts)),
        ),
        record={"facts": dict(facts)},
    )


def _network_facts(scored: ExaminedBatch) -> tuple[tuple[str, str], ...]:
    counts, groups = scored.tallies.counts, np.bincount(scored.scores.groups)
    pairs = np.unique(
        np.sort(np.column_stack([scored.comparisons.first, scored.comparisons.second]), axis=1), axis=0
    )
    n = len(scored.scores.items)
    return (
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
