"""The program knows its commands without importing them, and imports the one that is asked for."""

import asyncio
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from databases import lay_out_registry
from gradewise.bootstrap import score_log_from
from gradewise.cli.app import app
from gradewise.cli.commands import COMMANDS, Known
from gradewise.cli.main import run
from gradewise.cli.program import loaded, name_of
from gradewise.settings import read_settings
from gradewise.testing.score_logs import made_up_correction, made_up_draft


def said_by_its_module(known: Known) -> Known:
    """What a command says of itself once it is loaded."""
    command = loaded(known)
    return replace(
        known,
        name=command.name or "",
        help=(command.help or "").split("\n\n")[0],
        kind="group" if hasattr(command, "commands") else "command",
        hidden=command.hidden,
    )


def test_what_is_known_of_commands_is_what_their_modules_say() -> None:
    """Name, first paragraph of help, whether it is shown, and whether others stand below it."""
    assert list(COMMANDS) == [said_by_its_module(known) for known in COMMANDS]


def test_a_command_that_a_module_adds_is_known() -> None:
    """Else nobody could ask for it."""
    for known in COMMANDS:
        loaded(known)
    added = [*map(name_of, app.registered_commands), *(group.name for group in app.registered_groups)]
    assert {known.name for known in COMMANDS} == set(added)
    assert len(COMMANDS) == len(added)


def test_help_puts_every_command_under_a_heading(capsys: pytest.CaptureFixture[str]) -> None:
    """Each heading once, the usual things first."""
    assert 0 == run(["--help"])
    headings = re.findall(r"^╭─ (.+?) ─", capsys.readouterr().out, flags=re.MULTILINE)
    assert ["Options", *dict.fromkeys(known.panel for known in COMMANDS)] == headings
    assert all(known.panel for known in COMMANDS)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("gradewise re", ["registry", "retrain", "reviews"]),
        ("gradewise xgb", []),
        ("gradewise registry pr", ["promote", "prune"]),
        ("gradewise scores export --format c", ["csv"]),
    ],
    ids=["commands", "hidden", "below a group", "values"],
)
def test_names_are_completed(
    words: str, offered: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the shell, of commands and of what belongs to one of them."""
    monkeypatch.setenv("_GRADEWISE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert 0 == run([])
    assert offered == sorted(capsys.readouterr().out.split())


SOURCE = str(Path(__file__).parents[2] / "src")
LISTS = """
import os, sys
from gradewise.cli.main import run
lists = "scores list,scores verify -q,reviews list,corrections list,registry list,batches list,runs list"
for url in sys.argv[1:]:
    os.environ["GRADEWISE_DATABASE_URL"] = url
    for command in lists.split(","):
        assert run(command.split()) == 0, command
heavy = "numpy scipy sklearn lightgbm onnx onnxruntime wordfreq harper ftfy simplemma safetensors jinja2 yaml"
print("loaded:", *sorted(set(heavy.split()) & set(sys.modules)))
"""


def add_answers(count: int) -> None:
    """Write so many answers down, and what a teacher decided about the first."""
    answers = [made_up_draft(number, route="review") for number in range(count)]

    async def _add() -> None:
        async with score_log_from(read_settings()) as log:
            await log.add(answers)
            await log.correct(made_up_correction(1, answers[0]))

    asyncio.run(_add())


def test_a_list_loads_what_it_shows_and_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither arrays nor what reads texts, whether there is something in the database or nothing."""
    empty, small = (f"sqlite:///{tmp_path / name}.sqlite" for name in ("empty", "small"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", SOURCE)
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", small)
    lay_out_registry(empty)
    shutil.copy("empty.sqlite", "small.sqlite")
    add_answers(3)
    asked = subprocess.run(
        [sys.executable, "-c", LISTS, empty, small], check=True, capture_output=True, text=True
    )
    assert "loaded:" == asked.stdout.splitlines()[-1]
    assert all(f"{count} answers unchanged" in asked.stdout for count in (0, 3))
