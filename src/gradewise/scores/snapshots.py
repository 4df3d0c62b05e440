"""Training snapshots: what teachers decided, as essays to learn from, each with where its grade came from."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gradewise.essays.records import Essay
from gradewise.essays.texts import text_hash, text_sha256
from gradewise.scores.audits import Decided
from gradewise.scores.corrections import Correction
from gradewise.scores.records import Route

_PSEUDONYM_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A corrected essay, with what is known of its grade."""

    essay: Essay
    """The text with the newest decision as its grade; a second teacher's, where there is one, beside it."""
    route: Route
    """What had happened to the model's grade: only ``audit`` was drawn by chance."""
    score_id: str
    """Of the answer that was decided about."""
    corrected_by: str
    """Who, under a pseudonym."""
    corrected_at: datetime
    """When."""
    model_digest: str
    """Content id of the model that had graded it."""
    model_grade: str
    """What it had said."""

    @property
    def confirms(self) -> bool:
        """Whether the teacher agrees with the model."""
        return self.essay.label == self.model_grade

    @property
    def conflict(self) -> bool:
        """Whether two teachers graded the text, and differently."""
        return self.essay.second_label not in (None, self.essay.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What teachers decided, laid out to learn from."""

    rows: tuple[Lesson, ...]
    """A text each, by id."""
    without_text: tuple[str, ...]
    """Ids of answers that were decided about and whose text nobody gave, sorted."""
    n_decided: int
    """Answers that were decided about."""

    @property
    def n_same_text(self) -> int:
        """Decided answers that are in no row, since another decision about their text counts."""
        return self.n_decided - len(self.rows) - len(self.without_text)

    @property
    def counts(self) -> dict[str, int]:
        """How many of what, by name."""
        return {
            "decided": self.n_decided,
            "essays": len(self.rows),
            "without_text": len(self.without_text),
            "same_text": self.n_same_text,
            "confirm": sum(row.confirms for row in self.rows),
            "conflicts": sum(row.conflict for row in self.rows),
            **{
                route: sum(row.route == route for row in self.rows)
                for route in ("audit", "review", "release")
            },
        }


def lay_out(decided: Iterable[Decided], texts: Mapping[str, Essay], *, salt: str) -> Lessons:
    """Make lessons of decisions; the same decisions and texts, in whatever order, make the same lessons.

    Of several decisions about one text the newest counts. Where another teacher has decided about it too,
    their newest stands beside it as second grade.

    Args:
        decided: answers with the newest decision of each, of one scale.
        texts: essays by the digests that answers may know their texts by, see `text_names`.
        salt: of the pseudonyms.
    """
    ordered = sorted(decided, key=_when)
    groups: dict[str, list[Decided]] = {}
    without: list[str] = []
    for each in ordered:
        essay = texts.get(each.answer.text_sha256)
        if essay is None:
            without.append(each.answer.id)
        else:
            groups.setdefault(text_hash(essay.text), []).append(each)
    rows = (_lesson(name, members, texts, salt) for name, members in groups.items())
    return Lessons(
        rows=tuple(sorted(rows, key=lambda row: row.essay.id)),
        without_text=tuple(sorted(without)),
        n_decided=len(ordered),
    )


def text_names(essay: Essay) -> Iterator[str]:
    """Digests that an answer may know a text by: of its very bytes, and however it is spaced."""
    yield text_sha256(essay.text)
    yield text_hash(essay.text)


def pseudonym(name: str, *, salt: str) -> str:
    """Tells teachers apart without naming them: their grades are compared, who they are is nobody's business.

    A keyed hash, since the few names of a school can all be tried on a plain one.
    """
    digest = hmac.digest(
        f"gradewise teacher {salt}".encode(), name.encode("utf-8", "surrogatepass"), "sha256"
    )
    return f"teacher-{digest.hex()[:_PSEUDONYM_DIGITS]}"


def corrections_digest(corrections: Iterable[Correction]) -> str:
    """SHA-256 over decisions in whatever order, their words left out: 64 hex digits."""
    rows = sorted(
        (each.id, each.score_id, each.grade, each.model_grade, _instant(each.corrected_at))
        for each in corrections
    )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _lesson(name: str, members: Sequence[Decided], texts: Mapping[str, Essay], salt: str) -> Lesson:
    newest = members[-1]
    essay, said = texts[newest.answer.text_sha256], newest.correction
    others = [each for each in members if each.correction.corrected_by != said.corrected_by]
    return Lesson(
        essay=Essay(
            id=f"corrected-{name[:16]}",
            text=essay.text,
            label=said.grade,
            second_label=others[-1].correction.grade if others else None,
            prompt=essay.prompt,
            prompt_text=essay.prompt_text,
            written_at=essay.written_at,
        ),
        route=newest.answer.route,
        score_id=newest.answer.id,
        corrected_by=pseudonym(said.corrected_by, salt=salt),
        corrected_at=said.corrected_at,
        model_digest=said.model_digest,
        model_grade=said.model_grade,
    )


def _when(decided: Decided) -> tuple[datetime, str]:
    return decided.correction.corrected_at, decided.correction.id


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
