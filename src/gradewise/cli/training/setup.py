"""`gradewise init`, `gradewise plan check`, `gradewise plan schema` and `gradewise doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

plans = typer.Typer(no_args_is_help=True, help="Work with plans.")
app.add_typer(plans, name="plan")


@app.command()
def init(
    *,
    essays: Annotated[
        Path | None, typer.Argument(help="A file of graded essays, or of labelled texts, to write it for.")
    ] = None,
    template: Annotated[
        str, typer.Option(help="essay-grading: a plan; text-classification: a config.yaml.")
    ] = "essay-grading",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; plan.yaml or config.yaml when absent."),
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column that holds the essays or texts.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column that holds the grades or classes.")] = None,
    scale: Annotated[
        str | None, typer.Option(help="A scale's name, a range (1-6), or grades, lowest first: 'IG,G,VG'.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="default, accurate, measured or measured-tuned: see the guide.")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave unusable rows out, now and in every training.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Write a JSON Schema beside it, by which editors help and check.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a plan in which every option is explained, or a configuration of text classification.

    With a file, columns and scale are looked up in it and written down:
    [bold]gradewise init essays.csv[/] for grades that have an order,
    [bold]gradewise init texts.csv --template text-classification[/] for classes that have none.
    """
    from gradewise.cli.training.templates import AskedTemplate, write_template

    write_template(
        AskedTemplate(
            template=template,
            source=essays,
            output=output,
            text_column=text_column,
            label_column=label_column,
            scale=scale,
            recipe=recipe,
            set_aside=set_aside,
            with_schema=schema,
            force=force,
        )
    )


@plans.command("check")
def check(
    plan: Annotated[
        Path, typer.Argument(help="The plan, or config.yaml, to check, or a file of graded essays.")
    ],
    *,
    show: Annotated[
        bool, typer.Option("--show", help="First show what it says as a plan, apart from usual values.")
    ] = False,
) -> None:
    """Check a plan and its data, without training: columns, grades or classes, duplicates, splits."""
    from gradewise.bootstrap import services_from
    from gradewise.cli.asking import plan_from
    from gradewise.cli.terminal import out, progress_shown
    from gradewise.cli.training.checking import show_dataset
    from gradewise.settings import read_settings
    from gradewise.workflows.datasets.prepare import prepare_dataset
    from gradewise.workflows.measuring.measure import dataset_schema
    from gradewise.workflows.plans.reading import plan_yaml, rebased

    read = plan_from(plan, {})
    if show:
        shown = plan_yaml(rebased(read, plan.parent), changed_alone=True)
        out.print(shown, markup=False, highlight=False, soft_wrap=True)
    with services_from(read_settings()) as services, progress_shown() as listener:
        dataset = prepare_dataset(read, services, listener)
        show_dataset(dataset, dataset_schema(dataset, services))


@plans.command("schema")
def schema(
    *,
    template: Annotated[
        str, typer.Option(help="essay-grading: of plans; text-classification: of config.yaml.")
    ] = "essay-grading",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there instead of the terminal.")
    ] = None,
) -> None:
    """The JSON Schema of plans, by which editors complete, explain and check them.

    [bold]gradewise plan schema -o plan.schema.json[/], and in the first line of a plan:
    [bold]# yaml-language-server: $schema=plan.schema.json[/]; [bold]gradewise init --schema[/] does both.
    """
    from gradewise.cli.terminal import err, out
    from gradewise.cli.training.templates import schema_of
    from gradewise.whole_files import write_whole

    made = schema_of(template)
    if output is None:
        out.print(made, end="", markup=False, highlight=False, soft_wrap=True)
    else:
        write_whole(output, made)
        err.print(f"{output} written", soft_wrap=True)


@app.command()
def doctor() -> None:
    """Say what is installed, what is missing, and what that costs; exit code 1 when something needed is."""
    from gradewise.cli.training.checking import show_machine

    if not show_machine():
        raise typer.Exit(1)
