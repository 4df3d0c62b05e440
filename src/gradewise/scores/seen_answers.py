"""What drift looks at of an answer: what was read, what was said of it, and what went with it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import nan

from gradewise.scores.records import ScoreDraft

NO_ADVISORY = "none"
"""What stands where an answer has no advisory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAnswer:
    """One answer, without its text, which no log has."""

    made_at: datetime
    """When it was given."""
    values: bytes
    """Everything that the model read: little-endian single-precision numbers."""
    grade: str
    """What the model gave."""
    confidence: float
    """Probability of that; ``nan`` where the answer does not say."""
    advisory: str
    """Code of the most urgent advisory, or `NO_ADVISORY`."""
    released: str
    """``yes`` where the model let the grade out, else ``no``."""


@dataclass(slots=True)
class SeenModel:
    """The answers of one model, newest first, each text once."""

    digest: str
    """Content id of its bundle."""
    name: str
    """Of the model."""
    version: str
    """Of the model."""
    now: list[SeenAnswer] = field(default_factory=list)
    """Those of the window."""
    before: list[SeenAnswer] = field(default_factory=list)
    """Those of before it."""
    n_answers: int = 0
    """Answers of the window, those about one text all counted."""
    texts: set[tuple[str, str]] = field(default_factory=set)
    """Digests of text and task that stand in `now` or `before`."""


def seen_answer(draft: ScoreDraft) -> SeenAnswer | None:
    """What is looked at of an answer; ``None`` where it was harmed so that it cannot be read."""
    try:
        said = json.loads(draft.prediction)
        advisories = said.get("advisories") or [{"code": NO_ADVISORY}]
        return SeenAnswer(
            made_at=draft.made_at,
            values=draft.values,
            grade=draft.grade,
            confidence=float(said.get("confidence", nan)),
            advisory=str(advisories[0]["code"]),
            released="yes" if said.get("released") else "no",
        )
    except (ValueError, TypeError, AttributeError, LookupError):
        return None


class SeenModels:
    """Answers by model, as they are taken in, the newest first."""

    def __init__(self, *, since: datetime, name: str | None = None, most: int = 10_000) -> None:
        """Begin with none.

        Args:
            since: where the window begins.
            name: of the models that are looked at; any when absent.
            most: texts that are held of each model, in the window and before it.
        """
        self._since, self._name, self._most = since, name, most
        self._models: dict[str, SeenModel] = {}

    @property
    def found(self) -> Sequence[SeenModel]:
        """Models that answered in the window, the one that answered last first."""
        return tuple(self._models.values())

    def take(self, drafts: Iterable[ScoreDraft]) -> None:
        """Take answers in; of those of one model about one text the newest is kept, the others counted."""
        for draft in drafts:
            recent = draft.made_at >= self._since
            model = self._model(draft, recent=recent)
            if model is None:
                continue
            model.n_answers += recent
            kept, text = model.now if recent else model.before, (draft.text_sha256, draft.task_sha256)
            if text not in model.texts and len(kept) < self._most and (seen := seen_answer(draft)):
                model.texts.add(text)
                kept.append(seen)

    def _model(self, draft: ScoreDraft, *, recent: bool) -> SeenModel | None:
        if self._name not in {None, draft.model_name}:
            return None
        if recent and draft.model_digest not in self._models:
            self._models[draft.model_digest] = SeenModel(
                draft.model_digest, draft.model_name, draft.model_version
            )
        return self._models.get(draft.model_digest)
