"""How far judges agree: two who decided the same pair, and one panel, such as machines, with others."""

from collections.abc import Iterator
from math import isnan
from typing import Any

from gradewise.evaluation.interval_json import interval_to_json
from gradewise.evaluation.results import Interval
from gradewise.judgement.panels import PanelAgreement, SharedPairs
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.wording import counted, with_bounds


def alike_figure(shared: SharedPairs) -> str:
    """How often two judges decided one pair alike, and on how many pairs that rests."""
    return f"{with_bounds(shared.agreement, percent=True)}, on {counted(shared.n_pairs, 'pair')}"


def alike_words(shared: SharedPairs | None) -> str:
    """The same as a sentence; empty where two judges are not named."""
    if shared is None:
        return ""
    if shared.n_pairs == 0:
        return "No two of them decided the same pair, so it is not known how often two agree."
    return f"Two who decided the same pair decided it alike in {alike_figure(shared)}."


def panel_section(found: PanelAgreement) -> Section:
    """A panel beside everybody else: who follows whom, and how near their scores are."""
    return Section(
        name="panel",
        heading="The panel and the others",
        intro=f"{counted(found.n_panel, 'decision')} of the panel, {found.n_others:,} of the others. The "
        "panel is worth as much as one of them where it follows the others as often as they do each other.",
        figures=tuple(_figures(found)),
        statements=(panel_statement(found),),
        record=panel_to_json(found),
    )


def _figures(found: PanelAgreement) -> Iterator[Figure]:
    rows = [
        IntervalRow("the panel follows the others", found.panel_follows),
        IntervalRow("the others follow each other", found.others_themselves, "human"),
        IntervalRow("the others follow the panel", found.others_follow, "baseline"),
        IntervalRow("both decide a pair alike", found.shared.agreement, "baseline"),
    ]
    yield Figure(
        "Who follows whom",
        comparison_chart("Share of decisions that follow", rows, percent=True),
        "A decision follows when it is for the essay that the others’ scores put higher; nobody is held "
        "against scores that hold decisions of their own. The first two rows rest on scores of as many "
        "judges, and can be compared.",
        table(("What", "Share"), ((row.name, with_bounds(row.interval, percent=True)) for row in rows)),
    )
    yield Figure.in_numbers(
        "How near their scores are",
        "Pearson’s correlation between scores from the panel alone and from the others alone.",
        table(("What", "Correlation"), [("Scores", with_bounds(found.correlation, percent=False))]),
    )


def panel_statement(found: PanelAgreement) -> Statement:
    """Whether the panel is worth as much as one of the others."""
    panel, others = found.panel_follows, found.others_themselves
    if isnan(panel.estimate) or isnan(others.estimate):
        return Statement(
            "info",
            "Whether the panel is worth as much as the others cannot be told: it takes two named judges "
            "besides the panel, and essays that both compared.",
        )
    said = f"the panel follows the others in {_share(panel)}, they follow each other in {_share(others)}"
    if panel.high < others.low:
        return Statement("warn", f"The panel is worth less than one of the others: {said}.")
    if panel.low > others.high:
        return Statement("good", f"The panel is worth more than one of the others: {said}.")
    return Statement("info", f"The panel and one of the others cannot be told apart: {said}.")


def _share(interval: Interval) -> str:
    return with_bounds(interval, percent=True)


def shared_to_json(shared: SharedPairs) -> dict[str, Any]:
    """How often two decided one pair alike, as JSON values."""
    return {"pairs": shared.n_pairs, "agreement": interval_to_json(shared.agreement)}


def panel_to_json(found: PanelAgreement) -> dict[str, Any]:
    """What is found of a panel, as JSON values; shares are 0 to 1."""
    return {
        "decisions": found.n_panel,
        "others_decisions": found.n_others,
        "decided_alike": shared_to_json(found.shared),
        "panel_follows": interval_to_json(found.panel_follows),
        "others_follow": interval_to_json(found.others_follow),
        "others_themselves": interval_to_json(found.others_themselves),
        "correlation": interval_to_json(found.correlation),
    }
