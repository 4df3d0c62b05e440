"""`gradewise batches`: batches of essays that are judged together."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

batches = typer.Typer(
    no_args_is_help=True, help="Bring in batches of judged essays, look at them, and tell what they came to."
)
app.add_typer(batches, name="batches")

Tables = Annotated[
    Path | None,
    typer.Option(
        "--tables", help="YAML that says what tables and columns are called: preset, essays, pairs, …"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@batches.command("import")
def import_(
    batch: Annotated[str, typer.Argument(help="How the batch is called.")],
    *,
    comparisons: Annotated[
        Path, typer.Option("--comparisons", help="Columns essay_a, essay_b, winner; or winner, loser.")
    ],
    essays: Annotated[Path | None, typer.Option("--essays", help="Columns essay_id, text.")] = None,
    anchors: Annotated[
        Path | None,
        typer.Option("--anchors", help="Columns essay_id, grade; text, if not in --essays."),
    ] = None,
    scale: Annotated[
        str | None, typer.Option("--scale", help="Of the anchors' grades: swedish8, 1-6, 'IG,G,VG' …")
    ] = None,
    task: Annotated[str | None, typer.Option("--task", help="Which task the essays answer.")] = None,
    prompt_text: Annotated[
        str | None,
        typer.Option(
            "--prompt-text",
            help="The task itself, for models that measure relevance to it; or a column prompt_text.",
        ),
    ] = None,
    first: Annotated[str | None, typer.Option("--first", help="Column of one essay, if unusual.")] = None,
    second: Annotated[str | None, typer.Option("--second", help="Column of the other.")] = None,
    winner: Annotated[str | None, typer.Option("--winner", help="Column of the better one.")] = None,
) -> None:
    """Put a batch from files into the database; again, with the same files, nothing changes.

    [bold]gradewise batches import spring --essays essays.csv --comparisons pairs.csv --anchors anchors.csv[/]
    """
    from gradewise.cli.judge.batch_doing import AskedBatch, import_shown
    from gradewise.judgement.columns import NamedColumns
    from gradewise.workflows.judge.reading import BatchFiles

    columns = NamedColumns(first=first, second=second, winner=winner)
    files = BatchFiles(comparisons=comparisons, columns=columns, essays=essays, anchors=anchors)
    import_shown(AskedBatch(batch=batch, files=files, scale=scale, task=task, prompt_text=prompt_text))


@batches.command("list")
def list_(
    *,
    tables: Tables = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most lines.")] = 20,
    json: Json = False,
) -> None:
    """List batches, newest first: essays, anchors, comparisons, and what they came to."""
    from gradewise.cli.judge.batches_shown import list_shown

    list_shown(tables, limit=limit, json=json)


@batches.command("show")
def show(
    batch: Annotated[str, typer.Argument(help="Which batch.")], *, tables: Tables = None, json: Json = False
) -> None:
    """Show a batch, and what it came to if it is final."""
    from gradewise.cli.judge.batches_shown import batch_shown

    batch_shown(batch, tables, json=json)


@batches.command("publish")
def publish(
    *,
    to: Annotated[Path, typer.Option("--to", help="A file, to whose end events go as lines of JSON.")],
) -> None:
    """Hand over events that wait in the outbox: at least once each, in order within a batch."""
    from gradewise.cli.judge.batch_doing import publish_shown

    publish_shown(to)


@batches.command("prune")
def prune(
    *,
    older_than: Annotated[
        int, typer.Option("--older-than", min=1, help="Events published more than so many days ago go.")
    ] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Forget events that were published long ago; what waits stays, and so does what batches came to.

    [bold]gradewise batches prune --dry-run[/] says how many would go.
    """
    from gradewise.cli.judge.batch_doing import prune_shown

    prune_shown(older_than, dry_run=dry_run)
