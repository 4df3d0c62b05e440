"""A registry of one's own for each test: a database, a local and a far store, and bundles to act upon."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import PostgresDatabases
from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.graders import made_up_bundle, made_up_grader
from lifecycle_trials import NAME, Place, version_of

N_BUNDLES = 5


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


@pytest.fixture
def server_place(tmp_path: Path, bundles: tuple[Path, ...], postgres: PostgresDatabases) -> Iterator[Place]:
    """The same on PostgreSQL."""
    with postgres.new() as url:
        yield Place(tmp_path, bundles, url)
