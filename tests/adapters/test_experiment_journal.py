"""The experiment log as a file."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gradewise.adapters.experiment_journal import ExperimentJournal
from gradewise.errors import RunError
from gradewise.testing.contracts.experiment_tracker import ExperimentTrackerContract, make_experiment_entry


class TestExperimentJournal(ExperimentTrackerContract):
    """The journal keeps every promise of the port."""

    def new_tracker(self, directory: Path) -> ExperimentJournal:
        """A journal in a directory that is not there yet."""
        return ExperimentJournal(directory / "output")

    def recorded_names(self, directory: Path) -> list[str]:
        """From its lines."""
        return [entry.run_name for entry in ExperimentJournal(directory / "output").entries()]


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each line is whole, and the page holds them all."""
    names = [f"run-{number}" for number in range(24)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: ExperimentJournal(tmp_path).record(make_experiment_entry(name)), names))
    lines = (tmp_path / "experiments.jsonl").read_text().splitlines()
    assert sorted(names) == sorted(json.loads(line)["run_name"] for line in lines)
    page = (tmp_path / "experiments.md").read_text()
    assert all(f"`{name}`" in page for name in names)


@pytest.mark.parametrize(
    "torn",
    [b'{"schema_version": 1, "run_na', b"[]\n", b"3\n", b"\xff\xfe\n"],
    ids=["half", "list", "number", "bytes"],
)
def test_a_line_that_is_no_entry_is_passed_over(torn: bytes, tmp_path: Path) -> None:
    """What a dead process left half-written does not spoil what comes after it."""
    journal = ExperimentJournal(tmp_path)
    journal.record(make_experiment_entry("before"))
    with (tmp_path / "experiments.jsonl").open("ab") as file:
        file.write(torn)
    journal.record(make_experiment_entry("after"))
    assert ["before", "after"] == [entry.run_name for entry in journal.entries()]


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that was cut short is taken back, and refused in words."""
    journal, write = ExperimentJournal(tmp_path), os.write
    journal.record(make_experiment_entry("before"))
    whole = (tmp_path / "experiments.jsonl").read_bytes()
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:40]))
    with pytest.raises(RunError, match=r"experiments\.jsonl cannot be written: No space left"):
        journal.record(make_experiment_entry("after"))
    assert whole == (tmp_path / "experiments.jsonl").read_bytes()


def test_a_directory_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    """A file in its place, for one."""
    (tmp_path / "output").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        ExperimentJournal(tmp_path / "output").record(make_experiment_entry())
