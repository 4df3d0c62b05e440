"""`gradewise challenger`: whether the model on trial is ready to replace the one in production."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app

challenger = typer.Typer(
    no_args_is_help=True, help="See how the model on trial does beside the one in production."
)
app.add_typer(challenger, name="challenger")

_A_MODEL = "a bundle, a run directory or a registered model"


@challenger.command("report")
def report(
    *,
    champion: Annotated[
        str | None, typer.Option("--champion", help=f"What is there: {_A_MODEL}.", show_default=False)
    ] = None,
    challenger: Annotated[
        str | None, typer.Option("--challenger", help=f"What may replace it: {_A_MODEL}.", show_default=False)
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Graded essays that both are to grade now.", show_default=False),
    ] = None,
    log: Annotated[
        bool, typer.Option("--log", help="Judge by the score log: answers of both, corrections of teachers.")
    ] = False,
    every_correction: Annotated[
        bool,
        typer.Option(
            "--every-correction", help="Count corrections of hard essays too, not the audit sample alone."
        ),
    ] = False,
    confidence: Annotated[float, typer.Option(help="Of the verdict, at every look at once.")] = 0.95,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the report goes.")] = Path(
        "output/challenger"
    ),
    json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
    embedding_model: EmbeddingModel = None,
) -> None:
    """Say whether the challenger is ready to promote, not yet, or worse; look as often as you like.

    [bold]gradewise challenger report --champion a@production --challenger a@staging --data new.csv[/]

    [bold]gradewise challenger report --log[/]
    """
    from gradewise.cli.registry.challenging import AskedChallenge, show_challenge

    if log == (data is not None):
        raise typer.BadParameter("name essays (--data essays.csv) or judge by the score log (--log)")
    if data is not None and (champion is None or challenger is None):
        raise typer.BadParameter("name both models: --champion and --challenger")
    asked = AskedChallenge(
        champion=champion,
        challenger=challenger,
        data=data,
        every_correction=every_correction,
        level=confidence,
        output=output,
        embedding_model=embedding_model,
    )
    show_challenge(asked, json=json, quiet=quiet)
