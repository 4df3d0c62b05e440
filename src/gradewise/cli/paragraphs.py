"""Help as paragraphs: what a docstring breaks over lines flows at the width of the terminal."""

import inspect
import re
from collections.abc import Iterable

from typer.models import CommandInfo

_BREAK = re.compile(r"\n(?!\[bold\]gradewise )")
"""An end of line within a paragraph; an example keeps a line of its own."""


def flowing(text: str) -> str:
    r"""A docstring whose paragraphs are one line each; examples begin a line.

    >>> flowing("Look.\n\nTo see\nmore:\n[bold]gradewise runs list[/]\nlists.")
    'Look.\n\nTo see more:\n[bold]gradewise runs list[/] lists.'
    """
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return "\n\n".join(_BREAK.sub(" ", paragraph) for paragraph in paragraphs)


def let_help_flow(commands: Iterable[CommandInfo]) -> None:
    """Let the help of commands flow."""
    for command in commands:
        if command.callback is not None and (text := command.help or command.callback.__doc__):
            command.help = flowing(text)
