"""`gradewise make-splits`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gradewise.cli.options import DATA, RUN, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

OPTIONS = options_of(DATA, SPLIT, RUN, without=("scheme", "splits_path", "skip_locked_test", "skip_shap"))

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


@plan_command("make-splits", OPTIONS, classes=True)
def make_splits(
    *,
    plan: "Plan",
    scheme: Annotated[
        list[str] | None,
        typer.Option(
            help="stratified_text, prompt_holdout or temporal; repeatable. Without: the first, and the "
            "second where there are prompts enough."
        ),
    ] = None,
    quiet: bool,
) -> None:
    """Divide texts into a locked test set and folds, by several schemes, for every later experiment."""
    from gradewise.bootstrap import services_from
    from gradewise.cli.columns import listed
    from gradewise.cli.terminal import out, progress_shown
    from gradewise.settings import read_settings
    from gradewise.workflows.plans.reading import make_plan
    from gradewise.workflows.plans.recipes import with_options
    from gradewise.workflows.research.make_splits import make_splits as make

    if scheme:
        raw = with_options(plan.model_dump(mode="python"), {"split.schemes": tuple(scheme)})
        plan = make_plan(raw, location="option --scheme")
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        run = make(plan, services, listener=listener)
    for each in run.splits.plans:
        out.print(
            f"{each.scheme}: {len(each.train_ids):,} essays in {len(each.folds)} folds, "
            f"{len(each.test_ids):,} locked away (plan {each.id})",
            soft_wrap=True,
        )
    out.print(listed({"report": run.html, "splits": run.saved, "run": run.directory}), soft_wrap=True)
    following = f"gradewise cv --splits-path {run.saved} --scheme {run.splits.schemes[0]}"
    out.print(f"\nFollow them:  {following}", soft_wrap=True)
