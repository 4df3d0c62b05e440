"""`gradewise extract-training-data`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gradewise.cli.asked import Asked
from gradewise.cli.options import DATABASE, options_of
from gradewise.cli.plan_command import asked_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan

_PLAN_HELP = "A plan (.yaml) whose `source` says which tables there are; none for a preset as it is."


@asked_command(
    "extract-training-data",
    options_of(DATABASE),
    flags=("--config", "--config-path", "--plan"),
    source_help=_PLAN_HELP,
)
def extract_training_data(
    *,
    asked: Asked,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "--output-path",
            "-o",
            help="Parquet file to write; the plan's data.train when absent.",
        ),
    ] = None,
    source_url: Annotated[
        str | None,
        typer.Option(help="The database; better in GRADEWISE_SOURCE_URL, which no shell history keeps."),
    ] = None,
    quiet: bool,
) -> None:
    """Read graded essays from a school's database, and write a Parquet file to train on.

    The database is only read. GRADEWISE_SOURCE_URL holds its URL; [bold]--preset[/] says which tables it
    has, and `source` of a plan what is otherwise. Beside the file lies a record of where it came from.
    """
    from gradewise.cli.research.extracting import extract_shown

    extract_shown(_plan(asked, output), output, source_url=source_url, quiet=quiet)


def _plan(asked: Asked, output: Path | None) -> "Plan":
    """The plan that is named, or one that trains on the file to be written."""
    from gradewise.cli.asking import plan_from

    if asked.source is not None:
        return asked.plan()
    if output is None:
        raise typer.BadParameter("name a plan, or the file to write: --output training.parquet")
    return plan_from(output, asked.values)
