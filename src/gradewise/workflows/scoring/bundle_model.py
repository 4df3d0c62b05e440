"""One bundle as a scoring service holds it: reads texts through the feature cache, grades what was read."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError, InputError
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.features.advisories.advisory import Advisory
from gradewise.features.documents import Document, build_document
from gradewise.features.embeddings import handcrafted_schema
from gradewise.features.findings import Finding
from gradewise.features.given import given_columns, given_values, reads_judgement, without_given
from gradewise.features.schema import FeatureMatrix
from gradewise.models.advising import find_advisories, text_advisories, with_measured
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.verified import Bundle
from gradewise.models.learnt_columns import handcrafted_part
from gradewise.models.text.learners import Suggestions
from gradewise.protocols.measuring import Cache
from gradewise.workflows.measuring.bundle_needs import require_same_tools, require_tasks
from gradewise.workflows.measuring.cached_rows import CachedRows, Row
from gradewise.workflows.measuring.embed import embed_texts
from gradewise.workflows.measuring.extract import cache_key, needs_findings
from gradewise.workflows.measuring.overlapped import FindingsApart, measure_beside
from gradewise.workflows.score import Prediction, graded
from gradewise.workflows.scoring.kept_readings import reading_from_bytes, reading_key, reading_to_bytes
from gradewise.workflows.scoring.models import ModelIdentity, Reading
from gradewise.workflows.scoring.single_flight import SingleFlight
from gradewise.workflows.scoring.tools import Tools


def model_builder(tools: Tools, cache: Cache) -> Callable[[Mapping[str, bytes]], "BundleModel"]:
    """What makes a model of the files of a bundle, verified first; raises `BundleError`."""
    return lambda files: BundleModel(bundle_from_files(files), tools, cache)


@dataclass(slots=True)
class _Ahead:
    """What is found out of a text while a checker reads it; nothing where it was measured before."""

    wording: tuple[Suggestions, ...] | None = None
    """What the bundle's text learners suggest."""
    advisories: tuple[Advisory, ...] | None = None
    """What the text alone speaks against."""


class BundleModel:
    """A `GradingModel` of one bundle, and the cache of what it has read.

    What is measured of a text is kept under the extractor's fingerprint, shared with training and with other
    models; the complete reading under the bundle's digest. Keys are made of the text, its task and all that
    shapes an entry, never of the essay's id. The same text asked for several times at once is read once.
    """

    def __init__(self, bundle: Bundle, tools: Tools, cache: Cache) -> None:
        """Take a verified bundle, what reads for it, and where readings are kept.

        Raises:
            BundleError: this installation reads otherwise than when the bundle was trained.
            InputError: the text model cannot be read.
        """
        self._bundle, self._tools, self._cache = bundle, tools, cache
        metadata = bundle.metadata
        self._identity = ModelIdentity(name=metadata.name, version=metadata.version, digest=bundle.digest)
        self._checkers = tools.checkers(bundle.schema.language) if needs_findings(bundle.measured) else None
        require_same_tools(bundle, None if self._checkers is None else self._checkers.one)
        self._near: Cache | None = getattr(cache, "near", None)
        self._embedder = tools.embedder(bundle)
        self._given = given_columns(bundle.measured)
        named = handcrafted_schema(bundle.measured)
        self._extracted = FindingsApart.of(without_given(named))
        self._embeds = len(named) < len(bundle.measured)
        self._flights: SingleFlight[Reading] = SingleFlight()
        self._shaped_by = _digest(bundle.digest, bundle.schema.fingerprint, *self._tool_fingerprints())

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is."""
        return self._identity

    @property
    def bundle(self) -> Bundle:
        """The bundle."""
        return self._bundle

    @property
    def scale(self) -> Scale:
        """Of the overall grade."""
        return self._bundle.scale

    @property
    def width(self) -> int:
        """Numbers in a reading."""
        return len(self._bundle.schema)

    @property
    def reading_fingerprint(self) -> str:
        """Digest of the schema and of everything learnt that adds columns to what is measured."""
        return self._shaped_by

    @property
    def reads_judgement(self) -> bool:
        """Whether it reads what comparative judgement found."""
        return reads_judgement(self._given)

    @property
    def reads_together(self) -> bool:
        """Whether many texts are read faster together than side by side."""
        return not len(self._extracted.schema)

    def recall(self, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
        """Readings that are in the cache, ``None`` for each that is not."""
        return self._recall([self._key(essay) for essay in essays], self._cache)

    def recall_near(self, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
        """Those of them that are in memory, so that looking waits for no disk and no server."""
        return self._recall([self._key(essay) for essay in essays], self._near)

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Read essays, taking from the cache what is there.

        Raises:
            InputError: an essay holds no word, or its task or a given number is needed and missing; the
                message names it.
        """
        require_tasks(self._bundle, essays)
        keys = [self._key(essay) for essay in essays]
        recalled = self._recall(keys, self._cache)
        if self.reads_together and recalled.count(None) > 1:
            return self._read_together(essays, keys, recalled)
        return tuple(
            known or self._flights.do(key, partial(self._read_anew, essay, key))
            for essay, key, known in zip(essays, keys, recalled, strict=True)
        )

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade what was read.

        Raises:
            BundleError: the readings are another model's.
        """
        if not readings:
            return ()
        for reading in readings:
            if reading.values.shape != (self.width,):
                raise BundleError(
                    f"a reading of {reading.values.size} numbers is not one of model {self.identity.name} "
                    f"{self.identity.version}, which reads {self.width}; read the essay with this model"
                )
        values: NDArray[np.float32]
        if len(readings) == 1:
            values = readings[0].values[None]
        else:
            values = np.stack([reading.values for reading in readings])
        advisories = [reading.advisories for reading in readings]
        return tuple(graded(self._bundle, essay_ids, values, advisories, n_reasons=n_reasons))

    @property
    def releases_nothing(self) -> bool:
        """Whether no answer may go out without a teacher's look, however sure it is."""
        return not self._bundle.overall.confidence.releases(np.ones(1)).any()

    def test_itself(self) -> None:
        """Grade the rows that came with the bundle.

        Raises:
            BundleError: they came out otherwise than when it was made.
        """
        for target in (self._bundle.overall, *self._bundle.traits):
            rows = target.self_test.rows(n_features=self.width)
            target.self_test.check(target.grader.predict(rows))

    def close(self) -> None:
        """Nothing is held but memory."""

    def _tool_fingerprints(self) -> Sequence[str]:
        checker = "" if self._checkers is None else self._checkers.one.fingerprint
        return checker, "" if self._embedder is None else self._embedder.fingerprint

    def _key(self, essay: Essay) -> str:
        return reading_key(essay, shaped_by=self._shaped_by, given=self._given)

    def _recall(self, keys: Sequence[str], cache: Cache | None) -> tuple[Reading | None, ...]:
        stored = {} if cache is None else cache.get_many(keys)
        return tuple(
            reading_from_bytes(stored[key], key, width=self.width) if key in stored else None for key in keys
        )

    def _read_together(
        self, essays: Sequence[Essay], keys: Sequence[str], recalled: Sequence[Reading | None]
    ) -> tuple[Reading, ...]:
        """Read what is not in the cache at one go, the same text once; what is said is the same."""
        bundle = self._bundle
        unread = {
            key: essay for essay, key, known in zip(essays, keys, recalled, strict=True) if known is None
        }
        asked, texts = tuple(unread.values()), [essay.text for essay in unread.values()]
        parts = [given_values(asked, self._given)]
        if self._embeds and self._embedder is not None:
            parts.append(embed_texts(texts, self._embedder, cache=self._cache).vectors)
        measured = FeatureMatrix(np.concatenate(parts, axis=1), bundle.measured, tuple(unread))
        rows = bundle.complete(measured, texts).values
        rows.flags.writeable = False
        fresh = {
            key: Reading(row, self._advisories(essay, row))
            for (key, essay), row in zip(unread.items(), rows, strict=True)
        }
        self._cache.put_many({key: reading_to_bytes(reading, key) for key, reading in fresh.items()})
        return tuple(known or fresh[key] for key, known in zip(keys, recalled, strict=True))

    def _advisories(self, essay: Essay, row: Row) -> tuple[Advisory, ...]:
        reference = self._bundle.texts_reference
        if reference is None:
            return ()
        matrix = FeatureMatrix(row[None, :], self._bundle.schema, (essay.id,))
        return find_advisories(essay, handcrafted_part(matrix).values[0], reference)

    def _read_anew(self, essay: Essay, key: str) -> Reading:
        # Whoever was reading the text a moment ago may have finished since the cache was asked.
        if known := self._recall((key,), self._cache)[0]:
            return known
        reading = self._read_text(essay)
        self._cache.put_many({key: reading_to_bytes(reading, key)})
        return reading

    def _read_text(self, essay: Essay) -> Reading:
        bundle, ahead = self._bundle, _Ahead()
        row, document = self._measured(essay, ahead)
        measured = FeatureMatrix(row[None, :], bundle.measured, (essay.id,))
        complete = bundle.complete(measured, (essay.text,), wording=ahead.wording)
        advisories: tuple[Advisory, ...] = ()
        if (reference := bundle.texts_reference) is not None:
            named = handcrafted_part(complete).values[0]
            if ahead.advisories is None:
                advisories = find_advisories(essay, named, reference, document=document)
            else:
                advisories = with_measured(ahead.advisories, named, reference)
        values = complete.values[0]
        values.flags.writeable = False
        return Reading(values, advisories)

    def _look_ahead(self, essay: Essay, ahead: _Ahead, document: Document) -> None:
        if self._bundle.texts_reference is not None:
            ahead.advisories = text_advisories(essay, document, self._bundle.texts_reference)
        ahead.wording = self._bundle.wording((essay.text,))

    def _measured(self, essay: Essay, ahead: _Ahead) -> tuple[Row, Document | None]:
        """The columns that nothing learnt adds to, and the document, where it was made."""
        parts: list[Row] = [given_values((essay,), self._given)[0]]
        document: Document | None = None
        if len(self._extracted.schema):
            key = cache_key(essay, self._extracted.schema)
            row, document = self._tools.measuring.do(key, partial(self._extract, essay, key, ahead))
            parts.insert(0, row)
        if self._embeds and self._embedder is not None:
            parts.append(embed_texts((essay.text,), self._embedder, cache=self._cache).vectors[0])
        return np.concatenate(parts), document

    def _extract(self, essay: Essay, key: str, ahead: _Ahead) -> tuple[Row, Document | None]:
        rows = CachedRows((key,), len(self._extracted.schema), self._cache)
        if any(rows.look_up()):
            return rows.values[0], None
        try:
            row, document = self._measure(essay, ahead)
        except InputError as error:
            raise InputError(f"essay {essay.id!r}: {error}") from error
        rows.add({key: row})
        return row, document

    def _measure(self, essay: Essay, ahead: _Ahead) -> tuple[Row, Document]:
        findings: Callable[[], tuple[Finding, ...]] = tuple
        if self._checkers is not None:
            findings = self._checkers.begin(essay.text)
        document = build_document(
            essay.text, language=self._bundle.schema.language, prompt_text=essay.prompt_text
        )
        meanwhile = partial(self._look_ahead, essay, ahead)
        return measure_beside(document, self._extracted, findings, meanwhile=meanwhile)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
