"""`gradewise demo`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from gradewise.cli.app import app

Task = Literal["ordinal", "nominal"]
"""What labels are."""


@app.command()
def demo(
    *,
    data: Annotated[
        Path | None, typer.Option(help="Your own graded essays or labelled texts instead of generated ones.")
    ] = None,
    task: Annotated[
        Task, typer.Option(help="ordinal: essays with grades; nominal: short texts with intents.")
    ] = "ordinal",
    essays: Annotated[
        int, typer.Option("--essays", "--texts", min=60, max=20000, help="How many to generate.")
    ] = 800,
    seed: Annotated[int, typer.Option(help="Of what is generated.")] = 7,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where everything is written.")] = Path(
        "output"
    ),
) -> None:
    """See the whole thing: train on graded essays, evaluate, report, grade one essay.

    Without --data the essays are generated, on the Swedish eight-grade scale; with --task nominal they are
    short texts of eight intents and of none, which a classifier tells apart.
    """
    if task == "nominal":
        from gradewise.cli.training.class_demonstration import demonstrate_classes

        demonstrate_classes(data=data, n_texts=essays, seed=seed, output=output)
        return
    from gradewise.cli.training.demonstration import demonstrate

    demonstrate(data=data, n_essays=essays, seed=seed, output=output)
