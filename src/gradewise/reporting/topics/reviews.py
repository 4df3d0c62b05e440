"""Reviews as a page: how released grades fare by the audit sample, what was held back, and the queue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.page import Page
from gradewise.reporting.parts import MOST_ROWS, Figure, Section, Statement, Table, table
from gradewise.reporting.topics.review_record import findings_to_json
from gradewise.reporting.wording import ABSENT, counted, decimal, difference_words, percentage, with_bounds
from gradewise.scores.audits import DecidedAgreement, GroupAgreement, ReviewFindings
from gradewise.scores.queue import QueueState

_SECONDS_A_DAY = 86_400
_COLUMNS = ("", "Answers", "About every cut", "Same grade", "Within one", "QWK", "Model minus teacher")
_CLASS_COLUMNS = ("", "Answers", "Same class")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReport:
    """What is known of grades that teachers looked at."""

    findings: ReviewFindings | None
    """How grades agree with teachers; ``None`` before any decision."""
    queue: QueueState
    """What waits."""
    required: float
    """Agreement about every cut that was promised of released grades."""


def reviews_page(report: ReviewReport, *, location: str, made_at: datetime) -> Page:
    """How good grades were, to look at.

    Args:
        report: what is known.
        location: which decisions, for a reader.
        made_at: when.
    """
    sections = [_agreement_section(report), *_over_time(report), *_by_model(report), _queue_section(report)]
    n = 0 if report.findings is None else n_decided(report.findings)
    return Page(
        title="How good grades were, by what teachers decided",
        subtitle=f"{counted(n, 'decided answer')} · {counted(report.queue.n, 'answer')} waiting",
        made_at=made_at,
        statements=tuple(review_statements(report)),
        sections=tuple(sections),
        making=Table(
            ("About", "What"),
            (
                ("Decisions", location),
                ("Shares", "exact intervals of 95 % (Clopper and Pearson)"),
                *(() if _of_classes(report.findings) else (("QWK", "bootstrap over answers, 95 %"),)),
                ("Promised agreement", percentage(report.required)),
            ),
            prose=True,
        ),
    )


def n_decided(findings: ReviewFindings) -> int:
    """Answers that were decided about and are in the figures."""
    return sum(each.n for each in (findings.audited, findings.reviewed) if each is not None)


def _of_classes(findings: ReviewFindings | None) -> bool:
    """Whether classes were told; before any decision that is not known."""
    return findings is not None and not findings.scale.ordered


def review_statements(report: ReviewReport) -> Iterator[Statement]:
    """What decisions amount to, weightiest first."""
    findings = report.findings
    if findings is None or findings.audited is None:
        yield Statement(
            "warn",
            "Nobody has looked at a released grade that chance drew: how good released grades are is not "
            "known. See what was drawn: gradewise reviews list --route audit.",
        )
    else:
        yield _promise(findings.audited, report.required)
        if findings.n_audits_waiting:
            yield Statement(
                "info",
                f"{counted(findings.n_audits_waiting, 'drawn answer')} still unread: the figures hold for "
                "all released grades only if those that were read were not picked.",
            )
    if findings is not None:
        yield from _movement(findings)
    yield from _queue_statements(report.queue)


def review_report_to_json(report: ReviewReport) -> dict[str, Any]:
    """The report as JSON values; what is not defined is ``None``."""
    findings, queue = report.findings, report.queue
    return {
        "required": report.required,
        "statements": [{"kind": each.kind, "text": each.text} for each in review_statements(report)],
        "agreement": None if findings is None else findings_to_json(findings),
        "queue": {
            "review": queue.n_review,
            "audit": queue.n_audit,
            "oldest": None if queue.oldest is None else queue.oldest.isoformat(),
            "age_s": queue.age.total_seconds(),
            "capacity": queue.capacity,
            "days": queue.days,
        },
    }


def _promise(audited: DecidedAgreement, required: float) -> Statement:
    found = audited.cuts
    what = "answer" if audited.of_classes else "grade"
    about = "the class" if audited.of_classes else "every cut"
    said = (
        f"Of {counted(audited.n, f'released {what}')} that chance drew, {with_bounds(found, percent=True)} "
        f"agree with the teacher about {about}"
    )
    if found.low >= required:
        return Statement("good", f"{said}: the promised {percentage(required)} is kept.")
    if found.high < required:
        return Statement("bad", f"{said}: the promised {percentage(required)} is not kept. Release less.")
    return Statement("info", f"{said}; whether the promised {percentage(required)} is kept is still open.")


def _movement(findings: ReviewFindings) -> Iterator[Statement]:
    drift = findings.drift
    if drift is not None and (drift.change.high < 0 or drift.change.low > 0):
        fell = drift.change.high < 0
        yield Statement(
            "warn" if fell else "good",
            f"Since {drift.since:%Y-%m-%d} released grades agree {'less' if fell else 'more'} often than "
            f"before: {percentage(drift.earlier.estimate)} before, {percentage(drift.later.estimate)} since "
            f"(change {difference_words(drift.change, digits=2)}).",
        )
    if findings.n_other_scales:
        yield Statement(
            "info", f"{counted(findings.n_other_scales, 'decided answer')} on another scale left out."
        )


def _queue_statements(queue: QueueState) -> Iterator[Statement]:
    if queue.over_capacity:
        yield Statement(
            "warn",
            f"{counted(queue.n, 'answer')} wait and teachers look at {queue.capacity} a day: "
            f"{counted(queue.days or 0, 'day')} of work. None of the held-back grades goes out before.",
        )


def _agreement_section(report: ReviewReport) -> Section:
    findings = report.findings
    rows = (
        ()
        if findings is None
        else (("Released, drawn by chance", findings.audited), ("Held back", findings.reviewed))
    )
    known = [(name, each) for name, each in rows if each is not None]
    return Section(
        name="agreement",
        heading="Model and teachers",
        intro="What was held back are the essays that the model doubted: it says nothing of those that went "
        "out. The audit sample was drawn from these by chance. Teachers had seen the model's grade, so that "
        "agreement is somewhat too high.",
        figures=(
            Figure(
                "The class that the teacher gives"
                if _of_classes(findings)
                else "On the teacher's side of every cut",
                _chart("Agreement by what happened to the grade", known),
                "A dot is a share, its line the interval.",
                _table(known),
            ),
        ),
        statements=tuple(review_statements(report)),
        record=review_report_to_json(report),
    )


def _over_time(report: ReviewReport) -> Iterator[Section]:
    findings = report.findings
    if findings is not None and findings.weeks:
        yield Section(
            name="weeks",
            heading="Week by week",
            intro="By the Monday of the week in which an answer was given. Few answers a week make "
            "long lines.",
            figures=_part_figures(findings.weeks, by="week", order="Newest last."),
        )


def _by_model(report: ReviewReport) -> Iterator[Section]:
    findings = report.findings
    if findings is not None and findings.models:
        yield Section(
            name="models",
            heading="Model by model",
            intro="Models that answered at different times met different essays: a difference may be theirs.",
            figures=_part_figures(findings.models, by="model", order="In the order of their first answer."),
        )


def _part_figures(parts: Sequence[GroupAgreement], *, by: str, order: str) -> tuple[Figure, ...]:
    """Released grades that chance drew, and held-back ones, part by part."""
    drawn = [(each.name, each.audited) for each in parts if each.audited is not None]
    return (
        Figure(
            "Released grades that chance drew",
            _chart(f"Agreement of audited grades by {by}", drawn),
            order,
            _table(drawn),
        ),
        Figure.in_numbers("Held-back grades", order, _table(_reviewed(parts))),
    )


def _queue_section(report: ReviewReport) -> Section:
    return Section(
        name="queue",
        heading="What waits",
        intro="Held-back grades wait however long it takes; none is released for lack of time.",
        figures=(Figure.in_numbers("The queue", "Counted now.", _queue_table(report.queue)),),
    )


def _queue_table(queue: QueueState) -> Table:
    rows = [
        ("Held back", f"{queue.n_review:,}"),
        ("Drawn by chance", f"{queue.n_audit:,}"),
        ("Oldest", ABSENT if queue.oldest is None else f"{queue.oldest:%Y-%m-%d %H:%M}"),
        ("Waits for days", decimal(queue.age.total_seconds() / _SECONDS_A_DAY, digits=1)),
        ("A day's looks", ABSENT if queue.capacity is None else f"{queue.capacity:,}"),
        ("Days of work", ABSENT if queue.days is None else f"{queue.days:,}"),
    ]
    return table(("What", "How much"), rows)


def _reviewed(groups: Sequence[GroupAgreement]) -> list[tuple[str, DecidedAgreement]]:
    return [(each.name, each.reviewed) for each in groups if each.reviewed is not None]


def _chart(title: str, rows: Sequence[tuple[str, DecidedAgreement]]) -> str:
    shown = [IntervalRow(name, each.cuts, n=each.n) for name, each in rows[-MOST_ROWS:]]
    return comparison_chart(title, shown, percent=True) if shown else ""


def _table(rows: Sequence[tuple[str, DecidedAgreement]]) -> Table:
    """Figures of each row; of many rows the last, which are the newest."""
    columns = _CLASS_COLUMNS if any(each.of_classes for _, each in rows) else _COLUMNS
    return table(columns, ((name, f"{each.n:,}", *_figures(each)) for name, each in rows[-MOST_ROWS:]))


def _figures(each: DecidedAgreement) -> Iterator[str]:
    """What is said of some answers: of classes how many are right, which have no more to say."""
    if each.within_one is None or each.qwk is None or each.generous is None:
        yield with_bounds(each.exact, percent=True)
        return
    yield from (with_bounds(share, percent=True) for share in (each.cuts, each.exact, each.within_one))
    yield with_bounds(each.qwk, percent=False)
    yield with_bounds(each.generous, percent=False)
