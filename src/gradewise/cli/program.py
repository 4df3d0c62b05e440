"""The program: its name, its help, its version, and its commands, each imported when it is asked for."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_command_name, get_group_from_info
from typer.models import CommandInfo

from gradewise.cli.app import app
from gradewise.cli.commands import COMMANDS, Known
from gradewise.cli.paragraphs import let_help_flow
from gradewise.cli.version import show_version

if TYPE_CHECKING:
    from typer._click import Command


class Unloaded(TyperCommand):
    """A command whose module is not imported: help and completion show it, and no more."""

    def __init__(self, known: Known) -> None:
        super().__init__(known.name, help=known.help, hidden=known.hidden, rich_help_panel=known.panel)
        self.known = known

    @property
    def commands(self) -> Mapping[str, Any]:
        """Those below it, by name, for whose sake it is loaded."""
        return getattr(loaded(self.known), "commands", {})


class Program(TyperGroup):
    """All commands by name; the one that is asked for is loaded."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": {each.name: Unloaded(each) for each in COMMANDS}})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named, with its options and what stands below it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(command.known) if isinstance(command, Unloaded) else command, rest


program = typer.Typer(
    name="gradewise",
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Turn teacher-marked essays into a grading model that can be trusted and explained.

    [bold]gradewise demo[/] shows everything on generated essays;

    [bold]gradewise train essays.csv[/] trains on yours;

    [bold]gradewise score essay.txt[/] grades with the newest model;

    [bold]gradewise explain essay.txt[/] says why.

    Texts whose labels have no order, such as intents, become a classifier the same way:

    [bold]gradewise demo --task nominal[/] shows it,

    [bold]gradewise train texts.csv --task nominal[/] does it.""",
)


def _show_version(value: bool) -> None:
    if value:
        show_version()
        raise typer.Exit


@program.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    """Hold the options of the program itself."""


@cache
def loaded(known: Known) -> "Command":
    """A command or a group, made by its module."""
    import_module(f"gradewise.cli.{known.module}")
    if known.kind == "group":
        group = next(each for each in app.registered_groups if each.name == known.name)
        assert group.typer_instance is not None  # noqa: S101 - groups are added with theirs
        let_help_flow(group.typer_instance.registered_commands)
        return get_group_from_info(
            group, pretty_exceptions_short=True, rich_markup_mode="rich", suggest_commands=True
        )
    command = next(each for each in app.registered_commands if name_of(each) == known.name)
    let_help_flow([command])
    return get_command_from_info(command, pretty_exceptions_short=True, rich_markup_mode="rich")


def name_of(command: CommandInfo) -> str | None:
    """How a command is typed."""
    named = command.callback
    return command.name or (None if named is None else get_command_name(named.__name__))


def named_command(arguments: Sequence[str]) -> str:
    """The command that is asked for, as it is typed; empty when it is help or nothing that there is.

    >>> named_command(["runs", "show", "latest"]), named_command(["--version"]), named_command(["tray"])
    ('runs show', '', '')
    """
    if {"--help", "-h"} & set(arguments):
        return ""
    first, second, *_ = [*arguments, "", ""]
    known = next((each for each in COMMANDS if each.name == first), None)
    if known is None:
        return ""
    if known.kind == "command":
        return first
    return f"{first} {second}" if second in Unloaded(known).commands else ""
