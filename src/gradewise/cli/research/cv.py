"""`gradewise cv`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import CLASSES, DATA, FEATURES, LEARNING, RUN, SPLIT, options_of, under
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan

OPTIONS = (
    *options_of(DATA, SPLIT, FEATURES, LEARNING, CLASSES, RUN, without=("skip_shap",)),
    *under(CLASSES, "trials"),
)


@plan_command("cv", OPTIONS, classes=True)
def cv(*, plan: "Plan", quiet: bool) -> None:
    """Cross-validate: every text is told by a model that has not seen it; no model is kept.

    Then the locked test set is looked at once, with exactly the decoding that would ship;
    [bold]--skip-locked-test[/] keeps it locked, which is best as long as you compare.
    """
    from gradewise.cli.research.bench import cv_shown

    cv_shown(plan, quiet=quiet)
