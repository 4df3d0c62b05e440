"""`gradewise drop-column`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import COLUMNS, DATA, FEATURES, LEARNING, RANKING, RUN, SEEDS, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


@plan_command("drop-column", options_of(COLUMNS, RANKING, SEEDS, DATA, SPLIT, FEATURES, LEARNING, RUN))
def drop_column(*, plan: "Plan", quiet: bool) -> None:
    """Leave out each measured column in turn, and say which ones the model needs.

    Gains are held against those of random columns: what does not stand out from them says nothing.
    """
    from gradewise.cli.research.comparing import show_columns

    show_columns(plan, quiet=quiet)
