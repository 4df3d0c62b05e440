"""The ledger: folded into standings, whole after crashes, held by one watcher."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError, UnavailableError
from gradewise.workflows.watching.ledger import held_ledger
from gradewise.workflows.watching.standing import (
    STEPS,
    LedgerLine,
    Step,
    Wishes,
    next_task,
    standings,
)

ALL = Wishes(register=True, push=True, promote="production")


def line(step: Step, *, name: str = "a.csv", sha256: str = "1" * 64, run: str = "") -> LedgerLine:
    """A line."""
    return LedgerLine(at="2026-03-01T12:00:00+00:00", sha256=sha256, name=name, step=step, run=run)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Also by the next watcher."""
    lines = (line("taken"), line("began", run="output/å"), line("failed"))
    with held_ledger(tmp_path) as ledger:
        for each in lines:
            ledger.add(each)
    with held_ledger(tmp_path) as ledger:
        assert lines == ledger.lines()


def test_what_a_crash_has_cut_off_is_passed_over(tmp_path: Path) -> None:
    """The lines before and after it count."""
    with held_ledger(tmp_path) as ledger:
        ledger.add(line("taken"))
        with ledger.path.open("ab") as file:
            file.write(b'[]\n{"sha256": "1", "step": "later"}\n{"at": "2026-')
        ledger.add(line("began"))
        assert (line("taken"), line("began")) == ledger.lines()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("[" * 100_000, id="nested deeply"),
        pytest.param("\0" * 4096, id="zeros"),
        pytest.param('{"sha256": "1", "step": "taken", "name": "../../etc/passwd"}', id="leads out"),
        pytest.param('{"sha256": "1", "step": "taken", "name": ""}', id="no name"),
    ],
)
def test_what_no_watcher_wrote_is_passed_over(tmp_path: Path, damage: str) -> None:
    """No line of a damaged ledger stops the watch, or leads to a file elsewhere."""
    with held_ledger(tmp_path) as ledger:
        ledger.path.write_text(damage + "\n")
        ledger.add(line("taken"))
        assert (line("taken"),) == ledger.lines()


def test_one_watcher_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told who does; when the first has ended, it may."""
    monkeypatch.setattr("gradewise.workflows.watching.ledger._WAIT_S", 0.0)
    with held_ledger(tmp_path), pytest.raises(UnavailableError, match="watches here already"):
        held_ledger(tmp_path).__enter__()
    with held_ledger(tmp_path) as ledger:
        assert ledger.lines() == ()


def test_where_nothing_can_be_written_another_place_is_asked_for(tmp_path: Path) -> None:
    """The message names the option."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="--state"), held_ledger(tmp_path / "file"):
        pass


def test_tasks_follow_each_other() -> None:
    """Each is done once, the last is to say that all is done; after an end nothing is done."""
    steps: list[Step] = ["taken"]
    done = []
    after: dict[str, Step] = {
        "train": "trained",
        "register": "registered",
        "push": "pushed",
        "promote": "promoted",
        "finish": "done",
    }
    while (task := next_task(standings(map(line, steps))["1" * 64], ALL)) is not None:
        done.append(task)
        steps.append(after[task])
    assert list(after) == done
    for end in ("failed", "held back"):
        assert next_task(standings([line("taken"), line(end)])["1" * 64], ALL) is None


def test_who_wishes_a_model_promoted_has_it_registered() -> None:
    """Without any wish it is trained, and that is all."""
    trained = standings([line("taken"), line("trained")])["1" * 64]
    assert next_task(trained, Wishes(promote="staging")) == "register"
    assert next_task(trained, Wishes()) == "finish"


def test_another_file_with_the_content_changes_nothing_else() -> None:
    """It is remembered under its name."""
    before, known = [line("taken"), line("done")], line("repeated", name="b.csv")
    found = standings([*before, known])["1" * 64]
    assert ["taken", "done"] == list(found.steps)
    assert ["a.csv", "b.csv"] == sorted(found.names)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from("12"))))
def test_any_lines_have_a_standing(told: list[tuple[Step, str]]) -> None:
    """Whatever a ledger holds, there is one for each content, and what ended needs no task."""
    found = standings(line(step, sha256=each) for step, each in told)
    assert {each for _, each in told} == set(found)
    assert all((next_task(each, ALL) is None) == each.ended for each in found.values())
