"""Readings as bytes: what the feature cache keeps of them, and under which key; no essay text."""

import hashlib
import json
import struct
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gradewise import __version__
from gradewise.essays.records import Essay
from gradewise.essays.texts import text_sha256
from gradewise.features.advisories.advisory import Advisory
from gradewise.workflows.scoring.models import Reading

LAYOUT = "gwr1"
"""Raised whenever the same reading would be other bytes; part of every key."""

STORED = np.dtype("<f4")
"""Numbers of a reading as they are kept, whichever machine keeps them."""

MOST_UNPACKED = 512
"""Readings that are not unpacked again when they are asked for: texts that are asked for again and again."""

_HEAD = struct.Struct("<4sII32s")


def reading_key(essay: Essay, *, shaped_by: str, given: Sequence[str] = ()) -> str:
    """Where a reading is kept: 64 hex digits of everything that shapes it, which the essay's id does not.

    Args:
        essay: text, task, what its prompt is called, and the numbers that come with it.
        shaped_by: digest of the model and of all that reads for it.
        given: which of those numbers the model reads.
    """
    tasks = ["" if task is None else text_sha256(task) for task in (essay.prompt_text, essay.prompt)]
    numbers = [float(essay.given[name]).hex() if name in essay.given else "" for name in given]
    return reading_key_of(text_sha256(essay.text), *tasks, *numbers, shaped_by=shaped_by)


def reading_key_of(text: str, *shaping: str, shaped_by: str) -> str:
    """The same of the digest of the text, those of the task and its name, empty without, and numbers."""
    parts = ["reading", LAYOUT, __version__, shaped_by, text, *shaping]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def reading_to_bytes(reading: Reading, key: str) -> bytes:
    """A reading as it is kept under a key, with a digest of both."""
    values = np.asarray(reading.values, STORED).tobytes()
    said = [[each.code, each.message, each.value, each.limit] for each in reading.advisories]
    body = values + json.dumps(said, ensure_ascii=False).encode()
    head = _HEAD.pack(LAYOUT.encode(), len(reading.values), len(reading.advisories), _checksum(key, body))
    return head + body


@lru_cache(maxsize=MOST_UNPACKED)
def reading_from_bytes(stored: bytes, key: str, *, width: int) -> Reading | None:
    """The reading that is kept under a key; ``None`` where the bytes are damaged, or another's."""
    if len(stored) < _HEAD.size:
        return None
    layout, n_values, n_advisories, checksum = _HEAD.unpack_from(stored)
    body = stored[_HEAD.size :]
    if layout != LAYOUT.encode() or n_values != width or checksum != _checksum(key, body):
        return None
    values = np.frombuffer(body, STORED, count=width).astype(np.float32, copy=False)
    said = json.loads(body[width * STORED.itemsize :])
    if len(said) != n_advisories or not np.isfinite(values).all():
        return None
    advisories = tuple(Advisory(code=c, message=m, value=v, limit=n) for c, m, v, n in said)
    return Reading(values, advisories, cached=True)


def values_to_bytes(values: NDArray[np.float32]) -> bytes:
    """Numbers of a reading as a score record keeps them: little-endian, single precision."""
    return np.asarray(values, STORED).tobytes()


def values_from_bytes(stored: bytes) -> NDArray[np.float32]:
    """Numbers of a reading as a score record keeps them: shape ``(width,)``, read-only."""
    return np.frombuffer(stored, STORED).astype(np.float32, copy=False)


def _checksum(key: str, body: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\0" + body, digest_size=32).digest()
