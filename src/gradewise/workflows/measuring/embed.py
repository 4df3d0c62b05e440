"""What a text model sees of essays: cached by text, resumable; and that beside named features."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.essays.records import Essay
from gradewise.essays.texts import text_sha256
from gradewise.features.documents import Document
from gradewise.features.embeddings import handcrafted_schema
from gradewise.features.given import given_columns, given_values, without_given
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.protocols.measuring import Cache, Embedder, LanguageChecker
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.measuring.cached_rows import CachedRows, Row, refuse_repeated_ids
from gradewise.workflows.measuring.extract import CheckerFactory, extract_features, extract_one

CHUNK = 32
"""Texts after which vectors are kept: little is lost when a run is killed."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Texts as a text model sees them."""

    vectors: NDArray[np.float32]
    """Shape ``(n, dimensions)``."""
    pieces: NDArray[np.int64]
    """In how many pieces each was read: shape ``(n,)``."""


def embed_texts(
    texts: Sequence[str], embedder: Embedder, *, cache: Cache, listener: Listener = silent
) -> Embedded:
    """Embed every text, taking from the cache what is there and adding to it what was not.

    A run that is stopped goes on from where it was. The result does not depend on the cache, or on the order
    and company in which texts come.

    Args:
        texts: The same text twice is embedded once.
        embedder: The text model.
        cache: Vectors of earlier runs, by model and text.
        listener: Hears stage ``embeddings``, and how many texts had to be read in pieces.

    Raises:
        InputError: the model fails on a text.
    """
    # The number of pieces is kept behind the vector.
    rows = CachedRows(
        [vector_key(text_sha256(text), embedder.fingerprint) for text in texts],
        embedder.dimensions + 1,
        cache,
    )
    with stage(listener, "embeddings", total=len(texts), unit="essays") as advance:
        for done in rows.look_up():
            advance(done)
        missing = rows.missing()
        for start in range(0, len(missing), CHUNK):
            chunk = missing[start : start + CHUNK]
            made = _embedded([texts[place] for _, place in chunk], embedder)
            rows.add({key: row for (key, _), row in zip(chunk, made, strict=True)})
            advance(rows.done)
    embedded = Embedded(rows.values[:, :-1], rows.values[:, -1].astype(np.int64))
    if (embedded.pieces > 1).any():
        listener(Notice(_coverage(embedded.pieces)))
    return embedded


def measure_columns(
    essays: Sequence[Essay],
    *,
    schema: FeatureSchema,
    checker: CheckerFactory | None,
    embedder: Embedder | None,
    cache: Cache,
    workers: int | None = None,
    listener: Listener = silent,
) -> FeatureMatrix:
    """Measure every essay: handcrafted features, what came with it, then what a text model sees, where asked.

    Arguments and errors are those of `extract_features`, `given_values` and `embed_texts`. What came with
    essays is in no cache.

    Raises:
        BundleError: the schema has columns of a text model, and there is none.
    """
    refuse_repeated_ids(essays)
    named = handcrafted_schema(schema)
    measured = without_given(named)
    parts = [given_values(essays, given_columns(named))]
    if len(measured):
        matrix = extract_features(
            essays, schema=measured, checker=checker, cache=cache, workers=workers, listener=listener
        )
        parts.insert(0, matrix.values)
    if len(named) < len(schema):
        texts = [essay.text for essay in essays]
        model = _required(embedder)
        parts.append(embed_texts(texts, model, cache=cache, listener=listener).vectors)
    return FeatureMatrix(np.concatenate(parts, axis=1), schema, tuple(essay.id for essay in essays))


def measure_one(
    essay: Essay, *, schema: FeatureSchema, checker: LanguageChecker | None, embedder: Embedder | None
) -> tuple[Row, Document | None]:
    """Measure one essay, as when it is scored: the columns of a schema, and the document that was measured.

    There is no document where nothing but a text model reads the essay.

    Raises:
        InputError: as `extract_one` and `given_values`, or the model fails on the text.
        BundleError: the schema has columns of a text model, and there is none.
    """
    named = handcrafted_schema(schema)
    measured = without_given(named)
    row: Row = given_values((essay,), given_columns(named))[0]
    document: Document | None = None
    if len(measured):
        extracted, document = extract_one(essay, schema=measured, checker=checker)
        row = np.concatenate([extracted, row])
    if len(named) < len(schema):
        row = np.concatenate([row, _required(embedder).embed((essay.text,))[0]])
    return row, document


def _required(embedder: Embedder | None) -> Embedder:
    if embedder is None:
        raise BundleError("the features need a text model and none was given; open the one of the training")
    return embedder


def vector_key(digest: str, fingerprint: str) -> str:
    """Where the vector of a text is cached: 64 hex digits of the model and of the text's digest."""
    return hashlib.sha256(f"embedding\0{fingerprint}\0{digest}".encode()).hexdigest()


def _embedded(texts: Sequence[str], embedder: Embedder) -> NDArray[np.float32]:
    pieces = embedder.count_pieces(texts).astype(np.float32)
    return np.concatenate([embedder.embed(texts), pieces[:, None]], axis=1)


def _coverage(pieces: NDArray[np.int64]) -> str:
    longer = pieces[pieces > 1]
    return (
        f"{len(longer)} of {len(pieces)} essays are longer than the text model reads at once; they were read "
        f"in {longer.mean():.1f} overlapping pieces on average, and nothing was cut off"
    )
