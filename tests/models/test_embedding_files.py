"""What a bundle knows of its text model: read back as written, refused when it belongs to other columns."""

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save

from gradewise.errors import BundleError
from gradewise.features.catalogue import build_schema
from gradewise.features.embeddings import with_components, with_embeddings
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.embedding_files import (
    ARRAYS,
    EMBEDDING_FILES,
    RECORD,
    EmbedderRecord,
    EmbeddingPart,
    check_embedding,
    embedding_from_files,
    embedding_to_files,
)
from gradewise.models.bundles.files import to_json
from gradewise.models.projection import fit_projection
from gradewise.testing.graders import made_up_bundle

NAMED = build_schema(language="en", groups=["length"], has_findings=False, has_prompt_text=False)
EVERY = with_embeddings(NAMED, 6, fingerprint="model 1")
FEW = with_components(EVERY, 2)
KNOWN = EmbedderRecord(name="small", fingerprint="model 1", dimensions=6, max_tokens=64, overlap=8)
VECTORS = np.random.default_rng(0).normal(size=(20, 6)).astype(np.float32)
PLAIN = EmbeddingPart(record=KNOWN)
PROJECTED = EmbeddingPart(record=KNOWN, projection=fit_projection(VECTORS, 2))


@pytest.mark.parametrize(
    ("schema", "part"),
    [(EVERY, PLAIN), (FEW, PROJECTED), (NAMED, None)],
    ids=["dimensions", "components", "none"],
)
def test_files_bring_back_what_was_written(schema: FeatureSchema, part: EmbeddingPart | None) -> None:
    """Record and axes to the bit, and the columns that are measured."""
    found = embedding_from_files(embedding_to_files(part), schema)
    assert (found and found.record) == (part and part.record)
    if part and part.projection:
        assert found is not None
        assert found.projection is not None
        np.testing.assert_array_equal(part.projection.axes, found.projection.axes)
        np.testing.assert_array_equal(part.projection.means, found.projection.means)
    assert found is None or EVERY.fingerprint == found.measured(schema).fingerprint


def test_only_what_there_is_is_written() -> None:
    """No file without a text model, no axes without components."""
    written = [set(embedding_to_files(part)) for part in (None, PLAIN, PROJECTED)]
    assert [set(), {RECORD}, EMBEDDING_FILES] == written


@pytest.mark.parametrize(
    ("schema", "part", "said"),
    [
        (NAMED, PLAIN, "has no column of one"),
        (EVERY, None, "embedder.json is missing"),
        (FEW, PLAIN, "about other columns"),
        (EVERY, PROJECTED, "about other columns"),
        (EVERY, EmbeddingPart(record=replace(KNOWN, fingerprint="model 2")), "about other columns"),
        (EVERY, EmbeddingPart(record=replace(KNOWN, dimensions=5)), "about other columns"),
        (
            FEW,
            EmbeddingPart(record=replace(KNOWN, dimensions=7), projection=PROJECTED.projection),
            "about other columns",
        ),
    ],
    ids=["none needed", "none there", "no axes", "axes", "another model", "narrower", "wider"],
)
def test_a_part_of_other_columns_is_refused(
    schema: FeatureSchema, part: EmbeddingPart | None, said: str
) -> None:
    """Whether it is to be written or was read."""
    with pytest.raises(BundleError, match=said):
        check_embedding(schema, part)
    with pytest.raises(BundleError, match=said):
        embedding_from_files(embedding_to_files(part), schema)


def test_a_bundle_is_not_written_with_another_part() -> None:
    """Contents that do not belong together never become files."""
    with pytest.raises(BundleError, match="has no column of one"):
        replace(made_up_bundle(), embedding=PLAIN)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({RECORD: b"{"}, "embedder.json is not readable"),
        ({RECORD: json.dumps({"name": "small"}).encode()}, "embedder.json is not readable: fingerprint"),
        ({ARRAYS: b"noise"}, "projection.safetensors: "),
        ({ARRAYS: save({"means": np.zeros(6)})}, "array 'axes' is missing or unknown"),
        ({ARRAYS: save({"means": np.zeros(6), "axes": np.zeros((2, 5))})}, "are no projection"),
        ({RECORD: to_json(replace(KNOWN, dimensions=9))}, "about other columns"),
    ],
    ids=["no JSON", "few fields", "noise", "few arrays", "odd arrays", "other width"],
)
def test_damaged_files_are_refused(files: dict[str, bytes], said: str) -> None:
    """The message names the file."""
    with pytest.raises(BundleError, match=said):
        embedding_from_files(embedding_to_files(PROJECTED) | files, FEW)


def test_axes_without_a_record_are_refused() -> None:
    """They would be of nobody knows which model."""
    with pytest.raises(BundleError, match="stands without embedder.json"):
        embedding_from_files({ARRAYS: embedding_to_files(PROJECTED)[ARRAYS]}, FEW)
