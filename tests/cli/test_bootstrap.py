"""The composition root: services are wired, versions told, and nothing depends on where one stands."""

import asyncio
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from gradewise import bootstrap
from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.harper_checker import HarperChecker
from gradewise.bootstrap import databases, installation
from gradewise.errors import PlanError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.settings import Settings
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.workflows.score import score_many
from trials import Trained


def test_services_are_wired_and_released(tmp_path: Path) -> None:
    """The cache lies where the settings say, and is closed afterwards."""
    with bootstrap.services_from(Settings(tmp_path / "cache", 3)) as services:
        services.cache.put_many({"key": b"value"})
        assert {"key": b"value"} == services.cache.get_many(["key"])
        assert (3, True) == (services.workers, services.clock().tzinfo is not None)
        assert services.command_line
        with services.watch(tmp_path):
            assert (tmp_path / "fault.log").is_file()
    assert (tmp_path / "cache" / "features.sqlite").is_file()


def test_a_checker_is_found_only_for_languages_that_it_knows() -> None:
    """Harper knows English; no other name is known."""
    assert HarperChecker is bootstrap.find_checker("harper", "en")
    assert bootstrap.find_checker("harper", "sv") is None
    assert bootstrap.find_checker("none", "en") is None


def test_stores_are_found_by_address(tmp_path: Path) -> None:
    """Bundles lie beside the registry; further copies lie where the settings say, on disk or elsewhere."""
    alone = Settings(tmp_path, None, models_directory=tmp_path / "models")
    assert [str(tmp_path / "models/.registry/store")] == [
        each.location for each in databases.stores_from(alone)
    ]
    both = replace(alone, artifacts_url="s3://bucket/bundles")
    assert "s3://bucket/bundles" == databases.stores_from(both)[1].location
    with pytest.raises(PlanError, match="leave that out") as refused:
        databases.stores_from(replace(alone, artifacts_url="s3://key:secret@bucket/bundles"))
    assert "secret" not in str(refused.value)
    for address in (str(tmp_path), f"file://{tmp_path}"):
        found = bootstrap.find_store(address)
        assert isinstance(found, DirectoryStore)
        assert str(tmp_path) == found.location


def test_versions_do_not_depend_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revision is that of this code, not of the repository in which somebody keeps essays."""
    here = bootstrap.installed_versions()
    monkeypatch.chdir(tmp_path)
    assert here == bootstrap.installed_versions()
    assert {"python", "gradewise", "lightgbm"} <= set(here)


def test_without_git_or_a_checkout_there_is_no_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed code has none, even inside somebody's repository; neither has a machine without git."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(installation, "__file__", str(tmp_path / "installation.py"))
    assert "git" not in bootstrap.installed_versions()

    def no_git(*_arguments: object, **_options: object) -> NoReturn:
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", no_git)
    assert "git" not in bootstrap.installed_versions()


def test_versions_of_what_is_not_installed_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no distribution has is passed over."""
    monkeypatch.setattr(installation, "RECORDED", ("numpy", "no-such-distribution"))
    assert {"python", "numpy"} == set(bootstrap.installed_versions()) - {"git"}


def test_a_warm_scorer_says_of_one_essay_what_scoring_a_file_says(trained: Trained, tmp_path: Path) -> None:
    """However many threads share the checking of an essay, grade, probabilities and reasons are the same."""
    essays = list(SAMPLE_TEXTS.values())
    scorer = bootstrap.load_scorer(trained.bundle)
    with bootstrap.services_from(Settings(tmp_path, 1)) as services:
        expected = list(score_many(load_bundle(trained.bundle), essays, services, n_reasons=6))
    for essay, from_file in zip(essays, expected, strict=True):
        warm = scorer.score(essay)
        assert (from_file.grade, from_file.score) == (warm.grade, warm.score)
        assert pytest.approx(dict(from_file.probabilities)) == dict(warm.probabilities)
        assert {reason.feature: pytest.approx(reason.effect) for reason in from_file.reasons} == {
            reason.feature: reason.effect for reason in warm.reasons
        }


def test_the_registry_is_opened_where_settings_say(tmp_path: Path) -> None:
    """A file among the models unless a URL is named; who acts and where models go come along."""

    async def _open(settings: Settings) -> tuple[str, ...]:
        async with bootstrap.registry_from(settings) as services:
            assert ("anna", settings.models_directory) == (services.user, services.models_directory)
            assert services.clock().tzinfo is not None
            return await services.registry.names()

    settings = Settings(tmp_path, None, models_directory=tmp_path / "models", user="anna")
    assert () == asyncio.run(_open(settings))
    assert (tmp_path / "models" / ".registry" / "registry.sqlite").is_file()
    elsewhere = replace(settings, database_url=f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    assert () == asyncio.run(_open(elsewhere))
    assert (tmp_path / "elsewhere.sqlite").is_file()
