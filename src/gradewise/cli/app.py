"""The program: its name, its help, its version. Commands add themselves to it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gradewise import __version__

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

app = typer.Typer(
    name="gradewise",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Turn teacher-marked essays into a grading model that can be trusted and explained.

    [bold]gradewise demo[/] shows everything on generated essays;

    [bold]gradewise train essays.csv[/] trains on yours;

    [bold]gradewise score essay.txt[/] grades with the newest model;

    [bold]gradewise explain essay.txt[/] says why.

    Texts whose labels have no order, such as intents, become a classifier the same way:

    [bold]gradewise demo --task nominal[/] shows it,

    [bold]gradewise train texts.csv --task nominal[/] does it.""",
)


def _show_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"gradewise {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    """Hold the options of the program itself."""
