"""`gradewise evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel
from gradewise.cli.asked import Asked
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import asked_command

MODEL_HELP = "A bundle (directory or archive), a run, or models/NAME; the newest under ./output when absent."
OUT_OF_SCOPE_HELP = (
    "Of a model of classes: the label of texts that belong to none, counted apart; the one of its training."
)
OPTIONS = named_options(
    "text_column", "label_column", "second_label_column", "prompt_column", "prompt", "set_aside", "gates",
    "output",
)  # fmt: skip


@asked_command(
    "evaluate",
    OPTIONS,
    flags=("--data", "--test-data-path"),
    source_help="A file of graded essays or labelled texts the model has not seen, or a plan.",
)
def evaluate(
    *,
    asked: Asked,
    quiet: bool,
    model: Annotated[Path | None, typer.Option("--model", "-m", "--model-path", help=MODEL_HELP)] = None,
    embedding_model: EmbeddingModel = None,
    out_of_scope: Annotated[str | None, typer.Option("--out-of-scope", help=OUT_OF_SCOPE_HELP)] = None,
    require_gates: Annotated[
        bool, typer.Option("--require-gates", help="Leave with exit code 3 unless every gate is passed.")
    ] = False,
) -> None:
    """Compare a model's grades or classes with a teacher's, on texts it has not seen, and write a report.

    A model of classes is held against the right classes of texts; `--out-of-scope LABEL` names texts of none.
    """
    from gradewise.cli.training.training import evaluate_shown

    if asked.source is None:
        raise typer.BadParameter("name a file of labelled texts, such as: gradewise evaluate test.csv")
    evaluate_shown(
        asked.plan(),
        model,
        embedding_model=embedding_model,
        out_of_scope=out_of_scope,
        quiet=quiet,
        require_gates=require_gates,
    )
