"""`gradewise tune`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gradewise.cli.options import DATA, FEATURES, LEARNING, RUN, SEARCH, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan

_OPTIONS = options_of(DATA, SPLIT, FEATURES, LEARNING, SEARCH, RUN, without=("skip_locked_test", "skip_shap"))


@plan_command("tune", _OPTIONS, aliases=("optuna-sweep",))
def tune(
    plan: "Plan",
    *,
    join: Annotated[
        Path | None,
        typer.Option(help="Help a running search: its run directory. Nothing in the result depends on it."),
    ] = None,
    study: Annotated[
        str | None,
        typer.Option(
            help="Help a search of another machine, by the name that it told; needs the same plan and essays."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Threads; one a core when absent. The result is the same."),
    ] = None,
    quiet: bool,
) -> None:
    """Search for better settings, and check what the search is worth on essays that took no part in it.

    Where to look is `tune.space` of the plan. A killed search goes on where it was; the locked test set is
    not looked at. [bold]gradewise tune --join output/.../<run>[/] lends a hand from another terminal;
    with a shared database (GRADEWISE_DATABASE_URL), [bold]--study[/] does so from another machine.
    """
    from gradewise.cli.research.tuning import help_shown, join_shown, tune_shown

    if join is not None:
        join_shown(join, workers=workers, quiet=quiet)
    elif study is not None:
        help_shown(plan, study, workers=workers, quiet=quiet)
    else:
        tune_shown(plan, workers=workers, quiet=quiet)
