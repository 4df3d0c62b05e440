"""What a text model sees of an essay, as columns: a vector of numbers that have no names of their own."""

from collections.abc import Sequence
from dataclasses import replace

from gradewise.features.schema import FeatureSchema, FeatureSpec

EMBEDDING = "embedding"
"""The group of columns that come from a text model."""
EMBEDDER = "embedder"
"""Under which name a schema records the text model."""

_PCA = "Jolliffe & Cadima (2016), doi:10.1098/rsta.2015.0202"


def with_embeddings(named: FeatureSchema, dimensions: int, *, fingerprint: str) -> FeatureSchema:
    """The schema with a column for each dimension of a text model behind what it has.

    Args:
        named: handcrafted features; may be none.
        dimensions: of the model's vectors.
        fingerprint: of the model, with how it reads texts.
    """
    return replace(
        named,
        specs=(*named.specs, *_dimensions(dimensions)),
        versions={**named.versions, EMBEDDER: fingerprint},
    )


def with_components(schema: FeatureSchema, n: int) -> FeatureSchema:
    """The schema with so many principal components in the place of a text model's dimensions."""
    return _replaced(schema, _components(n))


def with_dimensions(schema: FeatureSchema, n: int) -> FeatureSchema:
    """The schema with so many dimensions in the place of components: undoes `with_components`."""
    return _replaced(schema, _dimensions(n))


def handcrafted_schema(measured: FeatureSchema) -> FeatureSchema:
    """The part of a measured schema that has names: undoes `with_embeddings`."""
    return replace(
        measured,
        specs=tuple(spec for spec in measured.specs if spec.group != EMBEDDING),
        versions={tool: version for tool, version in measured.versions.items() if tool != EMBEDDER},
    )


def embedding_columns(schema: FeatureSchema) -> slice:
    """Where the columns of a text model stand, which is side by side; an empty slice where there are none."""
    columns = [column for column, spec in enumerate(schema.specs) if spec.group == EMBEDDING]
    return slice(columns[0], columns[-1] + 1) if columns else slice(0, 0)


def _replaced(schema: FeatureSchema, specs: Sequence[FeatureSpec]) -> FeatureSchema:
    columns = embedding_columns(schema)
    return replace(schema, specs=(*schema.specs[: columns.start], *specs, *schema.specs[columns.stop :]))


def _dimensions(n: int) -> tuple[FeatureSpec, ...]:
    return tuple(
        FeatureSpec(
            name=f"embedding_{number:03d}",
            unit="coordinate",
            group=EMBEDDING,
            low=-1.0,
            high=1.0,
            definition=f"Coordinate {number + 1} of {n} of the text on the unit sphere of a text model.",
        )
        for number in range(n)
    )


def _components(n: int) -> tuple[FeatureSpec, ...]:
    return tuple(
        FeatureSpec(
            name=f"embedding_pc_{number:02d}",
            unit="coordinate",
            group=EMBEDDING,
            low=-2.0,
            high=2.0,
            definition=f"Principal component {number} of {n} of a text model's vectors, learnt from training "
            "essays.",
            source=_PCA,
        )
        for number in range(1, n + 1)
    )
