"""A registry of one's own for each test: on SQLite, with a local and a far store, and bundles to act upon."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.sql.addresses import read_address, sqlite_address
from gradewise.adapters.sql.registry import open_registry
from gradewise.models.bundle import write_bundle
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.workflows.registry.services import RegistryServices
from lifecycle_trials import NAME, Clock, version_of

T = TypeVar("T")
N_BUNDLES = 5


@dataclass(frozen=True)
class Place:
    """Where a test's registry lies."""

    path: Path
    """A directory of its own."""
    bundles: tuple[Path, ...]
    """What may be registered."""

    @property
    def models(self) -> Path:
        """Where models are deployed."""
        return self.path / "models"

    @asynccontextmanager
    async def opened(self, url: str | None = None) -> AsyncIterator[RegistryServices]:
        """The registry, on a SQLite file of its own unless the URL of a database is given."""
        address = read_address(url) if url else sqlite_address(self.models / ".registry" / "registry.sqlite")
        async with open_registry(address) as registry:
            yield RegistryServices(
                registry=registry,
                stores=(
                    DirectoryStore(self.models / ".registry" / "store"),
                    DirectoryStore(self.path / "far"),
                ),
                models_directory=self.models,
                user="teacher@school",
                clock=Clock(),
            )

    def within(self, acts: Callable[[RegistryServices], Awaitable[T]]) -> T:
        """Act upon the registry of this place."""

        async def run() -> T:
            async with self.opened() as services:
                return await acts(services)

        return asyncio.run(run())


def make_bundles(directory: Path, count: int) -> tuple[Path, ...]:
    """Bundles of one grader that differ in their version, numbered from 1."""
    grader, boosters = made_up_grader()
    return tuple(
        write_bundle(
            made_up_bundle(grader, boosters, name=NAME, version=version_of(number)), directory / str(number)
        )
        for number in range(1, count + 1)
    )


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Bundles that differ in their version, numbered from 1; not to be changed."""
    return make_bundles(tmp_path_factory.mktemp("bundles"), N_BUNDLES)


@pytest.fixture
def place(tmp_path: Path, bundles: tuple[Path, ...]) -> Place:
    """A registry in which nothing was done."""
    return Place(tmp_path, bundles)
