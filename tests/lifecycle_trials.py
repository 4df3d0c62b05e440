"""Small registries to act upon: real bundles, real stores, and gates that say what a test wants."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gradewise.errors import UnavailableError
from gradewise.models.bundle import write_bundle
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.telemetry import Event, Notice, StepTaken
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.workflows.registry.promote import JudgeAgainst

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAME = "essays"


class Clock:
    """A clock that goes on by a minute whenever it is read, and can be set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """A minute later than before."""
        self.now += timedelta(minutes=1)
        return self.now


def version_of(number: int) -> str:
    """The version of a numbered bundle."""
    return f"20260131_{number:06d}"


def make_bundles(directory: Path, count: int, *, first: int = 1) -> tuple[Path, ...]:
    """Bundles of one grader that differ in their version, numbered from 1."""
    grader, boosters = made_up_grader()
    return tuple(
        write_bundle(
            made_up_bundle(grader, boosters, name=NAME, version=version_of(number)), directory / str(number)
        )
        for number in range(first, first + count)
    )


def judge_of(model: ModelRecord, *, passed: bool = True, asked: list[str | None] | None = None) -> JudgeAgainst:
    """Gates that always say the same of a model, and remember against which version they were asked."""

    async def judge(production: ModelRecord | None) -> GateRecord:
        if asked is not None:
            asked.append(production.version if production else None)
        return GateRecord(
            id=str(uuid.uuid4()),
            content_id=model.content_id or "",
            model_name=model.model_name,
            version=model.version,
            against=production.content_id if production else None,
            made_at=START,
            passed=passed,
            rules_digest="1" * 64,
            data_sha256="2" * 64,
            report={"rules": []},
        )

    return judge


@dataclass
class Heard:
    """A listener that remembers."""

    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Remember an event."""
        self.events.append(event)

    @property
    def steps(self) -> list[str]:
        """Steps, in order."""
        return [event.step for event in self.events if isinstance(event, StepTaken)]

    @property
    def notices(self) -> list[str]:
        """Lines for the user."""
        return [event.message for event in self.events if isinstance(event, Notice)]


class StoreThatIsDown:
    """A store that does not answer."""

    location = "s3://far-away"

    def _refuse(self, *_: object) -> UnavailableError:
        return UnavailableError(f"{self.location} does not answer; try again later")

    def put(self, files: Mapping[str, bytes]) -> str:
        """Does not answer."""
        raise self._refuse(files)

    def get(self, content_id: str) -> dict[str, bytes]:
        """Does not answer."""
        raise self._refuse(content_id)

    def holds(self, content_id: str) -> bool:
        """Does not answer."""
        raise self._refuse(content_id)

    def content_ids(self) -> frozenset[str]:
        """Does not answer."""
        raise self._refuse()

    def place(self, content_id: str) -> str:
        """Where a bundle would lie."""
        return f"{self.location}/{content_id}"

    def remove(self, content_id: str) -> None:
        """Does not answer."""
        raise self._refuse(content_id)


MakeBundle = Callable[[int], Path]
