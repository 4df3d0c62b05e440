"""`gradewise robustness`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app


@app.command()
def robustness(
    *,
    source: Annotated[
        Path | None,
        typer.Argument(
            help="A file of essays the model has not seen, graded or not, or a plan; when absent, the essays "
            "that its training locked away, or else generated ones."
        ),
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="The same, as an option.")] = None,
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
    sample: Annotated[
        int, typer.Option(min=1, max=20000, help="How many essays are changed at the most.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Of the draw and of every change.")] = 0,
    text_column: Annotated[str | None, typer.Option(help="Column that holds the essays.")] = None,
    prompt_text: Annotated[
        str | None, typer.Option(help="The task, where the file has no column of it.")
    ] = None,
    prompt_column: Annotated[str | None, typer.Option(help="Column that tells tasks apart.")] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(help="Use the essays of this prompt only; repeatable.")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave unusable rows out instead of stopping.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where run directories are made.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Change essays so that the effect on the grade is known, and see whether the model answers as it must.

    Padding must not pay, damage must cost, and what no reader sees must not matter.
    """
    from gradewise.cli.probing import Probed, probe_shown

    options = {
        "data.columns.text": text_column,
        "data.columns.prompt": prompt_column,
        "data.filters.only_prompts": prompt,
        "data.on_bad_rows": "set_aside" if set_aside else None,
        "output": output,
    }
    probe_shown(
        Probed(source=source or data, model=model, embedding_model=embedding_model, sample=sample, seed=seed,
               prompt_text=prompt_text, options=options),
        quiet=quiet,
    )  # fmt: skip
