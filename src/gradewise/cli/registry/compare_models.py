"""`gradewise compare`."""

from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel
from gradewise.cli.asked import Asked
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import asked_command

A_MODEL = "A bundle, a run directory or a registered model"
OPTIONS = named_options(
    "text_column", "label_column", "prompt_column", "prompt", "set_aside", "min_prompt_n", "output"
)


@asked_command(
    "compare",
    OPTIONS,
    flags=("--data", "--test-data-path"),
    source_help="Graded essays or labelled texts that neither model has seen, or a plan that names them.",
)
def compare_models(
    *,
    asked: Asked,
    quiet: bool,
    model_a: Annotated[str, typer.Option("--model-a", help=f"{A_MODEL}: what there is.")],
    model_b: Annotated[str, typer.Option("--model-b", help=f"{A_MODEL}: what may replace it.")],
    embedding_model: EmbeddingModel = None,
) -> None:
    """Compare two models on the same texts: on the whole, by prompt and grade or class, and what changes.

    [bold]gradewise compare --model-a essays@production --model-b essays@staging --data other_school.csv[/]
    """
    from gradewise.cli.registry.validating import compare_models_shown

    if asked.source is None:
        raise typer.BadParameter("name a file of labelled texts that neither has seen: --data essays.csv")
    compare_models_shown(
        asked.plan(),
        model_a=model_a,
        model_b=model_b,
        embedding_model=embedding_model,
        quiet=quiet,
    )
