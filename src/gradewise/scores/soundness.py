"""What may be written down: answers and corrections that come back from any database as they were told."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from operator import attrgetter

from gradewise.errors import InputError
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreDraft

_ID = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAMED_BY = re.compile(r"[0-9a-f]{32}( [0-9a-f]{64}){4}")
_NO_TASK = "0" * 64
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_TEXTS = ("essay_id", "model_name", "model_version", "prediction", "grade", "batch_id", "correlation_id")
_texts = attrgetter(*_TEXTS)
_NAMED = 80  # letters of an id that a message repeats


def require_sound_draft(draft: ScoreDraft) -> None:
    """Refuse an answer that would not come back as it was told.

    Raises:
        InputError: an id or a digest is none, a time has no zone, the urgency is no number of at least 0, or
            a text holds what databases do not keep; the message names the field.
    """
    named = (
        draft.id,
        draft.text_sha256,
        draft.task_sha256 or _NO_TASK,
        draft.model_digest,
        draft.reading_fingerprint,
    )
    if not _NAMED_BY.fullmatch(" ".join(named)):  # at once, as every answer is looked at; then one by one
        _require_names(draft)
    require_zone("made_at", draft.made_at)
    if not (isfinite(draft.urgency) and draft.urgency >= 0):
        raise InputError(f"urgency of an answer is {draft.urgency}; give a number of at least 0")
    if len(draft.values) % 4:
        raise InputError(f"values of an answer are {len(draft.values)} bytes; give four for each number")
    texts = _texts(draft)
    if not _is_plain("".join(texts)):
        require_plain_texts(dict(zip(_TEXTS, texts, strict=True)))


def require_sound_correction(correction: Correction) -> None:
    """Refuse a correction that would not come back as it was told.

    Raises:
        InputError: as `require_sound_draft`.
    """
    _require(_ID, {"id": correction.id, "score_id": correction.score_id}, "32 hex digits")
    digests = {"text_sha256": correction.text_sha256, "model_digest": correction.model_digest}
    _require(_DIGEST, digests, "64 hex digits")
    require_zone("corrected_at", correction.corrected_at)
    named = ("essay_id", "model_grade", "grade", "corrected_by", "reason")
    require_plain_texts({name: getattr(correction, name) for name in named})


def require_zone(name: str, moment: datetime) -> None:
    """Refuse a moment that may mean several.

    Raises:
        InputError: it has no zone; the message names the field.
    """
    if moment.utcoffset() is None:
        raise InputError(f"{name} is {moment}, without a time zone; give one, such as UTC")


def require_plain_texts(fields: Mapping[str, str]) -> None:
    """Refuse texts that databases do not keep.

    Raises:
        InputError: one holds such a character; the message names the field.
    """
    for name, value in fields.items():
        if _UNKEEPABLE.search(value):
            raise InputError(f"{name} holds NUL or half a surrogate pair, which databases do not keep")


def _require_names(draft: ScoreDraft) -> None:
    _require(_ID, {"id": draft.id}, "32 hex digits")
    digests = {
        "text_sha256": draft.text_sha256,
        "task_sha256": draft.task_sha256 or _NO_TASK,
        "model_digest": draft.model_digest,
        "reading_fingerprint": draft.reading_fingerprint,
    }
    _require(_DIGEST, digests, "64 hex digits")


def _require(form: re.Pattern[str], fields: Mapping[str, str], what: str) -> None:
    for name, value in fields.items():
        if not form.fullmatch(value):
            raise InputError(f"{name} is {value[:_NAMED]!r}; give {what}")


def _is_plain(text: str) -> bool:
    """Whether databases keep a text for sure: found out without a look at each letter, as most are."""
    return text.isascii() and "\x00" not in text
