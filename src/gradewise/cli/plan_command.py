"""Commands that take a plan and options on top of it."""

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gradewise.cli.app import app
from gradewise.cli.options import PlanOption

RESEARCH = "Research"
"""Under which heading help shows the commands of the research bench."""

_SOURCE = Annotated[
    Path | None,
    typer.Argument(help="A plan (.yaml) or a file of graded essays (.csv, .jsonl, .parquet)."),
]
_TRAIN = Annotated[
    Path | None,
    typer.Option(
        "--train-path", "--dataset-path", "--ellipse-train-path", "--config", "--config-path", "--plan",
        help="The same, as an option.",
    ),
]  # fmt: skip
_RECIPE = Annotated[
    str | None, typer.Option(help="default, accurate, measured or measured-tuned: see the guide.")
]
_UNREAD = {"Plan": object}
"""Names that a command's annotations may use for a type checker alone: plans load what help must not."""
_QUIET = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]


def plan_command(
    name: str, options: Sequence[PlanOption], *, panel: str = RESEARCH
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command: it gets ``plan``, ``quiet``, and its own options.

    Where no plan and no file is named, the plan of the run that made the splits, or the feature store, is
    followed: ``gradewise cv --splits-path output/.../splits.json``. So that help stays quick, a module of a
    command imports ``Plan`` for the type checker alone and quotes it.

    Args:
        name: of the command.
        options: which options set keys of the plan.
        panel: heading in the program's help.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        own = [
            parameter
            for parameter in inspect.signature(function, eval_str=True, locals=_UNREAD).parameters.values()
            if parameter.name not in {"plan", "quiet"}
        ]

        def command(**given: Any) -> None:
            from gradewise.cli.planning import make_asked_plan

            mine = {parameter.name: given.pop(parameter.name) for parameter in own}
            quiet = given.pop("quiet")
            function(plan=make_asked_plan(given), quiet=quiet, **mine)

        parameters = [
            _parameter("source", _SOURCE),
            _parameter("train_path", _TRAIN),
            *own,
            *(_parameter(option.name, _annotation(option)) for option in options),
            _parameter("recipe", _RECIPE),
            _parameter("quiet", _QUIET, default=False),
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        command.__doc__ = function.__doc__
        app.command(name, rich_help_panel=panel)(command)
        return function

    return register


def _parameter(name: str, annotation: Any, *, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(option: PlanOption) -> Any:
    flags = [*option.flags, *(["-o"] if option.name == "output" else [])]
    return Annotated[option.kind | None, typer.Option(*flags, help=option.help, rich_help_panel=option.panel)]
