"""`gradewise featurize`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import DATA, FEATURES, RUN, SPLIT, options_of
from gradewise.cli.plan_command import plan_command

OPTIONS = options_of(
    DATA, SPLIT, FEATURES, RUN, without=("reuse_feature_store_dir", "skip_locked_test", "skip_shap")
)

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


@plan_command("featurize", OPTIONS, classes=True)
def featurize(*, plan: "Plan", quiet: bool) -> None:
    """Measure texts and keep what was measured as a feature store; nothing is trained."""
    from gradewise.bootstrap import services_from
    from gradewise.cli.columns import listed
    from gradewise.cli.terminal import out, progress_shown
    from gradewise.settings import read_settings
    from gradewise.workflows.research.featurize import featurize as measure

    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        run = measure(plan, services, listener=listener)
    out.print(
        f"{run.n_essays:,} essays, {len(run.schema)} features, {run.essays_per_second:.1f} essays a second, "
        "what a cache held included",
        soft_wrap=True,
    )
    out.print(listed({"report": run.html, "store": run.store, "run": run.directory}), soft_wrap=True)
    out.print(f"\nReuse it:  gradewise cv --reuse-cv-feature-store-dir {run.directory}", soft_wrap=True)
