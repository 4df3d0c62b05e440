"""The environment becomes settings."""

from pathlib import Path

import pytest

from gradewise.errors import PlanError
from gradewise.settings import read_settings


def test_the_cache_lies_in_the_users_cache_directory_by_default() -> None:
    """Without a word from the environment the XDG cache directory is used."""
    settings = read_settings({"XDG_CACHE_HOME": "/caches"})
    assert (Path("/caches/gradewise"), None) == (settings.cache_directory, settings.workers)


def test_a_named_cache_and_worker_count_are_followed() -> None:
    """Both variables win over the defaults."""
    settings = read_settings({"GRADEWISE_CACHE_DIR": "/fast", "GRADEWISE_WORKERS": "3"})
    assert (Path("/fast"), 3) == (settings.cache_directory, settings.workers)


@pytest.mark.parametrize("workers", ["0", "-1", "two", "1.5"])
def test_a_worker_count_that_is_none_is_refused(workers: str) -> None:
    """The message shows the value."""
    with pytest.raises(PlanError, match=workers):
        read_settings({"GRADEWISE_WORKERS": workers})


def test_a_text_model_is_named_by_the_environment_or_over_it() -> None:
    """None by default; a directory that is named otherwise wins."""
    assert read_settings({}).embedding_model is None
    settings = read_settings({"GRADEWISE_EMBEDDING_MODEL": "/models/small"})
    assert Path("/models/small") == settings.embedding_model
    assert settings == settings.with_embedding_model(None)
    assert Path("other") == settings.with_embedding_model(Path("other")).embedding_model
