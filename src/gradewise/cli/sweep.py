"""`gradewise sweep`, which was once called `xgb-sweep`."""

from typing import Any

from gradewise.cli.options import DATA, FEATURES, GRID, LEARNING, RANKING, RUN, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

_OPTIONS = options_of(GRID, RANKING, DATA, SPLIT, FEATURES, LEARNING, RUN)


@plan_command("sweep", _OPTIONS)
@plan_command("xgb-sweep", _OPTIONS, hidden=True)
def sweep(*, plan: Any, quiet: bool) -> None:
    """Evaluate a grid of settings on the same folds, and say whether the best is more than luck."""
    from gradewise.cli.comparing import show_sweep

    show_sweep(plan, quiet=quiet)
