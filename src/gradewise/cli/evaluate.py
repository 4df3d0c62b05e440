"""`gradewise evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app


@app.command()
def evaluate(
    *,
    source: Annotated[
        Path | None, typer.Argument(help="A file of graded essays the model has not seen, or a plan.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", "--test-data-path", help="The same, as an option.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            "-m",
            "--model-path",
            help="A bundle or run directory; the newest under ./output when absent.",
        ),
    ] = None,
    embedding_model: EmbeddingModel = None,
    text_column: Annotated[str | None, typer.Option(help="Column that holds the essays.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column that holds the grades.")] = None,
    second_label_column: Annotated[
        str | None, typer.Option(help="Column that holds a second teacher's grades, where there are some.")
    ] = None,
    prompt_column: Annotated[str | None, typer.Option(help="Column that tells tasks apart.")] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(help="Use the essays of this prompt only; repeatable.")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave unusable rows out instead of stopping.")
    ] = False,
    gates: Annotated[
        list[str] | None,
        typer.Option(help="Rules to hold the model to: seeds, williamson2012, ctb2014; repeatable."),
    ] = None,
    require_gates: Annotated[
        bool, typer.Option("--require-gates", help="Leave with exit code 3 unless every gate is passed.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where run directories are made.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Compare a model's grades with a teacher's, on essays it has not seen, and write a report."""
    from gradewise.cli.asking import plan_from
    from gradewise.cli.training import evaluate_shown

    given = source or data
    if given is None:
        raise typer.BadParameter("name a file of graded essays, such as: gradewise evaluate test.csv")
    plan = plan_from(
        given,
        {
            "data.columns.text": text_column,
            "data.columns.label": label_column,
            "data.columns.second_label": second_label_column,
            "data.columns.prompt": prompt_column,
            "data.filters.only_prompts": prompt,
            "data.on_bad_rows": "set_aside" if set_aside else None,
            "evaluation.gates": gates,
            "output": output,
        },
    )
    evaluate_shown(plan, model, embedding_model=embedding_model, quiet=quiet, require_gates=require_gates)
