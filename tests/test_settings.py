"""The environment becomes settings."""

from pathlib import Path

import pytest

from gradewise.errors import PlanError
from gradewise.settings import Observability, read_observability, read_settings


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


def test_nothing_is_logged_or_measured_unless_asked_for() -> None:
    """Logs are off, metrics go nowhere, and a correlation id is drawn."""
    assert Observability() == read_observability({})
    assert not read_observability({}).hears


def test_logs_and_metrics_are_asked_for_by_the_environment() -> None:
    """Format, file, level, ways out of metrics, correlation id; secrets are known and not shown."""
    found = read_observability(
        {
            "GRADEWISE_LOG": "Console",
            "GRADEWISE_LOG_FILE": "a.log",
            "GRADEWISE_LOG_LEVEL": "DEBUG",
            "GRADEWISE_METRICS_FILE": "a.prom",
            "GRADEWISE_METRICS_PUSH": "https://anna:geheim@gateway",
            "GRADEWISE_METRICS_PORT": "9108",
            "GRADEWISE_METRICS_HOST": "::1",
            "GRADEWISE_CORRELATION_ID": "job-17.a:b_c",
        }
    )
    expected = Observability(
        log="console",
        log_file=Path("a.log"),
        log_level="debug",
        metrics_file=Path("a.prom"),
        metrics_push="https://anna:geheim@gateway",
        metrics_port=9108,
        metrics_host="::1",
        correlation_id="job-17.a:b_c",
        secrets=("geheim",),
    )
    assert expected == found
    assert (True, True) == (found.measures, found.hears)
    assert "geheim" not in repr(found)


@pytest.mark.parametrize("name", ["GRADEWISE_LOG_FILE", "GRADEWISE_LOG_LEVEL"], ids=["file", "level"])
def test_a_log_file_or_a_level_means_json(name: str) -> None:
    """Who names either wants a log."""
    assert "json" == read_observability({name: "info"}).log


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRADEWISE_LOG", "xml"),
        ("GRADEWISE_LOG_LEVEL", "loud"),
        ("GRADEWISE_METRICS_PORT", "65536"),
        ("GRADEWISE_METRICS_PORT", "-1"),
        ("GRADEWISE_CORRELATION_ID", "two\nlines"),
        ("GRADEWISE_CORRELATION_ID", "x" * 129),
        ("GRADEWISE_METRICS_PUSH", "gateway:9091"),
    ],
    ids=["format", "level", "port", "negative", "lines", "long", "push"],
)
def test_what_cannot_be_asked_for_is_refused(name: str, value: str) -> None:
    """The message names the variable."""
    with pytest.raises(PlanError, match=name):
        read_observability({name: value})
