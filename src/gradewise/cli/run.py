"""`gradewise run`."""

from typing import Any

from gradewise.cli.options import DATA, FEATURES, LEARNING, RUN, SPLIT, options_of
from gradewise.cli.plan_command import plan_command


@plan_command("run", options_of(DATA, SPLIT, FEATURES, LEARNING, RUN, without=("skip_locked_test",)))
def run(*, plan: Any, quiet: bool) -> None:
    """Train one model as [bold]gradewise train[/] does, with every option of the research bench.

    The two are one use case and leave the same files: bundle, report, metrics, and what moves the score of
    every essay of the locked test set (SHAP).
    """
    from gradewise.cli.training import show_run, train_shown

    show_run(train_shown(plan, quiet=quiet, command="run"))
