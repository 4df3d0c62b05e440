"""Where commands add themselves when they are imported, and options that several of them have."""

from pathlib import Path
from typing import Annotated

import typer

EmbeddingModel = Annotated[
    Path | None,
    typer.Option(
        "--embedding-model",
        help="Directory of the text model, for models that need one; GRADEWISE_EMBEDDING_MODEL when absent.",
    ),
]
"""An option of every command that grades."""
GivenNumbers = Annotated[
    list[str] | None,
    typer.Option(
        "--given", metavar="NAME=NUMBER", help="A number that the model reads beside the text; repeatable."
    ),
]
"""An option of commands that grade one essay."""

app = typer.Typer()
"""Every command that was imported; `gradewise.cli.program` imports them as they are asked for."""
