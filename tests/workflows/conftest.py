"""Services for use cases: real files, a quick checker, and a cache that each test may look into."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.bootstrap import services_from
from gradewise.features.findings import Finding
from gradewise.settings import Settings
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.workflows.services import Services

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class CountingChecker(FakeLanguageChecker):
    """A fake that remembers how many texts all of its kind have read."""

    def __init__(self, read: list[int]) -> None:
        super().__init__()
        self._read = read

    def check(self, text: str) -> tuple[Finding, ...]:
        """Count, and check."""
        self._read.append(len(text))
        return super().check(text)


@pytest.fixture
def read() -> list[int]:
    """Lengths of the texts that the checker has read."""
    return []


@pytest.fixture
def services(read: list[int]) -> Services:
    """Everything a use case asks for, with a clock that stands."""

    def find_checker(name: str, _language: str) -> Callable[[], CountingChecker] | None:
        return None if name == "none" else partial(CountingChecker, read)

    return Services(
        open_source=open_essay_file,
        find_checker=find_checker,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: NOW,
        versions={"gradewise": "0"},
    )


@pytest.fixture(autouse=True)
def _own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test stands in an empty directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def real(cache_directory: Path) -> Iterator[Services]:
    """Services with the tools that the model was trained with."""
    with services_from(Settings(cache_directory=cache_directory, workers=1)) as services:
        yield services
