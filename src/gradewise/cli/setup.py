"""`gradewise init`, `gradewise plan check` and `gradewise doctor`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gradewise.workflows.plan import Plan

from gradewise.cli.app import app

plans = typer.Typer(no_args_is_help=True, help="Work with plans.")
app.add_typer(plans, name="plan")


@app.command()
def init(
    *,
    essays: Annotated[
        Path | None, typer.Argument(help="A file of graded essays to write the plan for.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The plan to write.")] = Path("plan.yaml"),
    text_column: Annotated[str | None, typer.Option(help="Column that holds the essays.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column that holds the grades.")] = None,
    scale: Annotated[
        str | None, typer.Option(help="A scale's name, a range (1-6), or grades, lowest first: 'IG,G,VG'.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="default, accurate, measured or measured-tuned: see the guide.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a plan in which every option is explained.

    With a file of essays, columns and scale are looked up in it and written down.
    """
    from gradewise.cli.asking import parse_scale
    from gradewise.cli.terminal import err
    from gradewise.errors import PlanError
    from gradewise.whole_files import write_whole
    from gradewise.workflows.plan_template import commented_plan

    if output.exists() and not force:
        raise PlanError(f"{output} exists; choose another name with --output, or replace it with --force")
    options = {
        "data.columns.text": text_column,
        "data.columns.label": label_column,
        "scale": parse_scale(scale),
    }
    write_whole(output, commented_plan(_starting_plan(essays, options, recipe, output.parent)))
    err.print(f"{output} written; next: gradewise plan check {output}", soft_wrap=True)


def _starting_plan(
    essays: Path | None, options: dict[str, Any], recipe: str | None, directory: Path
) -> "Plan":
    from gradewise.bootstrap import services_from
    from gradewise.cli.asking import plan_from
    from gradewise.cli.terminal import progress_shown
    from gradewise.settings import read_settings
    from gradewise.workflows.plan_reading import rebased
    from gradewise.workflows.reading import with_guesses

    plan = plan_from(essays or Path("essays.csv"), options, recipe=recipe)
    if essays is None:
        return plan
    with services_from(read_settings()) as services, progress_shown() as listener:
        plan = with_guesses(plan, services.open_data(essays, plan.data), listener)
    return rebased(plan, directory)


@plans.command("check")
def check(plan: Annotated[Path, typer.Argument(help="The plan to check.")]) -> None:
    """Check a plan and the data it names, without training: columns, grades, duplicates, splits."""
    from gradewise.bootstrap import services_from
    from gradewise.cli.checking import show_dataset
    from gradewise.cli.terminal import progress_shown
    from gradewise.settings import read_settings
    from gradewise.workflows.measure import dataset_schema
    from gradewise.workflows.plan_reading import read_plan
    from gradewise.workflows.prepare import prepare_dataset

    with services_from(read_settings()) as services, progress_shown() as listener:
        dataset = prepare_dataset(read_plan(plan), services, listener)
        show_dataset(dataset, dataset_schema(dataset, services))


@app.command()
def doctor() -> None:
    """Say what is installed, what is missing, and what that costs; exit code 1 when something needed is."""
    from gradewise.cli.checking import show_machine

    if not show_machine():
        raise typer.Exit(1)
