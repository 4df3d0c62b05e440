"""`gradewise sweep`, which was once called `xgb-sweep`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import DATA, FEATURES, GRID, LEARNING, RANKING, RUN, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


@plan_command(
    "sweep", options_of(GRID, RANKING, DATA, SPLIT, FEATURES, LEARNING, RUN), aliases=("xgb-sweep",)
)
def sweep(*, plan: "Plan", quiet: bool) -> None:
    """Evaluate a grid of settings on the same folds, and say whether the best is more than luck."""
    from gradewise.cli.research.comparing import show_sweep

    show_sweep(plan, quiet=quiet)
