"""`gradewise demo`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app


@app.command()
def demo(
    *,
    data: Annotated[
        Path | None, typer.Option(help="Your own graded essays instead of generated ones.")
    ] = None,
    essays: Annotated[int, typer.Option(min=60, max=20000, help="How many essays to generate.")] = 800,
    seed: Annotated[int, typer.Option(help="Of the generated essays.")] = 7,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where everything is written.")] = Path(
        "output"
    ),
) -> None:
    """See the whole thing: train on graded essays, evaluate, report, grade one essay.

    Without --data the essays are generated, on the Swedish eight-grade scale.
    """
    from gradewise.cli.demonstration import demonstrate

    demonstrate(data=data, n_essays=essays, seed=seed, output=output)
