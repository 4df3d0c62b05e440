"""`gradewise robustness`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel
from gradewise.cli.asked import Asked
from gradewise.cli.grading.evaluate import MODEL_HELP
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import asked_command


@asked_command(
    "robustness",
    named_options("text_column", "prompt_column", "prompt", "set_aside", "output"),
    flags=("--data",),
    source_help="A file of essays the model has not seen, graded or not, or a plan; when absent, the essays "
    "that its training locked away, or else generated ones.",
)
def robustness(
    *,
    asked: Asked,
    quiet: bool,
    model: Annotated[Path | None, typer.Option("--model", "-m", "--model-path", help=MODEL_HELP)] = None,
    embedding_model: EmbeddingModel = None,
    sample: Annotated[
        int, typer.Option(min=1, max=20000, help="How many essays are changed at the most.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Of the draw and of every change.")] = 0,
    prompt_text: Annotated[
        str | None, typer.Option(help="The task, where the file has no column of it.")
    ] = None,
) -> None:
    """Change essays so that the effect on the grade is known, and see whether the model answers as it must.

    Padding must not pay, damage must cost, and what no reader sees must not matter.
    """
    from gradewise.cli.grading.probing import Probed, probe_shown

    probe_shown(
        Probed(
            source=asked.source,
            model=model,
            embedding_model=embedding_model,
            sample=sample,
            seed=seed,
            prompt_text=prompt_text,
            options=asked.values,
        ),
        quiet=quiet,
    )
