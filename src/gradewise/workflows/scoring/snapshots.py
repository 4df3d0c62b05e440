"""Corrections as training data: a snapshot on disk that says what it is, and is refused once it was changed.

The score log keeps no text, so texts come from files that the user names and are joined by their digests.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.wording import counted
from gradewise.scores.answers import read_answer
from gradewise.scores.audits import Decided
from gradewise.scores.snapshots import Lesson, Lessons, corrections_digest, lay_out
from gradewise.telemetry import Listener, Notice, silent
from gradewise.whole_files import write_whole
from gradewise.workflows.scoring.auditing import decided_answers
from gradewise.workflows.scoring.filed_texts import texts_in_files
from gradewise.workflows.scoring.stored_texts import StoredTexts, find_texts
from gradewise.workflows.services import Services

FORMAT = 1
"""Of a snapshot; another number is refused."""
TABLE, RECORD = "corrections.csv", "snapshot.json"
"""The essays, and what is known of them."""
COLUMNS = (
    "id", "text", "label", "second_label", "prompt", "prompt_text", "written_at", "route", "score_id",
    "corrected_by", "corrected_at", "model_digest", "model_grade", "confirms",
)  # fmt: skip
"""Of the table."""
BIAS = (
    "Reviewed essays are the hard ones: the model's own doubts chose them, and released grades that "
    "somebody corrected were chosen by the complaint. They teach, but figures on them are too low. Rows of "
    "route audit were drawn by chance from what was released; only on these may a model be judged. Teachers "
    "had seen the model's grade, so that agreement is somewhat too high everywhere."
)
"""What a reader of a snapshot must know."""
ALL_CONFIRM, FEW = 0.95, 20
"""Share of confirmations, and essays, from which a snapshot mostly teaches a model its own grades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A training snapshot on disk."""

    directory: Path
    """Where it lies."""
    sha256: str
    """Digest of its table: 64 hex digits."""
    counts: Mapping[str, int]
    """How many of what, as `Lessons.counts`."""
    grades: tuple[str, ...]
    """Of the scale, lowest first."""
    out_of_scope: str | None = None
    """The label of texts that teachers found to be of none of the classes; ``None`` where there is none."""

    @property
    def table(self) -> Path:
        """The essays."""
        return self.directory / TABLE


async def export_snapshot(
    log: ScoreLog,
    files: Sequence[Path],
    output: Path,
    *,
    services: Services,
    salt: str,
    since: datetime | None = None,
    model_name: str | None = None,
    reasons: bool = False,
    stored: StoredTexts | None = None,
    listener: Listener = silent,
) -> Snapshot:
    """Write what teachers decided as essays to learn from; the same decisions and files give the same bytes.

    Args:
        log: where answers and decisions are.
        files: essays, whose texts are joined to decisions by digest.
        output: a directory, which is made.
        services: opens files.
        salt: of teachers' pseudonyms.
        since: decisions from then on.
        model_name: of the models that answered; any when absent.
        reasons: whether teachers' own words go along; they may name people.
        stored: a database that holds texts too; files come first.
        listener: hears a stage for the texts, and what is left out.

    Raises:
        InputError: nothing was decided, no text is found, or a file cannot be read.
        UnavailableError: the log does not answer.
    """
    decided = await decided_answers(log, since=since, model_name=model_name)
    if not decided:
        raise InputError("no teacher has decided anything yet; see what waits: gradewise reviews list")
    same, grades = _of_one_scale(decided, listener)
    sources = [services.open_source(file) for file in files]
    texts = texts_in_files(sources, listener)
    origins = [(Path(each.location).name, each.sha256()) for each in sources]
    if stored is not None:
        found = await find_texts(stored, {each.answer.text_sha256 for each in same} - set(texts), listener)
        texts |= found.texts
        origins.append((found.location, found.sha256))
    lessons = lay_out(same, texts, salt=salt)
    _tell(lessons, listener)
    table = _table(lessons, _reasons_of(same) if reasons else None)
    record = _record(
        same, lessons, hashlib.sha256(table).hexdigest(),
        grades=grades, since=since, chain=await _newest_link(log, same), origins=origins,
    )  # fmt: skip
    write_whole(output / TABLE, table)
    write_whole(output / RECORD, f"{json.dumps(record, indent=1, ensure_ascii=False)}\n".encode())
    return read_snapshot(output)


def read_snapshot(path: Path) -> Snapshot:
    """A snapshot, seen to be as it was written.

    Args:
        path: its directory, or one of its files.

    Raises:
        InputError: it is none, of another format, not of teachers' grades, or was changed.
    """
    directory = path if path.is_dir() else path.parent
    try:
        record = json.loads((directory / RECORD).read_bytes())
        digest = hashlib.sha256((directory / TABLE).read_bytes()).hexdigest()
        number, labels, told = record["format"], record["labels"], record["table"]["sha256"]
        counts = {str(name): int(count) for name, count in record["counts"].items()}
        grades = tuple(str(grade) for grade in record["grades"])
        no_class = None if record.get("out_of_scope") is None else str(record["out_of_scope"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{quotable(str(path))} is no snapshot of corrections; make one: gradewise corrections export"
        ) from error
    if number != FORMAT:
        raise InputError(f"{directory}: snapshot format {number} is not read here ({FORMAT}); export it anew")
    if labels != "teacher":
        raise InputError(f"{directory}: its grades are not teachers'; a model must not learn its own")
    if digest != told:
        raise InputError(f"{directory / TABLE} was changed after it was written; export it anew")
    return Snapshot(directory=directory, sha256=digest, counts=counts, grades=grades, out_of_scope=no_class)


def _of_one_scale(
    decided: Sequence[Decided], listener: Listener
) -> tuple[tuple[Decided, ...], tuple[str, ...]]:
    """Decisions on the scale of the newest answer, and its grades."""
    newest = max(decided, key=lambda each: (each.answer.made_at, each.answer.id))
    grades = read_answer(newest.answer).scale.grades
    same = tuple(each for each in decided if read_answer(each.answer).grades == grades)
    if others := len(decided) - len(same):
        listener(Notice(f"{counted(others, 'decision')} left out: on the scale of another model"))
    return same, grades


def _no_class(decided: Sequence[Decided]) -> str | None:
    """The label of texts of no class, where a teacher has given it."""
    known = {read_answer(each.answer).out_of_scope for each in decided}
    given = sorted(known & {each.correction.grade for each in decided} - {None}, key=str)
    return given[0] if given else None


def _record(
    decided: Sequence[Decided],
    lessons: Lessons,
    sha256: str,
    *,
    grades: Sequence[str],
    since: datetime | None,
    chain: Mapping[str, Any],
    origins: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """What is known of a snapshot whose table has that digest."""
    no_class = _no_class(decided)
    return {
        "format": FORMAT,
        "labels": "teacher",
        "table": {"name": TABLE, "sha256": sha256},
        "counts": lessons.counts,
        "grades": list(grades),
        **({} if no_class is None else {"out_of_scope": no_class}),
        "window": _window(decided, since),
        "corrections_sha256": corrections_digest(each.correction for each in decided),
        "chain": dict(chain),
        "sources": [{"name": name, "sha256": digest} for name, digest in origins],
        "models": sorted({each.correction.model_digest for each in decided}),
        "without_text": list(lessons.without_text),
        "conflicts": [row.essay.id for row in lessons.rows if row.conflict],
        "bias": BIAS,
    }


def _tell(lessons: Lessons, listener: Listener) -> None:
    counts = lessons.counts
    if not lessons.rows:
        raise InputError(
            f"none of {counts['decided']} decisions is about a text that is here; name the files that were "
            "graded, --essays FILE, or the database that holds them, --source PLAN"
        )
    if counts["without_text"]:
        listener(
            Notice(
                f"{counts['without_text']} of {counts['decided']} decisions left out: nothing here holds "
                "the text"
            )
        )
    if counts["conflicts"]:
        listener(Notice(f"{counted(counts['conflicts'], 'text')} graded differently by two teachers"))
    if len(lessons.rows) >= FEW and counts["confirm"] >= ALL_CONFIRM * len(lessons.rows):
        listener(
            Notice(
                f"{counts['confirm']} of {len(lessons.rows)} decisions confirm the model's grade: they teach "
                "little, and a grade confirmed without a look teaches a model its own mistakes"
            )
        )


def _table(lessons: Lessons, reasons: Mapping[str, str] | None) -> bytes:
    written = io.StringIO(newline="")
    columns = COLUMNS if reasons is None else (*COLUMNS, "reason")
    rows = csv.DictWriter(written, fieldnames=columns, lineterminator="\n")
    rows.writeheader()
    for lesson in lessons.rows:
        rows.writerow(_row(lesson) | ({} if reasons is None else {"reason": reasons[lesson.score_id]}))
    return written.getvalue().encode("utf-8", "surrogatepass")


def _row(lesson: Lesson) -> dict[str, str]:
    essay = lesson.essay
    return {
        "id": essay.id,
        "text": essay.text,
        "label": essay.label or "",
        "second_label": essay.second_label or "",
        "prompt": essay.prompt or "",
        "prompt_text": essay.prompt_text or "",
        "written_at": "" if essay.written_at is None else essay.written_at.astimezone(UTC).isoformat(),
        "route": lesson.route,
        "score_id": lesson.score_id,
        "corrected_by": lesson.corrected_by,
        "corrected_at": lesson.corrected_at.astimezone(UTC).isoformat(timespec="seconds"),
        "model_digest": lesson.model_digest,
        "model_grade": lesson.model_grade,
        "confirms": "yes" if lesson.confirms else "no",
    }


def _reasons_of(decided: Sequence[Decided]) -> Mapping[str, str]:
    return {each.answer.id: each.correction.reason for each in decided}


def _window(decided: Sequence[Decided], since: datetime | None) -> dict[str, Any]:
    moments = [each.correction.corrected_at.astimezone(UTC).isoformat() for each in decided]
    return {
        "since": None if since is None else since.astimezone(UTC).isoformat(),
        "first": min(moments),
        "last": max(moments),
    }


async def _newest_link(log: ScoreLog, decided: Sequence[Decided]) -> dict[str, Any]:
    """The newest decided answer's place in the chain: where the log was when the snapshot was made."""
    found = [await log.find(each.answer.id) for each in decided]
    newest = max((each for each in found if each is not None), key=lambda each: each.serial)
    return {"serial": newest.serial, "digest": newest.digest}
