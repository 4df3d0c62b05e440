"""`gradewise watch`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from gradewise.cli.app import app


class Target(StrEnum):
    """Where a model can be brought."""

    STAGING = "staging"
    PRODUCTION = "production"


@app.command("watch")
def watch(
    directory: Annotated[Path, typer.Argument(help="Where datasets arrive.", metavar="DATA_DIR")],
    *,
    config: Annotated[
        Path,
        typer.Option(
            "--config",
            "--plan",
            "-c",
            help="What is trained: a config.yaml or a plan, whose data file is replaced.",
        ),
    ],
    pattern: Annotated[
        str | None,
        typer.Option(
            help="Which files: %Y %m %d %H %M %S are parts of a date, * is anything; tables when absent.",
        ),
    ] = None,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between looks.")] = 10.0,
    settle: Annotated[
        float, typer.Option(min=0.0, help="Seconds for which a file must stay as it is to be whole.")
    ] = 5.0,
    register: Annotated[bool, typer.Option("--register", help="Register each model.")] = False,
    promote: Annotated[
        Target | None,
        typer.Option(help="Register each model; bring it to staging, or further, if it passes its gates."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Take what is there, and end: exit code 1 if a dataset failed.")
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try datasets that failed, or were held back, once more.")
    ] = False,
    state: Annotated[
        Path | None,
        typer.Option(help="Where the ledger is kept; DATA_DIR/.gradewise-watch when absent."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Each step as a line of JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress of trainings.")] = False,
) -> None:
    """Train on each dataset that arrives in a directory, once it has been written to its end.

    [bold]gradewise watch data --config config.yaml --pattern 'balanced_dataset_%Y%m%d.csv'[/]
    waits for datasets; with [bold]--promote staging[/] a model that passes its gates is tried at once.

    A file counts as whole when nothing about it changed for --settle seconds and nobody has it open to write;
    when it was renamed from a name such as data.csv.tmp; or when data.csv.done lies beside it. The same
    content is never trained on twice. Stop it with Ctrl-C, or SIGTERM, which waits for the step that goes on;
    started again, it goes on where it was.
    """
    from gradewise.cli.registry.watching import AskedWatch, watch_shown

    target: Literal["staging", "production"] | None = None
    if promote is not None:
        target = "staging" if promote is Target.STAGING else "production"
    asked = AskedWatch(
        directory=directory,
        config=config,
        pattern=pattern,
        every_s=every,
        settle_s=settle,
        register=register,
        promote=target,
        once=once,
        retry=retry,
        state=state,
    )
    if not watch_shown(asked, json=json, quiet=quiet):
        raise typer.Exit(1)
