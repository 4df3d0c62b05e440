"""Which run is meant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gradewise.errors import RunError
from gradewise.workflows.runs.catalogue import find_run, list_runs
from gradewise.workflows.runs.directory import make_run_directory

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OUTPUT = Path("output")


@pytest.fixture(autouse=True)
def runs() -> list[Path]:
    """Four runs, oldest first, of two experiments and two names; and directories that are none."""
    made = []
    for minute, (experiment, name) in enumerate([("a", "cv"), ("b", "cv"), ("a", "tune"), ("b", "cv")]):
        now = NOW + timedelta(minutes=minute)
        run = make_run_directory(OUTPUT, experiment, name, now=now)
        run.write_json("status.json", {"state": "failed", "run_name": name, "started_at": now.isoformat()})
        made.append(run.path)
    (OUTPUT / "a" / "20270101_000000_empty").mkdir()
    return made


def test_runs_are_listed_newest_first(runs: list[Path]) -> None:
    """Across experiments; a directory that holds no run is none."""
    assert runs[::-1] == [run.path for run in list_runs(OUTPUT)]
    assert () == list_runs(Path("nowhere"))


def test_a_run_is_found_by_path_directory_name_or_the_newest_of_its_name(runs: list[Path]) -> None:
    """And the newest of all by that word."""
    assert runs[0] == find_run(str(runs[0]), Path("nowhere")).path
    assert runs[0] == find_run(runs[0].name, OUTPUT).path
    assert runs[3] == find_run("cv", OUTPUT).path
    assert runs[2] == find_run("tune", OUTPUT).path
    assert runs[3] == find_run("latest", OUTPUT).path


def test_what_is_not_there_is_refused_with_what_is() -> None:
    """By name, and where to look when there is nothing at all."""
    with pytest.raises(RunError, match="no run 'sweep' under output/; names there are: cv, tune"):
        find_run("sweep", OUTPUT)
    with pytest.raises(RunError, match="no runs under nowhere/; name their directory with --output"):
        find_run("latest", Path("nowhere"))
