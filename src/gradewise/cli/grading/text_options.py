"""Options of commands that grade texts or explain what was said of one: which model, which texts."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.grading.evaluate import MODEL_HELP

GradingModel = Annotated[Path | None, typer.Option("--model", "-m", help=MODEL_HELP)]
OneText = Annotated[str | None, typer.Option(help="The text itself.")]
PromptText = Annotated[str | None, typer.Option(help="The task, for models that measure relevance to it.")]
TextColumn = Annotated[str | None, typer.Option(help="Column that holds the texts.")]
IdColumn = Annotated[str | None, typer.Option(help="Column that names the texts.")]
