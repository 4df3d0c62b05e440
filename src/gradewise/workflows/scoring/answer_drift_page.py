"""What has changed of the texts that a service answered: as a page, and as a record."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section, Statement, Table
from gradewise.reporting.topics.drift import drift_record, drift_sections, drift_statements, false_alarms
from gradewise.reporting.wording import counted
from gradewise.workflows.drift import TRAINING
from gradewise.workflows.scoring.answer_drift import AnswerDrift, ModelDrift


def answer_drift_record(found: AnswerDrift) -> dict[str, Any]:
    """What was found, for programs."""
    return {
        "verdict": found.verdict,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "models": [_model_record(each) for each in found.models],
    }


def answer_drift_page(found: AnswerDrift, *, alarm: float) -> Page:
    """What was found, for people: one page for all models that answered."""
    window = f"{found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC"
    n_answers = sum(each.n_answers for each in found.models)
    statements = tuple(statement for each in found.models for statement in _statements(found, each))
    return Page(
        title="Have the texts that are answered changed?",
        subtitle=f"{counted(n_answers, 'answer')} · {window}",
        made_at=found.until,
        statements=statements or (Statement("info", "Nothing was answered in this time."),),
        sections=tuple(section for each in found.models for section in _sections(found, each)),
        making=Table(
            ("About", "What"),
            (
                ("Answers", f"{window}; each text counts once, its last answer"),
                *((f"Model {_called(each)}", _counts(each)) for each in found.models),
                ("Held against", f"{TRAINING}; advisories and releases against answers of before"),
                false_alarms(alarm),
            ),
            prose=True,
        ),
    )


def _model_record(each: ModelDrift) -> dict[str, Any]:
    return {
        "model_name": each.name,
        "model_version": each.version,
        "model_digest": each.digest,
        "n_answers": each.n_answers,
        "n_texts": each.n_texts,
        "first": each.first.isoformat() if each.first else None,
        "last": each.last.isoformat() if each.last else None,
        "not_looked_at": each.why or None,
        **({"verdict": each.verdict} if each.report is None else drift_record(each.report)),
    }


def _statements(found: AnswerDrift, each: ModelDrift) -> Iterator[Statement]:
    if each.report is None:
        told = f"Model {_called(each)} was not looked at: {each.why}."
        yield Statement("warn" if each.not_looked_at else "info", told)
        return
    begin = f"{_called(each)}: " if len(found.models) > 1 else ""
    yield from (replace(told, text=f"{begin}{told.text}") for told in drift_statements(each.report))


def _sections(found: AnswerDrift, each: ModelDrift) -> Iterator[Section]:
    if each.report is None:
        return
    for section in drift_sections(each.report, against=TRAINING):
        if len(found.models) > 1:
            named = f"{section.name}_{each.digest[:12]}"
            yield replace(section, name=named, heading=f"{_called(each)}: {section.heading}")
        else:
            yield section


def _called(each: ModelDrift) -> str:
    return f"{each.name} {each.version}"


def _counts(each: ModelDrift) -> str:
    return f"{counted(each.n_answers, 'answer')} about {counted(each.n_texts, 'text')}; {each.digest[:12]}"
