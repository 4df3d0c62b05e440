"""Commands that are asked with a plan, or a file of essays, and options on top of it."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gradewise.cli.app import app
from gradewise.cli.asked import Asked
from gradewise.cli.options import PlanOption
from gradewise.errors import PlanError

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan

PLAN_FLAGS = ("--train-path", "--dataset-path", "--ellipse-train-path", "--config", "--config-path", "--plan")
"""How a plan or a file of essays may be named by an option."""
PLAN_HELP = "A plan or config (.yaml), or a file of graded essays or labelled texts (.csv, .jsonl, .parquet)."

_RECIPE = Annotated[
    str | None, typer.Option(help="default, accurate, measured or measured-tuned: see the guide.")
]
_TWICE = (
    "to see what some columns are worth, run `gradewise cv` with and without them, and hold the two runs "
    "against each other: `gradewise compare-cv-runs`"
)
INSTEAD = {
    "tune": "`gradewise train` and `gradewise cv` search the settings of what learns classes: "
    "`classifier.search`, on the command line --search bayesian --trials 20",
    "sweep": "`gradewise train` and `gradewise cv` try settings of what learns classes: "
    "`classifier.search: {method: grid, space: {c: [1, 10, 100]}}`",
    "ablation": _TWICE,
    "drop-column": _TWICE,
}
"""By command that follows no plan of classes, what to do instead."""
_UNREAD = {"Plan": object}
"""Names that a command's annotations may use for a type checker alone: plans load what help must not."""
_QUIET = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]


def asked_command(
    name: str,
    options: Sequence[PlanOption],
    *,
    flags: Sequence[str] = PLAN_FLAGS,
    source_help: str = PLAN_HELP,
    recipe: bool = False,
    aliases: Sequence[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command: it gets ``asked``, ``quiet``, and its own options.

    Args:
        name: of the command.
        options: which options set keys of the plan.
        flags: how the plan or file may be named by an option.
        source_help: what may be named.
        recipe: whether a recipe may be named.
        aliases: other names of the command, which help does not show.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        own = _own_parameters(function)
        named = {option.name for option in options}

        def command(*, source: Path | None, source_option: Path | None, **given: Any) -> None:
            asked = Asked(
                source=source or source_option,
                options={key: value for key, value in given.items() if key in named},
                recipe=given.get("recipe"),
            )
            mine = {parameter.name: given[parameter.name] for parameter in own}
            function(asked=asked, quiet=given["quiet"], **mine)

        parameters = [
            *_source_parameters(flags, source_help),
            *own,
            *_option_parameters(options, recipe=recipe),
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        command.__doc__ = function.__doc__
        _register(command, name, aliases=aliases)
        return function

    return register


def plan_command(
    name: str,
    options: Sequence[PlanOption],
    *,
    aliases: Sequence[str] = (),
    classes: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of the research bench: it gets ``plan``, ``quiet``, and its own options.

    Where no plan and no file is named, the plan of the run that made the splits, or the feature store, is
    followed: ``gradewise cv --splits-path output/…/artifacts/splits.json``. So that help stays quick, the
    module of a command imports ``Plan`` for the type checker alone and quotes it.

    Args:
        name: of the command.
        options: which options set keys of the plan.
        aliases: other names of the command, which help does not show.
        classes: whether it follows plans of ``task: nominal`` too.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        def planned(*, asked: Asked, quiet: bool, **mine: Any) -> None:
            plan = replace(asked, join=mine.get("join")).plan()
            if not classes:
                _refuse_classes(name, plan)
            function(plan=plan, quiet=quiet, **mine)

        planned.__signature__ = inspect.Signature(_own_parameters(function))  # type: ignore[attr-defined]
        planned.__doc__ = function.__doc__
        asked_command(name, options, recipe=True, aliases=aliases)(planned)
        return function

    return register


def _register(command: Callable[..., None], name: str, *, aliases: Sequence[str]) -> None:
    app.command(name)(command)
    for alias in aliases:
        app.command(alias, hidden=True)(command)


def _refuse_classes(command: str, plan: "Plan") -> None:
    if plan.task == "nominal":
        raise PlanError(
            f"gradewise {command} compares models of grades, and this plan has `task: nominal`; "
            f"{INSTEAD[command]}"
        )


def _own_parameters(function: Callable[..., None]) -> list[inspect.Parameter]:
    """What a command asks for besides that which makes a plan."""
    parameters = inspect.signature(function, eval_str=True, locals=_UNREAD).parameters.values()
    return [parameter for parameter in parameters if parameter.name not in {"asked", "plan", "quiet"}]


def _option_parameters(options: Sequence[PlanOption], *, recipe: bool) -> Iterator[inspect.Parameter]:
    """What sets keys of the plan, then what every such command has."""
    for option in options:
        yield _parameter(option.name, _annotation(option))
    if recipe:
        yield _parameter("recipe", _RECIPE)
    yield _parameter("quiet", _QUIET, default=False)


def _source_parameters(flags: Sequence[str], source_help: str) -> Sequence[inspect.Parameter]:
    """A plan or a file: named as such, or by an option."""
    named = typer.Option(*flags, help="The same, as an option.")
    return (
        _parameter("source", Annotated[Path | None, typer.Argument(help=source_help)]),
        _parameter("source_option", Annotated[Path | None, named]),
    )


def _parameter(name: str, annotation: Any, *, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(option: PlanOption) -> Any:
    # Shortest first: help cuts the names of an option where a terminal is narrow.
    flags = [*sorted(option.flags, key=len), *(["-o"] if option.name == "output" else [])]
    metavar = "<str>" if option.kind == list[str] else None
    made = typer.Option(*flags, help=option.help, rich_help_panel=option.panel, metavar=metavar)
    return Annotated[option.kind | None, made]
