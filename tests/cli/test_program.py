"""The program knows its commands without importing them, and imports the one that is asked for."""

import pytest

from gradewise.cli.app import app
from gradewise.cli.commands import COMMANDS, Known
from gradewise.cli.main import run
from gradewise.cli.program import loaded, name_of


def said_by_its_module(known: Known) -> Known:
    """What a command says of itself once it is loaded."""
    command = loaded(known)
    panel = getattr(command, "rich_help_panel", None)
    return Known(
        command.name or "",
        known.module,
        (command.help or "").split("\n\n")[0],
        "group" if hasattr(command, "commands") else "command",
        panel if isinstance(panel, str) else None,
        command.hidden,
    )


def test_what_is_known_of_commands_is_what_their_modules_say() -> None:
    """Name, first paragraph of help, heading, whether it is shown, and whether others stand below it."""
    assert list(COMMANDS) == [said_by_its_module(known) for known in COMMANDS]


def test_a_command_that_a_module_adds_is_known() -> None:
    """Else nobody could ask for it."""
    for known in COMMANDS:
        loaded(known)
    added = [*map(name_of, app.registered_commands), *(group.name for group in app.registered_groups)]
    assert {known.name for known in COMMANDS} == set(added)
    assert len(COMMANDS) == len(added)


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
