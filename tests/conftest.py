"""What tests of commands and use cases share: one feature cache, one small trained model."""

import contextlib
import io
from pathlib import Path

import pytest
from hypothesis import settings

from gradewise.cli.main import run
from trials import Trained, only_run, small_plan

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def cache_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session's features are kept, so that each essay is measured once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, cache_directory: Path) -> Trained:
    """A model of 150 generated essays, trained by the command."""
    directory = tmp_path_factory.mktemp("trained")
    plan, printed = small_plan(directory), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
        assert 0 == run(["train", str(plan), "--output", str(directory / "output")])
    return Trained(plan, directory / "essays.csv", only_run(directory / "output"), printed.getvalue())
