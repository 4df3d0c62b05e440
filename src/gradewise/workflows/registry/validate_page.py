"""What a validation found, as a page for people and a record for programs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gradewise.evaluation.gate_json import gate_report_to_json
from gradewise.evaluation.gates import GateReport
from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json, number_to_json
from gradewise.evaluation.results import leading_metric
from gradewise.evaluation.rule_power import RulePower, powers
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section
from gradewise.reporting.topics.fairness import fairness_section
from gradewise.reporting.topics.gates import gates_section
from gradewise.reporting.topics.promotion import (
    TimedWork,
    promotion_statements,
    rule_notes_section,
    shares_section,
    speed_section,
)
from gradewise.reporting.topics.standards import standards_section
from gradewise.reporting.wording import counted
from gradewise.workflows.registry.beside import Beside, NotCompared
from gradewise.workflows.registry.candidate import Measured
from gradewise.workflows.registry.held_out import HeldOut
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.registry.speed import Speed
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.research.publishing import Fact, bench_page, interval_words
from gradewise.workflows.services import Services

FORMAT = 1
"""Of the record."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A model, held to its rules."""

    model: OpenedModel
    """What was judged."""
    held: HeldOut
    """On which essays, by which plan."""
    measured: Measured
    """What was found."""
    production: OpenedModel | None
    """What it would replace."""
    report: GateReport
    """What the rules say of it."""
    rules_digest: str
    """Digest of the rules and of how figures are made."""
    clashes: tuple[str, ...]
    """Where the rules do not go together."""

    @property
    def n(self) -> int:
        """How many essays."""
        return len(self.held.essays)

    @property
    def powers(self) -> tuple[RulePower, ...]:
        """What it would take to show the rules that are not shown."""
        return powers(self.report, self.n)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader must know; a line each."""
        beside = self.measured.beside
        of_pair = () if beside is None or beside.notice is None else (beside.notice,)
        return (*self.held.notices, *of_pair, *self.clashes)


def gate_record_json(judged: Judged, services: Services) -> dict[str, Any]:
    """The content of ``validation.json``, and what the registry keeps of it.

    ``qwk``, or ``macro_f1`` of classes, and ``accuracy`` stand at the top for scripts that look for them;
    everything is in ``figures``.
    """
    measured, known = judged.measured, judged.model.bundle
    figures = intervals_to_json(measured.figures)
    leading = leading_metric(known.scale)
    return {
        "format": FORMAT,
        "passed": judged.report.passed,
        **{name: figures[name]["estimate"] for name in (leading, "accuracy")},
        "n": judged.n,
        "model": {
            "name": known.metadata.name,
            "version": known.metadata.version,
            "content_id": known.digest,
        },
        "against": None if judged.production is None else _against(judged.production, measured.beside),
        "gates": gate_report_to_json(judged.report),
        "rules_digest": judged.rules_digest,
        "data": {"sha256": judged.held.sha256, "words": judged.held.words},
        "figures": figures,
        "grade_shares": _shares(judged),
        "speed": _speed(measured),
        "parity": None if measured.parity is None else asdict(measured.parity),
        "clashes": list(judged.clashes),
        "power": [asdict(power) for power in judged.powers],
        "notices": list(judged.notices),
        "versions": dict(services.versions),
    }


def _against(production: OpenedModel, beside: Beside | NotCompared | None) -> dict[str, Any]:
    known = production.bundle
    return {
        "name": known.metadata.name,
        "version": known.metadata.version,
        "content_id": known.digest,
        "n": beside.n if isinstance(beside, Beside) else None,
        "left_out": beside.left_out if isinstance(beside, Beside) else None,
    }


def _shares(judged: Judged) -> dict[str, Any]:
    shares, grades = judged.measured.shares, judged.model.bundle.scale.grades
    return {
        grade: {"trained": number_to_json(trained), "given": interval_to_json(given)}
        for grade, trained, given in zip(grades, shares.trained, shares.given, strict=True)
    }


def _speed(measured: Measured) -> dict[str, Any] | None:
    speed = measured.speed
    if speed is None:
        return None
    return {
        "measured_by": "processor time",
        "latency_p95_ms": interval_to_json(speed.essay_ms),
        "latency_p95_clock_ms": interval_to_json(speed.essay_clock_ms),
        "n_timings": speed.n_timings,
        "batch_of_50_s": interval_to_json(speed.batch_s),
        "batch_of_50_clock_s": interval_to_json(speed.batch_clock_s),
        "n_batches": speed.n_batches,
    }


def validation_page(judged: Judged, services: Services) -> Page:
    """Everything that a validation says."""
    return bench_page(
        judged.held.plan,
        services,
        tuple(_facts(judged)),
        title=f"May {judged.model.label} be used?",
        subtitle=f"{counted(judged.n, 'essay')}: {judged.held.words}",
        statements=promotion_statements(judged.report, judged.notices),
        sections=tuple(_sections(judged)),
    )


def _sections(judged: Judged) -> Iterator[Section]:
    measured = judged.measured
    yield gates_section((judged.report,))
    if judged.clashes or judged.powers:
        yield rule_notes_section(judged.clashes, judged.powers)
    yield shares_section(measured.shares, judged.model.bundle.scale)
    if measured.speed is not None:
        yield speed_section(_timed(measured.speed))
    if measured.standards is None:
        return
    yield standards_section(measured.standards)
    if measured.standards.groups:
        yield fairness_section(measured.standards.groups)


def _timed(speed: Speed) -> tuple[TimedWork, TimedWork]:
    return (
        TimedWork(
            what="One essay, 95 of 100 take less (ms)",
            n=speed.n_timings,
            processor=speed.essay_ms,
            clock=speed.essay_clock_ms,
            digits=1,
        ),
        TimedWork(
            what="50 essays, median (s)",
            n=speed.n_batches,
            processor=speed.batch_s,
            clock=speed.batch_clock_s,
            digits=2,
        ),
    )


def _facts(judged: Judged) -> Iterator[Fact]:
    known, beside = judged.model.bundle, judged.measured.beside
    yield "Model", f"{judged.model.label} ({known.digest[:12]})"
    yield "Essays", f"{judged.held.words} (digest {judged.held.sha256[:12]})"
    yield "Rules", f"judged by {judged.report.judged_by} (digest {judged.rules_digest[:12]})"
    if judged.production is not None:
        yield "In production", f"{judged.production.label} ({judged.production.bundle.digest[:12]})"
    if isinstance(beside, Beside):
        left_out = f", {beside.left_out} left out that it has learnt from" if beside.left_out else ""
        yield "Compared with production on", f"{counted(beside.n, 'essay')}{left_out}"
    yield "Intervals", interval_words(resampling_of(judged.held.plan.evaluation))
    yield "Speed", "from text, warm, one thread, nothing cached, on the machine that made this report"
