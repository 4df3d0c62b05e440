"""`gradewise ensemble`: several models behind one name."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app

ensemble = typer.Typer(no_args_is_help=True, help="Put several models behind one name, as one.")
app.add_typer(ensemble, name="ensemble")


@ensemble.command("make")
def make(
    name: Annotated[str, typer.Argument(help="What the ensemble is called.")],
    *,
    member: Annotated[
        list[str],
        typer.Option("--member", "-m", help="A bundle, a run directory or a registered model; 2 to 8 times."),
    ],
    stack_on: Annotated[
        Path | None,
        typer.Option(
            "--stack-on",
            help="Graded essays that taught no member: weights, cuts and promises are learnt on them.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the bundle is made.")] = Path(
        "output/ensembles"
    ),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
    embedding_model: EmbeddingModel = None,
) -> None:
    """Make one model of several: a bundle that is registered, promoted, served and replayed like any other.

    Members count alike, or as graded essays teach: --stack-on essays.csv.

    [bold]gradewise ensemble make both --member output/a --member output/b --stack-on new.csv[/]
    """
    from gradewise.cli.registry.ensembling import AskedEnsemble, show_ensemble

    asked = AskedEnsemble(
        name=name,
        members=tuple(member),
        stack_on=stack_on,
        output=output,
        embedding_model=embedding_model,
    )
    show_ensemble(asked, quiet=quiet)
