"""The program for the commands of pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.walkthrough import PAGE

from warm_commands import warm_gradewise


@pytest.fixture(scope="package")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with the program in it; its features are cached for all pages."""
    environment = {
        "GRADEWISE_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "GRADEWISE_WORKERS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(PAGE.parent.parent / "src"),
    }
    with warm_gradewise(environment) as directory:
        yield directory
