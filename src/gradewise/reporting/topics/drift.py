"""Whether texts have changed since a model was trained: sections, statements, record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gradewise.evaluation.drift import FEWEST
from gradewise.evaluation.drift_report import MATTERS, Check, DriftReport, Topic, Verdict
from gradewise.evaluation.interval_json import number_to_json
from gradewise.reporting.charts.then_now import (
    Move,
    moves_chart,
    parts_chart,
    parts_of_labels,
    parts_of_numbers,
)
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.topics.data_profile import short, spoken
from gradewise.reporting.wording import ABSENT, counted, decimal, enumerated, percentage

WORDS_OF_VERDICT: Mapping[Verdict, str] = {
    "alike": "as before",
    "slight": "a little moved",
    "drift": "DRIFT",
    "too few": "too few to tell",
}
"""What a verdict is called."""
HEADINGS: Mapping[Topic, str] = {
    "texts": "The texts themselves",
    "label": "The labels",
    "column": "The columns",
    "vector": "What a text model sees",
    "predicted": "What the model says of them",
    "answered": "What went with the answers, held against answers of before",
}
"""Topics, in the order in which they are shown."""
MOST_MOVES = 12
"""Checks in the picture of what has moved most."""
MOST_PICTURES = 4
"""Pictures of one topic."""


def drift_sections(report: DriftReport, *, against: str) -> tuple[Section, ...]:
    """What has moved most, then topic by topic.

    Args:
        report: what was found.
        against: what the texts were held against, for a reader.
    """
    return (
        Section(
            name="drift",
            heading="What has changed?",
            intro=f"{counted(report.n_now, 'text')} held against {against} ({report.n_then:,}), by "
            f"{counted(len(report.checks), 'check')}. A check raises the alarm when what has moved is more "
            f"than luck (all checks together raise a false alarm in {100 * report.alarm:.2g} % of cases at "
            "most) and large enough to matter.",
            figures=(_moves_figure(report), _every_figure(report)),
            statements=tuple(drift_statements(report)),
            record=drift_record(report),
        ),
        *(_topic_section(topic, checks) for topic in HEADINGS if (checks := _drawn(report, topic))),
    )


def drift_statements(report: DriftReport) -> Iterator[Statement]:
    """The verdict: what has drifted, what has moved a little, what could not be told."""
    yield _verdict(report)
    if slight := [named(check) for check in report.checks if check.verdict == "slight"]:
        yield Statement(
            "info", f"Moved a little, more than by luck, but too little to matter: {enumerated(slight)}."
        )
    if report.absent:
        yield Statement(
            "warn", f"Not looked at, since these texts do not have it: {enumerated(report.absent)}."
        )
    if report.repeated_now > max(2 * report.repeated_then, 0.05):
        yield Statement(
            "warn",
            f"{percentage(report.repeated_now)} of these texts repeat another one "
            f"({percentage(report.repeated_then)} then): checks take each text for a "
            "new one, and so are less sure than they say.",
        )


def _verdict(report: DriftReport) -> Statement:
    """Whether something has moved so far that it matters."""
    if drifted := report.drifted:
        return Statement(
            "bad",
            f"These texts are not like those: {enumerated([named(check) for check in drifted])} "
            f"{'has' if len(drifted) == 1 else 'have'} drifted. What was measured of the model then need not "
            "hold now; look at some of its answers, and think of training again.",
        )
    if report.verdict == "too few":
        return Statement(
            "info",
            f"Too few to tell: nothing is said of fewer than {FEWEST} texts, then and now; "
            f"{report.n_now:,} are too few. Collect more and ask again.",
        )
    return Statement(
        "good",
        "These texts look of the same kind: nothing is shown to have moved so far that it matters."
        + _overlooked(report),
    )


def _overlooked(report: DriftReport) -> str:
    """What so few texts may hide, where that is more than what matters."""
    found = report.found_from
    if found <= MATTERS["curves"]:
        return ""
    return (
        f" So few hide much: shares must differ by {100 * found:.0f} points to be found out in three runs of "
        f"four, where {100 * MATTERS['curves']:.0f} matter."
    )


def ranked(checks: Iterable[Check]) -> list[Check]:
    """Checks by what they came to, alarms first, and by how far things have moved."""
    order: tuple[Verdict, ...] = ("drift", "slight", "alike", "too few")
    return sorted(checks, key=lambda check: (order.index(check.verdict), -check.share_of_alarm))


def named(check: Check) -> str:
    """What a check is about, for a reader."""
    return spoken(check.name, column=check.topic == "column")


def false_alarms(alarm: float) -> tuple[str, str]:
    """How often a run raises a false alarm, as a row of how a page was made."""
    return "False alarms", f"{100 * alarm:g} % of runs at most, all checks together (Holm)"


def drift_record(report: DriftReport) -> dict[str, Any]:
    """What was found, for programs."""
    return {
        "verdict": report.verdict,
        "n_then": report.n_then,
        "n_now": report.n_now,
        "alarm": report.alarm,
        "drifted": [check.name for check in report.drifted],
        "absent": list(report.absent),
        "repeated": {"then": report.repeated_then, "now": report.repeated_now},
        "checks": [_check_record(check) for check in report.checks],
    }


def checks_table(report: DriftReport) -> Table:
    """Every check: how it was, how it is, how far that is, and what follows."""
    rows = (
        (
            named(check),
            short(check.then),
            short(check.now),
            decimal(check.effect),
            rarity(check),
            verdict(check),
        )
        for check in ranked(report.checks)
    )
    return table(("Check", "then", "now", "moved by", "by luck", "verdict"), rows)


def verdict(check: Check) -> str:
    """The verdict of a check in words."""
    return WORDS_OF_VERDICT[check.verdict]


def rarity(check: Check) -> str:
    """How often luck alone would move it as far, all checks taken together."""
    if check.verdict == "too few":
        return ABSENT
    if check.corrected < 0.0001:  # noqa: PLR2004 - smaller ones are all alike to a reader
        return "< 0.01 %"
    return f"{100 * check.corrected:.3g} %"


def _moves_figure(report: DriftReport) -> Figure:
    told = [check for check in report.checks if check.verdict != "too few"]
    moves = [
        Move(named(check), check.share_of_alarm, check.verdict == "drift")
        for check in ranked(told)[:MOST_MOVES]
    ]
    return Figure(
        "What has moved most",
        moves_chart("What has moved most", moves) if moves else "",
        "How far each thing has moved, beside the least that raises the alarm. Red is an alarm; what crosses "
        "the line in blue may be luck.",
        None,
    )


def _every_figure(report: DriftReport) -> Figure:
    return Figure.in_numbers(
        "Every check",
        "Moved by: of numbers the largest difference between shares up to a value (Kolmogorov–Smirnov), of "
        "labels Cohen’s w, of vectors the distance of the centres in standard deviations. By luck: how often "
        "texts of the same kind move as far in any of the checks.",
        checks_table(report),
    )


def _topic_section(topic: Topic, checks: Sequence[Check]) -> Section:
    return Section(
        name=f"drift_{topic}",
        heading=HEADINGS[topic],
        intro=f"Then and now; alarms first. {counted(len(checks), 'picture')} of what has moved most.",
        figures=tuple(_figure(check) for check in checks),
    )


def _drawn(report: DriftReport, topic: Topic) -> Sequence[Check]:
    checks = [check for check in report.checks if check.topic == topic and check.parts is not None]
    return ranked(checks)[:MOST_PICTURES]


def _figure(check: Check) -> Figure:
    assert check.parts is not None  # noqa: S101 - only these are drawn
    kept = check.parts
    parts = (
        parts_of_labels(kept.names, kept.then, kept.now)
        if kept.names
        else parts_of_numbers(kept.edges, kept.then, kept.now)
    )
    return Figure(
        f"{named(check)}: {verdict(check)}",
        parts_chart(f"{named(check)}, then and now", parts),
        f"Share of {check.n_then:,} texts then and of {check.n_now:,} now. Population stability index "
        f"{decimal(check.stability)}: below 0.1 little has changed, above 0.25 much.",
        table(
            (named(check), "then", "now"),
            ((part.name, percentage(part.then), percentage(part.now or 0.0)) for part in parts),
        ),
    )


def _check_record(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "topic": check.topic,
        "verdict": check.verdict,
        "n_then": check.n_then,
        "n_now": check.n_now,
        "then": number_to_json(check.then),
        "now": number_to_json(check.now),
        "effect": check.effect,
        "effect_that_matters": MATTERS[check.measure],
        "psi": number_to_json(check.stability),
        "p_value": check.p_value,
        "p_value_corrected": check.corrected,
    }
