"""`gradewise run`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gradewise.cli.options import CLASSES, DATA, FEATURES, KEEPING, LEARNING, RUN, SPLIT, options_of, under
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


OPTIONS = (
    *options_of(DATA, SPLIT, FEATURES, LEARNING, CLASSES, KEEPING, RUN, without=("skip_locked_test",)),
    *under(CLASSES, "trials"),
)


@plan_command("run", OPTIONS, classes=True)
def run(
    *,
    plan: "Plan",
    quiet: bool,
    open_locked_test: Annotated[
        bool,
        typer.Option(
            "--open-locked-test", help="Look at the locked test, also where the plan keeps it locked."
        ),
    ] = False,
) -> None:
    """Train one model as [bold]gradewise train[/] does, with every option of the research bench.

    The two are one use case and leave the same files: bundle, report, metrics, and what moves the score of
    every essay of the locked test set (SHAP).
    """
    from gradewise.cli.training.training import show_run, train_shown

    if open_locked_test:
        evaluation = plan.evaluation.model_copy(update={"locked_test": True})
        plan = plan.model_copy(update={"evaluation": evaluation})
    show_run(train_shown(plan, quiet=quiet, command="run"), plan, quiet=quiet)
