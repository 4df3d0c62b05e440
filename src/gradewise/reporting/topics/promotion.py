"""Whether a model may be used: what stands against it, what more essays would show, grades and speed."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.essays.scales import Scale
from gradewise.evaluation.gates import GateReport, JudgedRule
from gradewise.evaluation.results import Interval
from gradewise.evaluation.rule_power import RulePower
from gradewise.evaluation.training_shares import SharesOfGrades
from gradewise.reporting.charts.intervals import Frame, IntervalRow, interval_chart, known
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.svg import nice_ticks
from gradewise.reporting.topics.gates import asked, conclusion, found
from gradewise.reporting.wording import counted, decimal, percentage


def promotion_statements(report: GateReport, notices: Sequence[str]) -> tuple[Statement, ...]:
    """The answer, each rule that stands against it, then what a reader must know."""
    against = [judged for judged in report.rules if judged.verdict != "passed" and not _excused(judged)]
    return (
        Statement("good" if report.passed else "bad", conclusion(report)),
        *(Statement("warn", _against(judged)) for judged in against),
        *(Statement("info", notice) for notice in notices),
    )


def _excused(judged: JudgedRule) -> bool:
    return judged.verdict == "not measured" and not judged.rule.required


def _against(judged: JudgedRule) -> str:
    why = {
        "failed": "which is out of reach",
        "not shown": "which so few do not show",
        "not measured": "which was not measured and is required",
    }[judged.verdict]
    what = f"{judged.rule.words}: {asked(judged.rule)} is asked, {why}"
    return (
        f"{what}." if judged.figure is None else f"{what}; found {found(judged.figure, judged.rule.metric)}."
    )


def rule_notes_section(clashes: Sequence[str], powers: Sequence[RulePower]) -> Section:
    """Rules that do not go together, and what it would take to show the rest."""
    return Section(
        name="rule_notes",
        heading="What the rules ask for",
        intro=" ".join(clashes)
        or "A rule is shown only by enough essays: the fewer there are, the better the figure must be.",
        figures=(_power_figure(powers),) if powers else (),
        record={"clashes": list(clashes)},
    )


def _power_figure(powers: Sequence[RulePower]) -> Figure:
    return Figure.in_numbers(
        "What it takes to show a rule",
        f"With {counted(powers[0].n, 'essay')}, the interval of a figure has a certain width: the figure "
        "must keep that distance from the bound. Intervals shrink with the root of the number of essays.",
        table(
            ("Rule", "Figure that these essays could show", "Essays that would show the figure found"),
            (
                (
                    power.words,
                    "none: too few essays for any model"
                    if power.showable is None
                    else decimal(power.showable, digits=3),
                    "no number: the figure itself misses the bound"
                    if power.n_needed is None
                    else f"about {power.n_needed:,}",
                )
                for power in powers
            ),
            prose=True,
        ),
    )


def shares_section(shares: SharesOfGrades, scale: Scale) -> Section:
    """How often each grade is given, beside how often it was given in training."""
    rows = (
        (grade, *map(percentage, (trained, given.estimate, given.low, given.high)))
        for grade, trained, given in zip(scale.grades, shares.trained, shares.given, strict=True)
    )
    return Section(
        name="training_shares",
        heading="Are grades given as often as in training?",
        intro="A class may be better or worse than those that the model has learnt from, so that a "
        "difference is a reason to look, and no proof of a fault. With few essays some grade is always off.",
        figures=(
            Figure(
                "Share of each grade",
                _shares_picture(shares, scale),
                "The dot is the share of essays that the model gives the grade, the line its interval, the "
                "upright mark the share in training. "
                f"The largest difference is {found(shares.difference)}.",
                table(("Grade", "In training", "Given by the model", "At least", "At most"), rows),
            ),
        ),
    )


def _shares_picture(shares: SharesOfGrades, scale: Scale) -> str:
    rows = [
        IntervalRow(
            grade,
            given,
            said=f"{percentage(given.estimate)}, in training {percentage(trained)}",
            limit=trained,
        )
        for grade, trained, given in zip(scale.grades, shares.trained, shares.given, strict=True)
    ]
    frame = Frame(ticks=nice_ticks(0.0, max(known(rows), default=1.0), about=4), percent=True)
    return interval_chart("Share of each grade, as the model gives it and in training", rows, frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedWork:
    """How long a piece of work takes."""

    what: str
    """The work, with its unit."""
    n: int
    """How often it was timed."""
    processor: Interval
    """Of the processor: what a rule is held against."""
    clock: Interval
    """By the clock."""
    digits: int
    """Of its figures."""


def speed_section(timed: Sequence[TimedWork]) -> Section:
    """How long grading takes here."""
    return Section(
        name="speed",
        heading="Is it fast enough?",
        intro="From the text to the grade with its reasons, by the path that serves: one thread, tools warm, "
        "nothing cached. Rules are held against processor time, which is time by the clock on a machine that "
        "does nothing else; by the clock, what else this machine did meanwhile counts as well.",
        figures=(
            Figure.in_numbers(
                "Time",
                "Bounds come from the ordered timings themselves, whatever their distribution.",
                table(
                    ("What", "Timings", "Processor time", "At least", "At most", "By the clock"),
                    (
                        (
                            each.what,
                            f"{each.n}",
                            *_times(each.processor, digits=each.digits),
                            decimal(each.clock.estimate, digits=each.digits),
                        )
                        for each in timed
                    ),
                ),
            ),
        ),
    )


def _times(time: Interval, *, digits: int) -> tuple[str, ...]:
    return tuple(decimal(each, digits=digits) for each in (time.estimate, time.low, time.high))
