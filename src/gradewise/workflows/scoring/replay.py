"""Replay: a stored answer is made again from its record alone, and must come out letter by letter."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gradewise.errors import BundleError, InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.essays.texts import text_sha256
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.registry import ArtifactStore
from gradewise.scores.chain import is_sound
from gradewise.scores.records import ScoreRecord
from gradewise.workflows.measuring.nothing_kept import NothingKept
from gradewise.workflows.score import Prediction, graded
from gradewise.workflows.scoring.bundle_model import BundleModel
from gradewise.workflows.scoring.kept_readings import STORED, values_from_bytes
from gradewise.workflows.scoring.models import Reading
from gradewise.workflows.scoring.prediction_json import prediction_from_json, prediction_to_json
from gradewise.workflows.scoring.tools import Tools

COMPUTED = (
    "the numbers that were read and the bundle are the same, so this installation computes otherwise: "
    "another version of onnxruntime or numpy, or another kind of processor"
)
"""What it comes of when nothing was harmed."""
HARMED = "the record was changed after it was written: its digest does not fit"
MOST_COLUMNS = 5
"""Columns that are named one by one."""


class Grading(Protocol):
    """The part of a `GradingModel` that a replay needs: no text is read, so nothing that reads is."""

    @property
    def width(self) -> int:
        """Numbers in a reading."""
        ...

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade what was read."""
        ...


FindModel = Callable[[str], Awaitable[Grading]]
"""The model with a content id; raises `BundleError` or `UnavailableError` where it is not at hand."""


@dataclass(frozen=True, slots=True)
class RecordedModel:
    """A bundle that grades what was read, in whatever installation: it reads no texts itself."""

    bundle: Bundle
    """The model."""

    @property
    def width(self) -> int:
        """Numbers in a reading."""
        return len(self.bundle.schema)

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade what was read."""
        values = np.stack([reading.values for reading in readings])
        advisories = [reading.advisories for reading in readings]
        return tuple(graded(self.bundle, essay_ids, values, advisories, n_reasons=n_reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of making an answer again."""

    record: ScoreRecord
    """The answer."""
    differences: tuple[str, ...]
    """What is not as it was, in words; nothing when the answer came out the same, letter by letter."""

    @property
    def identical(self) -> bool:
        """Whether it came out the same."""
        return not self.differences


def model_finder(stores: Sequence[ArtifactStore]) -> FindModel:
    """Finds models by content id in stores, the first that has one whole; each is loaded once."""
    loaded: dict[str, RecordedModel] = {}

    async def _find(digest: str) -> Grading:
        if digest not in loaded:
            loaded[digest] = RecordedModel(await asyncio.to_thread(recorded_bundle, stores, digest))
        return loaded[digest]

    return _find


def recorded_bundle(stores: Sequence[ArtifactStore], digest: str) -> Bundle:
    """The model with a content id, from the first store that has it whole.

    Raises:
        BundleError: it is in no store.
        UnavailableError: a store does not answer, and no other has it.
    """
    return bundle_from_files(_files(stores, digest))


def _files(stores: Sequence[ArtifactStore], digest: str) -> Mapping[str, bytes]:
    told, silent = list[str](), False
    for store in stores:
        try:
            return store.get(digest)
        except (BundleError, UnavailableError) as error:
            told.append(f"{store.location}: {error}")
            silent = silent or isinstance(error, UnavailableError)
    kind = UnavailableError if silent else BundleError
    raise kind(
        f"the model {digest[:12]} is in no store ({'; '.join(told)}); register its bundle: "
        "gradewise registry register"
    )


async def replay(record: ScoreRecord, find_model: FindModel) -> Replayed:
    """Make an answer again from what is kept of it: the numbers that were read, and the model's content id.

    Args:
        record: the answer.
        find_model: finds the model that gave it.

    Raises:
        BundleError: the model is in no store, or no copy is whole.
        UnavailableError: a store does not answer.
    """
    harm = () if is_sound(record) else (HARMED,)
    try:
        said = prediction_from_json(record.draft.prediction)
    except InputError as error:
        return Replayed(record=record, differences=(*harm, f"the answer cannot be read back: {error}"))
    model = await find_model(record.draft.model_digest)
    values = values_from_bytes(record.draft.values)
    if len(values) != model.width:
        what = f"{len(values)} numbers were read, the model reads {model.width}"
        return Replayed(record=record, differences=(*harm, what))
    reading, n_reasons = Reading(values, said.advisories), len(said.reasons)
    (again,) = await asyncio.to_thread(model.grade, (said.essay_id,), (reading,), n_reasons=n_reasons)
    found = tuple(_differences(record.draft.prediction, prediction_to_json(again)))
    kept = record.draft.grade
    told = () if kept == said.grade else (f"the grade kept beside the answer is {kept}, in it {said.grade}",)
    explained = (COMPUTED,) if found and not harm else ()
    return Replayed(record=record, differences=(*harm, *told, *found, *explained))


def _differences(before: str, after: str) -> Iterator[str]:
    """Where two answers differ, by dotted key; that they are written otherwise when nothing else does."""
    if before == after:
        return
    old, new = _flat(json.loads(before)), _flat(json.loads(after))
    found = [key for key in (old | new) if old.get(key) != new.get(key)]
    found.sort(key=lambda key: key.count("."))  # grade and score before the probabilities of each
    yield from (f"{key} was {old.get(key)}, is {new.get(key)}" for key in found[:MOST_COLUMNS])
    if len(found) > MOST_COLUMNS:
        yield f"and {len(found) - MOST_COLUMNS:,} more"
    if not found:
        yield "the answer is written otherwise than this gradewise writes it"


def _flat(value: Any, key: str = "") -> dict[str, Any]:
    if not isinstance(value, dict | list):
        return {key: value}
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    return {
        name: plain
        for part, each in parts
        for name, plain in _flat(each, f"{key}.{part}" if key else str(part)).items()
    }


def as_graded(text: str, digest: str) -> str:
    """The text of a file as it was graded: editors end a file with a new line, and may write it otherwise."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    spellings = (plain, plain.removesuffix("\n"), plain.strip())
    return next((each for each in spellings if text_sha256(each) == digest), text)


async def reread(
    record: ScoreRecord, essay: Essay, stores: Sequence[ArtifactStore], tools: Tools
) -> Replayed:
    """Read the text again, and hold what is read against what was.

    Args:
        record: the answer.
        essay: the text, as it was graded.
        stores: where the model is.
        tools: what reads texts for it.

    Raises:
        InputError: it is another text, or the model cannot read it.
        BundleError: the model is in no store, or this installation reads otherwise than when it was trained.
        UnavailableError: a store does not answer.
    """
    digest, graded_then = text_sha256(essay.text), record.draft.text_sha256
    if digest != graded_then:
        raise InputError(
            f"this is not the text of answer {record.draft.id[:12]}: its SHA-256 begins with {digest[:12]}, "
            f"that of the text that was graded with {graded_then[:12]}; give the text as it was sent"
        )

    def _read() -> tuple[str, ...]:
        bundle = bundle_from_files(_files(stores, record.draft.model_digest))
        model = BundleModel(bundle, tools, NothingKept())
        (reading,) = model.read((essay,))
        return tuple(_unlike(record, reading, model.reading_fingerprint, bundle.schema.names))

    return Replayed(record=record, differences=await asyncio.to_thread(_read))


def _unlike(record: ScoreRecord, reading: Reading, fingerprint: str, columns: Sequence[str]) -> Iterator[str]:
    if fingerprint != record.draft.reading_fingerprint:
        yield "what reads texts here (word lists, checker, text model) is of another version than then"
    before, now = values_from_bytes(record.draft.values), np.asarray(reading.values, STORED)
    if len(before) != len(now):
        yield f"{len(before)} numbers were read then, {len(now)} now"
        return
    # Bit by bit: -0.0 is not 0.0 here.
    (unlike,) = np.nonzero(before.view("<u4") != now.view("<u4"))
    for place in unlike[:MOST_COLUMNS]:
        yield f"{columns[place]} was {before[place]:.9g}, is {now[place]:.9g}"
    if len(unlike) > MOST_COLUMNS:
        yield f"and {len(unlike) - MOST_COLUMNS:,} more columns"
