"""`gradewise cv`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import DATA, FEATURES, LEARNING, RUN, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

if TYPE_CHECKING:
    from gradewise.workflows.plan import Plan


@plan_command("cv", options_of(DATA, SPLIT, FEATURES, LEARNING, RUN, without=("skip_shap",)))
def cv(*, plan: "Plan", quiet: bool) -> None:
    """Cross-validate: every essay is graded by a model that has not seen it; no model is kept.

    Then the locked test set is looked at once, with exactly the decoding that would ship;
    [bold]--skip-locked-test[/] keeps it locked, which is best as long as you compare.
    """
    from gradewise.cli.bench import cv_shown

    cv_shown(plan, quiet=quiet)
