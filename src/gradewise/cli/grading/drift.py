"""`gradewise drift`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app
from gradewise.cli.grading.evaluate import MODEL_HELP

DRIFTED = 3
"""Exit code where texts have drifted beyond the alarm."""
FalseAlarms = Annotated[
    float,
    typer.Option(
        min=0.0001, max=0.2, help="How often texts of the same kind may raise a false alarm, per run."
    ),
]
Pictures = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write a page with pictures there (HTML).")
]
Gauges = Annotated[
    Path | None, typer.Option(help="Write gauges for Prometheus there (textfile collector, .prom).")
]


@app.command()
def drift(
    *,
    source: Annotated[
        Path, typer.Argument(help="Texts of today: .csv, .jsonl or .parquet; labels are compared if there.")
    ],
    model: Annotated[Path | None, typer.Option("--model", "-m", "--model-path", help=MODEL_HELP)] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help="Hold them against this file instead of what the model learnt from; without --model the "
            "texts are compared as they stand."
        ),
    ] = None,
    alarm: FalseAlarms = 0.01,
    output: Pictures = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON on standard output.")] = False,
    metrics: Gauges = None,
    text_column: Annotated[str | None, typer.Option(help="Column that holds the texts.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column that holds the labels.")] = None,
    prompt_text: Annotated[
        str | None, typer.Option(help="The task, where a file has no column of it and the model asks for it.")
    ] = None,
    embedding_model: EmbeddingModel = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
) -> None:
    """Say whether texts have changed since a model was trained; exit code 3 if they have drifted.

    Lengths, words, columns, labels, vectors and the model's own answers are held against the profile that the
    model keeps of what it learnt from. Every check says how far something has moved and how often luck alone
    would move it as far; fewer than 50 texts are too few to tell.

    [bold]gradewise drift today.csv --model models/essays --output drift.html[/] shows it in pictures;
    [bold]gradewise drift today.csv --against last_year.csv[/] compares two files without a model.
    """
    from gradewise.cli.grading.drifting import AskedDrift, drift_shown

    drifted = drift_shown(
        AskedDrift(
            essays=source, model=model, against=against, alarm=alarm, output=output, as_json=as_json,
            metrics=metrics, text_column=text_column, label_column=label_column,
            prompt_text=prompt_text, embedding_model=embedding_model,
        ),
        quiet=quiet,
    )  # fmt: skip
    if drifted:
        raise typer.Exit(DRIFTED)
