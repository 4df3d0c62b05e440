"""`gradewise finalize`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app
from gradewise.cli.judge.batches import Json, Tables

MODEL_HELP = (
    "A bundle, a run, or a registered model such as essays@production; the one that is deployed under "
    "models/ when absent."
)


@app.command("finalize")
def finalize(
    batch: Annotated[str, typer.Argument(help="Which batch; see gradewise batches list.")],
    *,
    model: Annotated[str | None, typer.Option("--model", "-m", help=MODEL_HELP)] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Let judgement alone grade.")] = False,
    embedding_model: EmbeddingModel = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write results as .csv or .json here.")
    ] = None,
    excel: Annotated[
        bool, typer.Option("--excel", help="Write CSV with semicolons and decimal commas, for spreadsheets.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would come to, and write nothing down.")
    ] = False,
    min_comparisons: Annotated[
        int, typer.Option(min=0, help="Comparisons below which the model is not asked about an essay.")
    ] = 10,
    deadline: Annotated[
        float, typer.Option(min=0.001, help="Seconds that the model may take for all of the batch.")
    ] = 600.0,
    scale: Annotated[
        str | None, typer.Option("--scale", help="Of the anchors' grades, where the database does not say.")
    ] = None,
    rank_anchors: Annotated[
        bool, typer.Option("--rank-anchors", help="Let anchors take places in the ranking.")
    ] = False,
    allow_unconnected: Annotated[
        bool, typer.Option("--allow-unconnected", help="Rank essays that no comparisons connect, too.")
    ] = False,
    tables: Tables = None,
    json: Json = False,
) -> None:
    """Make a judged batch final: scores, grades by its anchors and by a model as one; once and for all.

    Whatever the model does, judgement grades: an essay that it could not grade says why. Made final again,
    a batch shows what was kept. Events that tell of it wait in the outbox: gradewise batches publish.

    [bold]gradewise finalize spring --dry-run[/] shows the outcome first.
    """
    from gradewise.cli.judge.finalizing import AskedFinal, finalize_shown

    finalize_shown(
        AskedFinal(
            batch=batch, model=model, use_model=not no_model, embedding_model=embedding_model, output=output,
            excel=excel, dry_run=dry_run, min_comparisons=min_comparisons, deadline_s=deadline, scale=scale,
            rank_anchors=rank_anchors, allow_unconnected=allow_unconnected, tables=tables, json=json,
        )
    )  # fmt: skip
