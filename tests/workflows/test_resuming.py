"""A run goes on from its last finished piece of work, wherever one stands by then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradewise.models.growing import grow_member
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.resuming import RESUMABLE, resume_run
from gradewise.workflows.runs.state import read_run_state
from gradewise.workflows.services import Services
from gradewise.workflows.train import train
from trials import essay_rows, only_run, small_plan

QUICK = {"groups": ["length"], "text_learners": []}


def counted(monkeypatch: pytest.MonkeyPatch, *, stops_at: int | None) -> Callable[[], int]:
    """Count the models that are grown; somebody presses Ctrl-C at one of them."""
    calls = list[int]()

    def growing(*arguments: Any, **options: Any) -> object:
        calls.append(len(calls))
        if len(calls) == stops_at:
            raise KeyboardInterrupt
        return grow_member(*arguments, **options)

    monkeypatch.setattr("gradewise.models.cross_fit.grow_member", growing)
    return lambda: len(calls)


def test_finished_folds_are_not_trained_again(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the last of three folds, it trains that one alone, seen from elsewhere."""
    plan = read_plan(small_plan(Path(), essay_rows(60), features=QUICK, data={"train": "essays.csv"}))
    with monkeypatch.context() as patch:
        counted(patch, stops_at=3)
        with pytest.raises(KeyboardInterrupt):
            train(plan, services)
    directory = only_run(Path("output")).absolute()
    assert "failed" == read_run_state(directory).state
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    grown = counted(monkeypatch, stops_at=None)
    finished = resume_run(directory, services)
    assert (1, directory) == (grown(), finished.directory)
    assert "completed" == read_run_state(directory).state
    assert finished.html.is_file()
    assert [] == list(Path().iterdir())


def test_every_use_case_that_can_be_resumed_is_known_by_its_command() -> None:
    """Training is one."""
    assert train is RESUMABLE["train"]
