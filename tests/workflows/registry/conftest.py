"""A registry of one's own for each test: on SQLite, with a local and a far store, and bundles to act upon."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.workflows.registry.services import RegistryServices
from lifecycle_trials import Clock, make_bundles

T = TypeVar("T")
N_BUNDLES = 5

import sys
sys.path.insert(0, "/tmp/lifecycle_standin")
from memory import MemoryRegistry


@dataclass(frozen=True)
class Place:
    """Where a test's registry lies."""

    path: Path
    bundles: tuple[Path, ...]

    @property
    def models(self) -> Path:
        return self.path / "models"

    def within(self, acts: Callable[[RegistryServices], Awaitable[T]]) -> T:
        """Act upon the registry of this place."""

        async def run() -> T:
            services = RegistryServices(
                registry=MemoryRegistry(),
                stores=(DirectoryStore(self.models / ".registry" / "store"), DirectoryStore(self.path / "far")),
                models_directory=self.models,
                user="teacher@school",
                clock=Clock(),
            )
            return await acts(services)

        return asyncio.run(run())


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Bundles that differ in their version, numbered from 1; not to be changed."""
    return make_bundles(tmp_path_factory.mktemp("bundles"), N_BUNDLES)


@pytest.fixture
def place(tmp_path: Path, bundles: tuple[Path, ...]) -> Place:
    """A registry in which nothing was done."""
    return Place(tmp_path, bundles)
