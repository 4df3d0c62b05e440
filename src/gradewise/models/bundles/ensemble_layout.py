"""What an ensemble reads: everything that its members measure, once, and what each has learnt on its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from gradewise.errors import BundleError
from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import EMBEDDING, handcrafted_schema
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.models.pooling import Columns

_OWN = frozenset({EMBEDDING, WORDING, AUXILIARY})


class ReadsEssays(Protocol):
    """What a layout needs to know of a member: see `Bundle`."""

    @property
    def schema(self) -> FeatureSchema:
        """Everything that it reads."""
        ...

    @property
    def measured(self) -> FeatureSchema:
        """The part that is measured of a text."""
        ...

    def complete(self, measured: FeatureMatrix, texts: Sequence[str]) -> FeatureMatrix:
        """Everything that it reads, from what was measured."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleLayout:
    """Where everything stands that members read."""

    members: tuple[ReadsEssays, ...]
    """The members."""
    widest: int
    """The place of the member that measures all named features; its reference speaks for them."""
    measured: FeatureSchema
    """What is measured of a text: named features, then the dimensions of a text model."""
    schema: FeatureSchema
    """What the ensemble reads: named features, which members share, then what is each member's own."""
    columns: tuple[Columns, ...]
    """For each member where its features stand in the schema."""
    sources: tuple[Columns, ...]
    """For each member where what it measures stands in `measured`."""

    def complete(self, measured: FeatureMatrix, texts: Sequence[str]) -> FeatureMatrix:
        """Everything that the ensemble reads of essays, from what was measured of them and their texts."""
        values = np.zeros((len(texts), len(self.schema)), dtype=np.float32)
        for member, columns, sources in zip(self.members, self.columns, self.sources, strict=True):
            own = FeatureMatrix(measured.values[:, sources], member.measured, measured.essay_ids)
            values[:, columns] = member.complete(own, texts).values
        return FeatureMatrix(values, self.schema, measured.essay_ids)


def _versions(schemas: Iterable[FeatureSchema]) -> dict[str, str]:
    """Of every tool that one of them needs."""
    return {tool: version for schema in schemas for tool, version in schema.versions.items()}


def lay_out(members: Sequence[ReadsEssays]) -> EnsembleLayout:
    """Put together what members read.

    Raises:
        BundleError: they measure otherwise, or no member measures all named features.
    """
    named = [handcrafted_schema(member.measured) for member in members]
    widest = max(range(len(members)), key=lambda place: (len(named[place]), -place))
    shared = named[widest].specs
    _require_alike(members, named, shared)
    seen = next((specs for specs in map(_seen, members) if specs), ())
    measured = replace(
        named[widest], specs=(*shared, *seen), versions=_versions(member.measured for member in members)
    )
    own = [[spec for spec in member.schema.specs if spec.group in _OWN] for member in members]
    renamed = [
        replace(spec, name=f"member_{number}_{spec.name}")
        for number, specs in enumerate(own, start=1)
        for spec in specs
    ]
    return EnsembleLayout(
        members=tuple(members),
        widest=widest,
        measured=measured,
        schema=replace(
            measured, specs=(*shared, *renamed), versions=_versions(member.schema for member in members)
        ),
        columns=_places(members, shared, own),
        sources=tuple(_indexes(member.measured, measured) for member in members),
    )


def _seen(member: ReadsEssays) -> tuple[FeatureSpec, ...]:
    return tuple(spec for spec in member.measured.specs if spec.group == EMBEDDING)


def _require_alike(
    members: Sequence[ReadsEssays], named: Sequence[FeatureSchema], shared: Sequence[FeatureSpec]
) -> None:
    first, known = members[0].measured, set(shared)
    for number, (member, schema) in enumerate(zip(members, named, strict=True), start=1):
        if strange := [spec.name for spec in schema.specs if spec not in known]:
            raise BundleError(
                f"member {number} measures {strange[0]}, which the member with the most features does not; "
                "one member must measure what all the others do"
            )
        versions = member.measured.versions
        odd = [
            tool for other in members for tool, version in other.measured.versions.items()
            if versions.get(tool, version) != version
        ]  # fmt: skip
        if odd or member.measured.language != first.language:
            raise BundleError(
                f"member {number} was trained with another {odd[0] if odd else 'language'} than others; "
                "train them with one installation"
            )
        dimensions = _seen(member)
        if dimensions and any(_seen(other) not in ((), dimensions) for other in members):
            raise BundleError(f"member {number} reads with another text model than others; use one for all")


def _places(
    members: Sequence[ReadsEssays], shared: Sequence[FeatureSpec], own: Sequence[Sequence[FeatureSpec]]
) -> tuple[Columns, ...]:
    position = {spec.name: place for place, spec in enumerate(shared)}
    places, start = [], len(shared)
    for member, specs in zip(members, own, strict=True):
        mine = {spec.name: start + place for place, spec in enumerate(specs)}
        places.append(
            np.array([(mine if spec.group in _OWN else position)[spec.name] for spec in member.schema.specs])
        )
        start += len(specs)
    return tuple(each.astype(np.intp) for each in places)


def _indexes(part: FeatureSchema, whole: FeatureSchema) -> Columns:
    position = {name: place for place, name in enumerate(whole.names)}
    return np.array([position[name] for name in part.names], dtype=np.intp)
