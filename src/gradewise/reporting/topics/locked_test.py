"""Beside simple rules, and on essays that were set aside first: what a cross-validation is held against."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json
from gradewise.evaluation.results import METRICS, Interval
from gradewise.evaluation.summary import evaluation_to_json
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.figures import grade_figures
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.report import UNDEFINED, BaselineRow, NamedEvaluation
from gradewise.reporting.wording import metric_words, with_bounds

LOCKED = Statement(
    "info", "The locked test set stayed locked: nothing of it was graded, and no figure here is about it."
)
"""What is said where a plan keeps the test set locked."""


def baselines_section(named: NamedEvaluation, rows: Sequence[BaselineRow]) -> Section:
    """The model beside rules that know next to nothing of an essay, cross-fitted alike."""
    qwk = [(row.name, row.metrics.get("qwk", UNDEFINED)) for row in rows]
    return Section(
        name="baselines",
        heading="Beside simple rules",
        intro="Each rule was learnt in the same folds and judged on the same essays.",
        figures=(
            Figure(
                "Is it better than something simple?",
                comparison_chart(
                    "Agreement beyond chance: model and simple rules",
                    [
                        IntervalRow(f"model, {named.name}", _qwk(named), "model"),
                        *(IntervalRow(name, interval, "baseline") for name, interval in qwk),
                    ],
                ),
                "Agreement with the teacher beyond chance (QWK): 1 is perfect, 0 is guessing. A model worth "
                "having stands clear to the right of simple rules.",
                _baselines_table(named, rows),
            ),
        ),
        record={row.name: _baseline_record(row) for row in rows},
    )


def _baselines_table(named: NamedEvaluation, rows: Sequence[BaselineRow]) -> Table:
    names = ("qwk", "accuracy", "adjacent_accuracy", "mae")
    leads = ("" if row.difference is None else with_bounds(row.difference, percent=False) for row in rows)
    return table(
        ("Who", *(metric_words(name).label for name in names), "Model’s lead (QWK)"),
        [
            (f"model, {named.name}", *(_cell(named.evaluation.metrics, name) for name in names), ""),
            *(
                (row.name, *(_cell(row.metrics, name) for name in names), lead)
                for row, lead in zip(rows, leads, strict=True)
            ),
        ],
    )


def _cell(metrics: Mapping[str, Interval], name: str) -> str:
    return with_bounds(metrics.get(name, UNDEFINED), percent=metric_words(name).percent)


def _baseline_record(row: BaselineRow) -> dict[str, Any]:
    return {
        "description": row.description,
        "metrics": intervals_to_json(row.metrics),
        "difference": None if row.difference is None else interval_to_json(row.difference),
    }


def locked_test_section(honest: NamedEvaluation, locked: NamedEvaluation) -> Section:
    """Essays that were set aside first, graded once by the model and the cut points that ship."""
    return Section(
        name="locked_test",
        heading="Locked test",
        intro="These essays were set aside before anything was learnt. The model that learnt from all other "
        "essays graded them once, with exactly the cut points that ship.",
        figures=(_both_figure(honest, locked), *grade_figures(locked.evaluation)),
        statements=tuple(_statements(honest, locked)),
        record={"evaluation": evaluation_to_json(locked.evaluation)},
    )


def _both_figure(honest: NamedEvaluation, locked: NamedEvaluation) -> Figure:
    both = ((honest, "baseline"), (locked, "model"))
    return Figure(
        "Out of fold and on the locked test",
        comparison_chart(
            "Agreement beyond chance: out of fold and on the locked test",
            [
                IntervalRow(f"{named.name}, n {named.evaluation.n:,}", _qwk(named), kind)
                for named, kind in both
            ],
        ),
        "Intervals that hardly overlap mean that development promised something else than these essays show.",
        table(
            ("Figure", honest.name, locked.name),
            (
                (metric_words(name).label, *(_cell(named.evaluation.metrics, name) for named, _ in both))
                for name in METRICS
            ),
        ),
    )


def _qwk(named: NamedEvaluation) -> Interval:
    return named.evaluation.metrics.get("qwk", UNDEFINED)


def _statements(honest: NamedEvaluation, locked: NamedEvaluation) -> Iterator[Statement]:
    before, after = _qwk(honest), _qwk(locked)
    shown = f"{with_bounds(after, percent=False)} on {locked.evaluation.n:,} essays"
    if after.high < before.low:
        yield Statement(
            "warn",
            f"The locked test confirms less than development promised: {shown}, against "
            f"{with_bounds(before, percent=False)} out of fold (QWK).",
        )
    else:
        yield Statement("info", f"On the locked test, looked at once, agreement (QWK) is {shown}.")
