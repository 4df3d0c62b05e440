"""Small registries to act upon: real bundles, real stores, and gates that say what a test wants."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.sql.addresses import read_address, sqlite_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.errors import UnavailableError
from gradewise.models.bundles.bundle import metadata_of
from gradewise.models.bundles.storage import content_id, read_bundle_files, sign
from gradewise.registry.acts import Actor
from gradewise.registry.decisions import decide_promotion, decide_registration
from gradewise.registry.records import GateRecord, ModelRecord, NewModel
from gradewise.telemetry import Event, Notice
from gradewise.work_events import StepTaken
from gradewise.workflows.registry.promote import JudgeAgainst
from gradewise.workflows.registry.services import RegistryServices

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAME = "essays"
T = TypeVar("T")


def version_of(number: int) -> str:
    """The version of a numbered bundle."""
    return f"20260131_{number:06d}"


@dataclass(frozen=True)
class Place:
    """Where a test's registry lies."""

    path: Path
    """Of its models and its far store."""
    bundles: tuple[Path, ...] = ()
    """What may be registered, numbered from 1."""
    url: str | None = None
    """Of its database; a file beside the models when ``None``."""

    @property
    def models(self) -> Path:
        """Where models are deployed."""
        return self.path / "models"

    @property
    def stores(self) -> tuple[DirectoryStore, DirectoryStore]:
        """The local one, and the far one."""
        return DirectoryStore(self.models / ".registry" / "store"), DirectoryStore(self.path / "far")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[RegistryServices]:
        """The registry, as long as the block runs."""
        beside = sqlite_address(self.models / ".registry" / "registry.sqlite")
        async with open_registry(read_address(self.url) if self.url else beside) as registry:
            yield RegistryServices(
                registry=registry,
                stores=self.stores,
                models_directory=self.models,
                user="teacher@school",
                clock=partial(datetime.now, UTC),
            )

    def within(self, acts: Callable[[RegistryServices], Awaitable[T]]) -> T:
        """Act upon the registry of this place."""

        async def run() -> T:
            async with self.opened() as services:
                return await acts(services)

        return asyncio.run(run())

    def linked(self, link: str) -> str | None:
        """The version that a reader of a link gets; ``None`` where there is no link."""
        path = self.models / NAME / link
        return metadata_of(read_bundle_files(path)).version if path.exists() else None


def judge_of(
    model: ModelRecord, *, passed: bool = True, asked: list[str | None] | None = None
) -> JudgeAgainst:
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


def somebody() -> Actor:
    """Who acts once."""
    return Actor(id=str(uuid.uuid4()), by="teacher@school", at=START)


async def staged(services: RegistryServices, number: int) -> ModelRecord:
    """A model in staging whose bundle is as small as a bundle can be; it would not grade."""
    files = sign({"number.txt": str(number).encode()})
    services.stores[0].put(files)
    new = NewModel(
        id=str(uuid.uuid4()),
        model_name=NAME,
        version=version_of(number),
        content_id=content_id(files),
        model_path="",
    )
    await services.registry.act(NAME, partial(decide_registration, actor=somebody(), new=new))
    (model,) = await services.registry.find_models(new.id)
    report = await judge_of(model)(None)
    await services.registry.add_gate_record(report)
    stage = partial(decide_promotion, actor=somebody(), model_id=new.id, to="staging", report=report)
    await services.registry.act(NAME, stage)
    return model


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
