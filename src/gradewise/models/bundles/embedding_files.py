"""What a bundle knows of the text model behind its columns, as files; the model itself is not in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gradewise.errors import BundleError, InputError
from gradewise.features.embeddings import EMBEDDER, EMBEDDING, with_components, with_dimensions
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.files import from_json, to_json
from gradewise.models.projection import Projection

RECORD = "embedder.json"
"""Which text model, and how it reads."""
ARRAYS = "projection.safetensors"
"""Principal axes, where there are some."""
EMBEDDING_FILES = frozenset({RECORD, ARRAYS})
"""Files that only bundles with a text model's columns hold."""

_OF_PROJECTION = ("means", "axes")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderRecord:
    """Which text model a bundle needs, and how it reads texts."""

    name: str
    """Of the model's directory, for people."""
    fingerprint: str
    """Of the model, with how it reads texts."""
    dimensions: int
    """Of its vectors."""
    max_tokens: int
    """Longest piece read at once."""
    overlap: int
    """Tokens that neighbouring pieces share."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbeddingPart:
    """A text model's part in a bundle."""

    record: EmbedderRecord
    """Which model."""
    projection: Projection | None = None
    """Makes components of its dimensions; ``None`` where these are columns themselves."""

    def measured(self, schema: FeatureSchema) -> FeatureSchema:
        """The schema with the dimensions that are measured in the place of components."""
        return with_dimensions(schema, self.record.dimensions)


def check_embedding(schema: FeatureSchema, embedding: EmbeddingPart | None) -> None:
    """Refuse a record or a projection that does not make the schema's columns of a text model.

    Raises:
        BundleError: they do not belong together.
    """
    if not any(spec.group == EMBEDDING for spec in schema.specs):
        if embedding is not None:
            raise BundleError(f"{RECORD} names a text model, the feature schema has no column of one")
        return
    if embedding is None:
        raise BundleError(f"{RECORD} is missing, and the feature schema has columns of a text model")
    record, projection = embedding.record, embedding.projection
    seen = embedding.measured(schema)
    if projection is not None:
        seen = with_components(seen, projection.n_components)
    fits = projection is None or projection.n_dimensions == record.dimensions
    if not fits or schema.versions.get(EMBEDDER) != record.fingerprint or seen.specs != schema.specs:
        raise BundleError(f"{RECORD} is about other columns than the feature schema; copy the bundle again")


def embedding_to_files(embedding: EmbeddingPart | None) -> dict[str, bytes]:
    """A text model's part as files by name; none without one."""
    if embedding is None:
        return {}
    files = {RECORD: to_json(embedding.record)}
    if embedding.projection is not None:
        arrays = {name: np.ascontiguousarray(getattr(embedding.projection, name)) for name in _OF_PROJECTION}
        files[ARRAYS] = bytes(save(arrays))
    return files


def embedding_from_files(files: Mapping[str, bytes], schema: FeatureSchema) -> EmbeddingPart | None:
    """The text model's part among files that `embedding_to_files` wrote; ``None`` where there is none.

    Raises:
        BundleError: a file is not readable, is missing, or belongs to another schema.
    """
    embedding = None
    if RECORD in files:
        record = from_json(EmbedderRecord, files[RECORD], name=RECORD)
        projection = _projection(files[ARRAYS]) if ARRAYS in files else None
        embedding = EmbeddingPart(record=record, projection=projection)
    elif ARRAYS in files:
        raise BundleError(f"{ARRAYS} stands without {RECORD}; copy the bundle again")
    check_embedding(schema, embedding)
    return embedding


def _projection(content: bytes) -> Projection:
    try:
        arrays = load(content)
        if odd := set(arrays) ^ set(_OF_PROJECTION):
            raise BundleError(f"{ARRAYS}: array {min(odd)!r} is missing or unknown; copy the bundle again")
        return Projection(**arrays)
    except (InputError, SafetensorError) as error:
        raise BundleError(f"{ARRAYS}: {error}; copy the bundle again") from error
