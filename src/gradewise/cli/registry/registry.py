"""`gradewise registry`: which models and runs there are, how they fare, what was done about them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

registry = typer.Typer(
    no_args_is_help=True, help="Register models, look at them, bring them to production, and take them back."
)
app.add_typer(registry, name="registry")

LOOK, ACT, KEEP = "Look", "Act", "Keep in order"
"""Under which heading help shows a command."""
MODEL_HELP = (
    "A name (its model in production, else the newest), name:version, name@production, name@staging, "
    "name@latest, a version, or the first characters of an id."
)
Model = Annotated[str | None, typer.Argument(help=MODEL_HELP, show_default=False)]
ModelOption = Annotated[
    str | None, typer.Option("--model-id", "--model", help="The same, as an option.", hidden=True)
]
Name = Annotated[str | None, typer.Argument(help="Of models; every name when absent.", show_default=False)]
NameOption = Annotated[
    str | None, typer.Option("--model-name", "--name", help="The same, as an option.", hidden=True)
]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    JSON = "json"


class StageName(StrEnum):
    """Where a model stands."""

    DEV = "dev"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


def required(argument: str | None, option: str | None, *, example: str) -> str:
    """What was named by either way.

    Raises:
        BadParameter: nothing was, or two things were.
    """
    if argument is not None and option is not None and argument != option:
        raise typer.BadParameter(f"two are named, {argument} and {option}; name one, such as: {example}")
    named = argument or option
    if not named:
        raise typer.BadParameter(f"name one, such as: {example}")
    return named


@registry.command("list", rich_help_panel=LOOK)
def list_(
    *,
    name: Annotated[
        str | None, typer.Option("--name", "--model-name", help="Models, or runs, of this name alone.")
    ] = None,
    stage: Annotated[StageName | None, typer.Option("--stage", help="Models in this stage alone.")] = None,
    runs: Annotated[bool, typer.Option("--runs", help="Runs instead of models, failed ones too.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Failed runs alone, with the reason.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most lines.")] = 20,
    json: Json = False,
) -> None:
    """List models, newest first: stage, date, the figure that counts most, and who registered it.

    [bold]gradewise registry list --stage production[/] lists what is in production,
    [bold]gradewise registry list --failed[/] the runs that failed, and why.
    """
    from gradewise.cli.registry.looks import show_models, show_runs

    if runs or failed:
        if stage is not None:
            raise typer.BadParameter("runs have no stage; leave --stage out, or --runs")
        show_runs(name, state="failed" if failed else None, limit=limit, json=json)
    else:
        show_models(name, stage=stage and stage.value, limit=limit, json=json)


@registry.command("latest", rich_help_panel=LOOK)
def latest(name: Name = None, *, name_option: NameOption = None, json: Json = False) -> None:
    """Show the newest model, and the newest run that ended well."""
    from gradewise.cli.registry.looks import show_latest

    show_latest(name or name_option, json=json)


@registry.command("get", hidden=True)
@registry.command("show", rich_help_panel=LOOK)
def show(
    model: Model = None,
    *,
    model_option: ModelOption = None,
    version: Annotated[str | None, typer.Option("--version", help="A version.", hidden=True)] = None,
    json: Json = False,
) -> None:
    """Show everything that is known of a model: figures, data, how it was made, gates, what was done."""
    from gradewise.cli.registry.looks import show_model

    named = required(model, model_option or version, example="gradewise registry show essays")
    show_model(named, json=json)


@registry.command("summary", rich_help_panel=LOOK)
def summary(
    name: Name = None,
    *,
    name_option: NameOption = None,
    metric: Annotated[
        str | None,
        typer.Option("--metric", help="Which figure is followed, such as mae."),
    ] = None,
    page: Annotated[Path | None, typer.Option("--page", help="Write a page with charts here.")] = None,
    json: Json = False,
) -> None:
    """Show how models fared over time, and runs by command: how many, how many failed, the best figure.

    [bold]gradewise registry summary --page summary.html[/] draws it.
    """
    from gradewise.cli.registry.looks import show_summary

    show_summary(name or name_option, metric=metric, page=page, json=json)


@registry.command("history", rich_help_panel=LOOK)
def history(
    name: Name = None,
    *,
    name_option: NameOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most acts.")] = 20,
    json: Json = False,
) -> None:
    """Show what was done about models, newest first: when, what, by whom and why."""
    from gradewise.cli.registry.looks import show_history

    show_history(name or name_option, limit=limit, json=json)


@registry.command("diff", rich_help_panel=LOOK)
def diff(
    first: Annotated[str, typer.Argument(help=MODEL_HELP)],
    second: Annotated[str, typer.Argument(help="The model to hold it against, named likewise.")],
    *,
    json: Json = False,
) -> None:
    """Show what differs between two models: data, plan, features, versions, figures.

    [bold]gradewise registry diff essays@production essays@staging[/]
    """
    from gradewise.cli.registry.looks import show_differences

    show_differences(first, second, json=json)


@registry.command("export", rich_help_panel=LOOK)
def export(
    *,
    format_: Annotated[Format, typer.Option("--format", "-f", help="csv or json.")] = Format.CSV,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file to write.")] = None,
    runs: Annotated[bool, typer.Option("--runs", help="Runs instead of models.")] = False,
    name: Annotated[str | None, typer.Option("--name", "--model-name", help="Of this name alone.")] = None,
) -> None:
    """Write all models, or all runs, as a table for a spreadsheet or a program.

    In CSV no text is a formula to a spreadsheet: one that looks like it has an apostrophe before it.
    """
    from gradewise.cli.registry.looks import write_export

    write_export(format_.value, output=output, runs=runs, name=name)
