"""`gradewise scales`: which scales of grades are known by name, and how one is brought to another."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

scales = typer.Typer(
    no_args_is_help=True, help="Look at scales of grades, and bring grades from one scale to another."
)
app.add_typer(scales, name="scales")


@scales.command("list")
def list_(*, json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List the scales that are known by name, and what each grade is on others, with where that comes from.

    Any other scale goes without a name: a range such as [bold]1-6[/], or its grades, lowest first:
    [bold]--scale 'IG,G,VG,MVG'[/]
    """
    from gradewise.cli.training.scales_shown import list_shown

    list_shown(json=json)


@scales.command("map")
def map_(
    file: Annotated[Path, typer.Argument(help="Graded essays (.csv, .jsonl, .parquet).")],
    *,
    source: Annotated[str, typer.Option("--from", help="The scale of the grades: ielts, eng5 …")],
    target: Annotated[str, typer.Option("--to", help="The scale that is wanted: cefr, swedish8 …")],
    name: Annotated[
        str | None,
        typer.Option("--map", help="Which of several maps; the first of gradewise scales list if absent."),
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option("--label-column", help="Column of the grades; found by its usual names if absent."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A CSV file to write.")] = None,
) -> None:
    """Write a table with its grades on another scale beside them, for training on that scale.

    [bold]gradewise scales map bands.csv --from ielts --to cefr -o levels.csv[/], then
    [bold]gradewise train levels.csv --label-column cefr --scale cefr[/]

    Rows whose grade has none on the other scale are left out, which is said.
    """  # fmt: skip
    from gradewise.cli.training.scales_shown import map_shown
    from gradewise.essays.scale_maps import find_map

    map_shown(file, find_map(source, target, name), label=label_column, output=output)
