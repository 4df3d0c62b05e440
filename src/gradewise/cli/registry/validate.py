"""`gradewise validate`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel
from gradewise.cli.asked import Asked
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import asked_command

OPTIONS = named_options(
    "text_column", "label_column", "second_label_column", "prompt_column", "prompt", "set_aside"
)


@asked_command(
    "validate",
    OPTIONS,
    flags=("--data", "--validation-data"),
    source_help="Labelled texts that the model has not seen; the locked test set of its run when absent.",
)
def validate(
    *,
    asked: Asked,
    quiet: bool,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            "--model-path",
            "--model-id",
            help="A bundle, a run directory or a registered model; the newest under ./output when absent.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="production, none, or a model to be no worse than; what is in production when absent."
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--plan", "--config", help="A plan whose gates count; that of the model's run when absent."
        ),
    ] = None,
    output_json: Annotated[
        Path | None, typer.Option("--output-json", "--output", "-o", help="Write the report there as JSON.")
    ] = None,
    embedding_model: EmbeddingModel = None,
) -> None:
    """Hold a model to the gates of its plan, on texts it has not seen; exit code 1 unless it passes.

    [bold]gradewise validate --model essays[/] judges a registered model on the locked test set of its run;
    [bold]gradewise validate other_school.csv --model essays --against production[/] on essays of yours,
    beside the model in production.
    """
    from gradewise.cli.registry.validating import AskedValidation, validate_shown

    validation = AskedValidation(
        essays=asked.source,
        values=asked.values,
        model=model,
        against=against,
        plan=rules,
        output_json=output_json,
        embedding_model=embedding_model,
    )
    if not validate_shown(validation, quiet=quiet):
        raise typer.Exit(1)
