"""`gradewise retrain`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.asked import Asked
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import asked_command

OPTIONS = named_options("name", "test", "splits_path", "seed", "run_name", "register", "mlflow", "output")
"""What may differ from the plan that trained before."""


@asked_command("retrain", OPTIONS)
def retrain(
    *,
    asked: Asked,
    quiet: bool,
    with_corrections: Annotated[
        Path | None,
        typer.Option("--with-corrections", help="A snapshot of corrections: gradewise corrections export."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Instead: decisions in the score log from this date on: 2026-03-01."),
    ] = None,
    essays: Annotated[
        list[Path] | None,
        typer.Option("--essays", help="With --since: files that hold the graded texts; repeatable."),
    ] = None,
    promote: Annotated[
        bool, typer.Option("--promote", help="Register the model, and bring it to staging if gates pass.")
    ] = False,
) -> None:
    """Train a plan's model anew on its texts and on what teachers decided since.

    [bold]gradewise retrain plan.yaml --with-corrections snapshots/march[/], or in one step
    [bold]gradewise retrain plan.yaml --since 2026-03-01 --essays graded.csv[/].
    A correction replaces the older grade of its text or adds a text; the locked test set stays as it was,
    so that the new model can be held against the old one.
    """
    from gradewise.cli.reviews.correcting import Corrections, retrain_shown

    if asked.source is None:
        raise typer.BadParameter(
            "name the plan to train anew, such as: gradewise retrain plan.yaml --since …"
        )
    told = Corrections(snapshot=with_corrections, since=since, essays=tuple(essays or ()))
    retrain_shown(asked.plan(), told, promote=promote, quiet=quiet)
