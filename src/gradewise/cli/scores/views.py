"""Answers as a person reads them in a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradewise.cli.columns import in_columns, listed
from gradewise.cli.moments import moment
from gradewise.reporting.likelier import likelier_sentence, likeliest
from gradewise.reporting.wording import ABSENT, decimal, percentage, shortened, steps
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreRecord
from gradewise.workflows.scoring.log_json import prediction_of

ROUTES = {
    "release": "released",
    "review": "held back for a teacher",
    "audit": "released, and drawn by chance for a teacher's look",
}
ARMS = {
    "champion": "the model in production",
    "challenger": "the model on trial",
    "shadow": "the model on trial, unseen",
}
SHORT = 12
"""Characters of an id that tell answers apart."""
BAR = 30
"""Blocks of a bar at certainty."""
MOST_CLASSES = 5
"""Classes that are named; a model may know hundreds."""
_LONGEST_ESSAY = 32


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An answer with what is known of it."""

    record: ScoreRecord
    """The answer."""
    corrections: tuple[Correction, ...]
    """What teachers decided, oldest first."""
    breaks: tuple[str, ...] = ()
    """What is the matter with its place in the chain."""
    erased_beside: tuple[int, ...] = ()
    """Serials beside its own whose answers were taken out for good."""

    @property
    def last(self) -> Correction | None:
        """What counts."""
        return self.corrections[-1] if self.corrections else None


def answer_table(answers: Sequence[KnownAnswer]) -> str:
    """A line an answer."""
    rows = [("id", "given", "essay", "grade", "sure", "route", "teacher", "model")]
    for answer in answers:
        draft = answer.record.draft
        rows.append(
            (
                draft.id[:SHORT],
                moment(draft.made_at),
                shortened(draft.essay_id, most=_LONGEST_ESSAY),
                draft.grade,
                _share(prediction_of(answer.record).get("confidence")),
                draft.route if draft.arm != "shadow" else "shadow",
                ABSENT if answer.last is None else answer.last.grade,
                f"{draft.model_name} {draft.model_version}",
            )
        )
    return in_columns(rows, right=[4])


def answer_page(answer: KnownAnswer) -> str:
    """Everything about an answer that fits on a screen."""
    said = prediction_of(answer.record)
    parts = [
        listed(dict(_facts(answer, said))),
        _block("probabilities", _bars(_likely(said))),
        _likelier(answer.record.draft.grade, said),
        _block("traits", _traits(said.get("traits"))),
        _block("doubts", "\n".join(_advisories(said))),
        _block("what teachers decided", "\n".join(map(_correction, answer.corrections))),
        _chain(answer),
    ]
    return "\n\n".join(part for part in parts if part)


def _facts(answer: KnownAnswer, said: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    draft = answer.record.draft
    yield from _class_facts(draft.grade, said) if _of_classes(said) else _grade_facts(draft.grade, said)
    yield "route", ROUTES.get(draft.route, draft.route)
    yield "essay", draft.essay_id
    yield "given", f"{moment(draft.made_at)} UTC"
    yield "model", f"{draft.model_name} {draft.model_version}, {ARMS.get(draft.arm, draft.arm)}"
    yield "model digest", draft.model_digest
    yield "text SHA-256", draft.text_sha256
    if draft.task_sha256:
        yield "task SHA-256", draft.task_sha256
    yield "numbers read", f"{len(draft.values) // 4:,}"
    if draft.batch_id:
        yield "batch", draft.batch_id
    if draft.correlation_id:
        yield "request", draft.correlation_id
    yield "id", draft.id


def _of_classes(said: Mapping[str, Any]) -> bool:
    return said.get("in_scope") is not None


def _grade_facts(grade: str, said: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    plausible = said.get("grade_set")
    yield "grade", f"{grade}  (sure by {_share(said.get('confidence'))})"
    if isinstance(plausible, list) and len(plausible) > 1:
        yield "plausible", f"{plausible[0]} to {plausible[-1]}"
    if isinstance(said.get("score"), int | float):
        grades = said.get("probabilities")
        yield "score", steps(said["score"], grades) if grades else decimal(said["score"])


def _class_facts(name: str, said: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    plausible = said.get("grade_set")
    yield "class", f"{name}  (sure by {_share(said.get('confidence'))})"
    if isinstance(plausible, list) and len(plausible) > 1:
        more = f" and {len(plausible) - MOST_CLASSES} more" if len(plausible) > MOST_CLASSES else ""
        yield "plausible", f"{', '.join(plausible[:MOST_CLASSES])}{more}"
    apart = f" ({said['out_of_scope']})" if said.get("out_of_scope") else ""
    yield "scope", "one of its classes" if said["in_scope"] else f"may be none of the known classes{apart}"


def _likely(said: Mapping[str, Any]) -> object:
    """Of grades all, in their order; of classes the most probable."""
    probabilities = said.get("probabilities")
    if not isinstance(probabilities, dict) or not _of_classes(said):
        return probabilities
    return likeliest(probabilities, most=MOST_CLASSES)


def _likelier(grade: str, said: Mapping[str, Any]) -> str:
    """Why the grade is not the most probable one, where it is not."""
    probabilities = said.get("probabilities")
    if not isinstance(probabilities, dict) or _of_classes(said):
        return ""
    return likelier_sentence(
        grade, {name: p for name, p in probabilities.items() if isinstance(p, int | float)}
    )


def _bars(probabilities: object) -> str:
    if not isinstance(probabilities, dict):
        return ""
    rows = [(grade, _share(p), "█" * round(BAR * p)) for grade, p in probabilities.items()]
    return in_columns(rows, right=[1]) if rows else ""


def _traits(traits: object) -> str:
    if not isinstance(traits, dict) or not traits:
        return ""
    return listed(
        {name: f"{each['grade']}  {_share(each.get('confidence'))}" for name, each in traits.items()}
    )


def _advisories(said: Mapping[str, Any]) -> Iterator[str]:
    for each in said.get("advisories") or ():
        yield f"{str(each.get('code', '')).replace('_', ' ')}: {each.get('message', '')}"


def _correction(correction: Correction) -> str:
    said = "confirmed" if correction.confirms else f"{correction.model_grade} → {correction.grade}"
    why = f": {' '.join(correction.reason.split())}" if correction.reason else ""
    return f"{moment(correction.corrected_at)}  {said}  by {correction.corrected_by}{why}"


def _chain(answer: KnownAnswer) -> str:
    record = answer.record
    place = f"record {record.serial:,}, digest {record.digest}"
    if answer.breaks:
        return "\n".join(["the chain is broken here", *(f"  {each}" for each in answer.breaks), f"  {place}"])
    if answer.erased_beside:
        gone = " and ".join(f"{serial:,}" for serial in answer.erased_beside)
        return f"unchanged since it was written ({place}); beside it {gone} was taken out for good"
    return f"unchanged since it was written, and so are those beside it ({place})"


def _block(title: str, text: str) -> str:
    return f"{title}\n" + "\n".join(f"  {line}" for line in text.splitlines()) if text else ""


def _share(value: object) -> str:
    return percentage(value) if isinstance(value, int | float) else ABSENT
