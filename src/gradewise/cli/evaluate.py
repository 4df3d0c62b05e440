"""`gradewise evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import Asked, asked_command

MODEL_HELP = "A bundle (directory or archive), a run, or models/NAME; the newest under ./output when absent."
OPTIONS = named_options(
    "text_column", "label_column", "second_label_column", "prompt_column", "prompt", "set_aside", "gates",
    "output",
)  # fmt: skip


@asked_command(
    "evaluate",
    OPTIONS,
    flags=("--data", "--test-data-path"),
    source_help="A file of graded essays the model has not seen, or a plan.",
)
def evaluate(
    *,
    asked: Asked,
    quiet: bool,
    model: Annotated[Path | None, typer.Option("--model", "-m", "--model-path", help=MODEL_HELP)] = None,
    embedding_model: EmbeddingModel = None,
    require_gates: Annotated[
        bool, typer.Option("--require-gates", help="Leave with exit code 3 unless every gate is passed.")
    ] = False,
) -> None:
    """Compare a model's grades with a teacher's, on essays it has not seen, and write a report."""
    from gradewise.cli.training import evaluate_shown

    if asked.source is None:
        raise typer.BadParameter("name a file of graded essays, such as: gradewise evaluate test.csv")
    evaluate_shown(
        asked.plan(), model, embedding_model=embedding_model, quiet=quiet, require_gates=require_gates
    )
