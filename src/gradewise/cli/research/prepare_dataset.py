"""`gradewise prepare-dataset`."""

from typing import TYPE_CHECKING

from gradewise.cli.options import DATA, RUN, options_of
from gradewise.cli.plan_command import plan_command

OPTIONS = options_of(DATA, RUN, without=("skip_locked_test", "skip_shap"))

if TYPE_CHECKING:
    from gradewise.workflows.plans.plan import Plan


@plan_command("prepare-dataset", OPTIONS, classes=True)
def prepare_dataset(*, plan: "Plan", quiet: bool) -> None:
    """Read, filter and check texts, and write them as files that every experiment reads alike.

    A text in both training file and test file is an error. Beside the files lies a plan that trains on them.
    """
    from gradewise.bootstrap import services_from
    from gradewise.cli.columns import listed
    from gradewise.cli.terminal import out, progress_shown
    from gradewise.settings import read_settings
    from gradewise.workflows.research.prepare_dataset import prepare_files

    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        run = prepare_files(plan, services, listener=listener)
    for each in run.files:
        out.print(f"{each.role}: {each.n_kept:,} of {each.n_rows:,} rows are kept", soft_wrap=True)
    test = {} if run.test is None else {"test": run.test}
    places = {"report": run.html, "train": run.train, **test, "plan": run.plan, "run": run.directory}
    out.print(listed(places), soft_wrap=True)
    out.print(f"\nSplit them:  gradewise make-splits {run.plan}", soft_wrap=True)
