"""`gradewise corrections`: what teachers decided, and how it becomes training data."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app
from gradewise.cli.reviews.reviews import Json, Name, Since

corrections = typer.Typer(
    no_args_is_help=True, help="Look at what teachers decided, and export it as training data."
)
app.add_typer(corrections, name="corrections")


@corrections.command("list")
def list_(
    *,
    since: Since = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most lines, the newest.")] = 20,
    json: Json = False,
) -> None:
    """List what teachers decided, newest first."""
    from gradewise.cli.reviews.corrections_shown import show_corrections

    show_corrections(since=since, limit=limit, json=json)


@corrections.command("export")
def export(
    *,
    essays: Annotated[
        list[Path] | None,
        typer.Option("--essays", help="Essays that were graded (.csv, .jsonl, .parquet); repeatable."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source",
            help="A plan whose `source` says which tables hold the essays; GRADEWISE_SOURCE_URL has the URL.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="A directory to write.")],
    since: Since = None,
    name: Name = None,
    reasons: Annotated[
        bool, typer.Option("--reasons", help="Teachers' own words too; they may name people.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
) -> None:
    """Write corrected essays as a training snapshot: a CSV and a record of where it came from.

    The log keeps no essay text: texts are found by their digests, in the files that you name or in the
    database where the essays live, which is only read. Teachers go by pseudonyms.

    Train with it: [bold]gradewise retrain plan.yaml --with-corrections DIRECTORY[/].
    """
    from gradewise.cli.reviews.correcting import export_shown
    from gradewise.cli.terminal import say

    if not essays and source is None:
        raise typer.BadParameter(
            "where are the texts? --essays graded.csv, or --source plan.yaml for a database"
        )
    export_shown(essays or [], output, since=since, name=name, reasons=reasons, quiet=quiet, source=source)
    if not quiet:
        say(f"train with them: gradewise retrain PLAN --with-corrections {output}")
