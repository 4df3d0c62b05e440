"""Models as a slot serves them: real bundles that read a text as zeros, sources that a test turns over."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.storage import content_id
from gradewise.service_events import ModelReloaded
from gradewise.telemetry import Event
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.workflows.score import Prediction, predictions
from gradewise.workflows.scoring.models import ModelIdentity, Reading
from gradewise.workflows.scoring.sources import Wanted

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When everything happens."""
NAME = "essays"
"""Of every model."""


def clock() -> datetime:
    """Noon."""
    return NOON


def made_up_files(count: int) -> tuple[dict[str, bytes], ...]:
    """The files of bundles that differ in their version."""
    grader, boosters = made_up_grader()
    versions = (f"20260131_{number:06d}" for number in range(1, count + 1))
    return tuple(
        bundle_files(made_up_bundle(grader, boosters, name=NAME, version=version)) for version in versions
    )


class ServedModel:
    """A real bundle that reads a text as zeros."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Build it."""
        self.bundle = bundle_from_files(files)
        self.closed = 0

    @property
    def identity(self) -> ModelIdentity:
        """Which it is."""
        known = self.bundle.metadata
        return ModelIdentity(name=known.name, version=known.version, digest=self.bundle.digest)

    @property
    def scale(self) -> Scale:
        """Of the overall grade."""
        return self.bundle.scale

    @property
    def width(self) -> int:
        """Features."""
        return len(self.bundle.schema)

    @property
    def reading_fingerprint(self) -> str:
        """Of the features."""
        return self.bundle.schema.fingerprint

    @property
    def reads_judgement(self) -> bool:
        """It reads texts alone."""
        return False

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Zeros."""
        if self.closed:
            raise AssertionError("a model was used after it was closed")
        return tuple(Reading(np.zeros(self.width, np.float32), ()) for _ in essays)

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade zeros."""
        if self.closed:
            raise AssertionError("a model was used after it was closed")
        values = np.stack([reading.values for reading in readings])
        matrix = FeatureMatrix(values, self.bundle.schema, tuple(essay_ids))
        essays = [Essay(id=each, text="A short text.") for each in essay_ids]
        return tuple(predictions(self.bundle, essays, matrix, n_reasons=n_reasons))

    def close(self) -> None:
        """Count."""
        self.closed += 1


@dataclass
class Turning:
    """A source that offers what a test puts there."""

    files: Mapping[str, bytes] | None
    wanted_error: Exception | None = None
    fetch_error: Exception | None = None
    place: str = "a test"
    fetched: int = 0
    meanwhile: list[Mapping[str, bytes]] = field(default_factory=list)
    """What is exchanged for the files between each look and its reading."""
    manifest: bytes | None = None

    async def wanted(self) -> Wanted | None:
        """What is there."""
        if self.wanted_error is not None:
            raise self.wanted_error
        if self.files is None:
            return None
        wanted = Wanted(
            token=content_id(self.files), place=self.place, name=NAME, content_id=content_id(self.files)
        )
        return replace(wanted, token=f"{wanted.token} {self.manifest!r}", manifest=self.manifest)

    async def fetch(self, wanted: Wanted) -> dict[str, bytes]:
        """The files that are there by now."""
        await asyncio.sleep(0)
        assert wanted.name == NAME
        self.fetched += 1
        if self.meanwhile:
            self.files = self.meanwhile.pop()
        if self.fetch_error is not None:
            raise self.fetch_error
        return dict(self.files or {})


async def tried_here(files: Mapping[str, bytes]) -> None:
    """Try files in this process: as the real trial, but for what would kill it."""
    bundle_from_files(files)


@dataclass
class Told:
    """Hears a slot."""

    reloads: list[ModelReloaded] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Keep what is told."""
        assert isinstance(event, ModelReloaded)
        self.reloads.append(event)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Outcome and reason of each."""
        return [(each.outcome, each.reason) for each in self.reloads]
