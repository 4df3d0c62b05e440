"""`gradewise ablation`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import DATA, FEATURES, LEARNING, RUN, SEEDS, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


@plan_command("ablation", options_of(SEEDS, DATA, SPLIT, FEATURES, LEARNING, RUN))
def ablation(*, plan: "Plan", quiet: bool) -> None:
    """Learn from parts of the columns on the same folds, and say what each part adds.

    With a text model: named features, embeddings and both. Without one: all groups but one, each in turn.
    """
    from gradewise.cli.research.comparing import show_ablation

    show_ablation(plan, quiet=quiet)
