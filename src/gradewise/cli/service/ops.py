"""`gradewise ops`: what watches a service."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

ops = typer.Typer(no_args_is_help=True, help="Write what watches and carries a service.")
app.add_typer(ops, name="ops")


@ops.callback()
def _group() -> None:
    """A group, also while it has one command."""


@ops.command("export")
def export(
    directory: Annotated[Path, typer.Argument(help="Where; made when it is not there.")],
) -> None:
    """Write a dashboard, alerts with their tests, and examples of systemd and nginx, each explained.

    [bold]gradewise ops export ops[/], then see ops/README.md, and to install a service ops/installing.md.
    Files of those names are replaced.
    """
    from gradewise.bootstrap.operations import operations_files
    from gradewise.cli.terminal import out
    from gradewise.whole_files import write_whole

    for name, content in operations_files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        out.print(write_whole(path, content), soft_wrap=True, markup=False)
