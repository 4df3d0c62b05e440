"""What members read together: shared features once, and what is each one's own under a name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from gradewise.errors import BundleError
from gradewise.features.catalogue import WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.bundles.ensemble_layout import lay_out


def spec(name: str, group: str = "length") -> FeatureSpec:
    """A column."""
    return FeatureSpec(name, "points", group, -np.inf, np.inf, f"{name}.")


def schema(*specs: FeatureSpec, language: str = "en", **versions: str) -> FeatureSchema:
    """Columns of one installation."""
    return FeatureSchema(specs, language, versions)


@dataclass
class Member:
    """Reads what it is told, and adds the length of the text as its wording."""

    measured: FeatureSchema
    wording: bool = True

    @property
    def schema(self) -> FeatureSchema:
        """What it reads."""
        own = (spec("wording_words", WORDING),) if self.wording else ()
        return replace(self.measured, specs=(*self.measured.specs, *own))

    def complete(self, measured: FeatureMatrix, texts: Sequence[str]) -> FeatureMatrix:
        """Add the length."""
        assert measured.schema.names == self.measured.names
        lengths = np.array([[len(text)] for text in texts], dtype=np.float32)[:, : int(self.wording)]
        return FeatureMatrix(
            np.concatenate([measured.values, lengths], axis=1), self.schema, measured.essay_ids
        )


WORDS, COMMAS, SEEN = spec("words"), spec("commas"), spec("embedding_001", EMBEDDING)


def test_shared_features_stand_once_and_own_ones_apart() -> None:
    """Named features first, then each member's own; every member gets back just what it reads."""
    members = (
        Member(schema(WORDS)),
        Member(schema(WORDS, COMMAS, SEEN)),
        Member(schema(COMMAS), wording=False),
    )
    layout = lay_out(members)
    assert ("words", "commas", "embedding_001") == layout.measured.names
    assert (
        "words", "commas", "member_1_wording_words", "member_2_embedding_001", "member_2_wording_words",
    ) == layout.schema.names  # fmt: skip
    assert 1 == layout.widest
    measured = FeatureMatrix(np.array([[3, 1, 0.5]], dtype=np.float32), layout.measured, ("a",))
    whole = layout.complete(measured, ("four",))
    assert [[3, 1, 4, 0.5, 4]] == whole.values.tolist()
    assert [[3, 4], [3, 1, 0.5, 4], [1]] == [whole.values[0, columns].tolist() for columns in layout.columns]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (schema(spec("dashes")), "member 2 measures dashes"),
        (schema(WORDS, language="sv"), "another language"),
        (schema(WORDS, extractor="2"), "another extractor"),
        (schema(WORDS, COMMAS, spec("embedding_002", EMBEDDING)), "another text model"),
    ],
    ids=["features", "language", "tool", "text model"],
)
def test_members_that_measure_otherwise_are_refused(other: FeatureSchema, message: str) -> None:
    """One installation must be able to read for all of them."""
    first = schema(WORDS, COMMAS, SEEN, extractor="1")
    with pytest.raises(BundleError, match=message):
        lay_out((Member(first), Member(other)))
