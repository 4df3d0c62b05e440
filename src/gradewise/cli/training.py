"""Training as the terminal shows it, shared by `train` and `demo`."""

from gradewise.bootstrap import services_from
from gradewise.cli.rendering import evaluation_table, files_table
from gradewise.cli.terminal import out, progress_shown
from gradewise.settings import read_settings
from gradewise.workflows.plan import Plan
from gradewise.workflows.train import TrainedRun, train


def train_shown(plan: Plan, *, quiet: bool) -> TrainedRun:
    """Train with progress on the terminal."""
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        return train(plan, services, listener=listener)


def show_run(run: TrainedRun) -> None:
    """The figures, and where everything lies."""
    out.print()
    if run.report.metrics_allowed:
        out.print(evaluation_table([(named.name, named.evaluation) for named in run.report.evaluations]))
    else:
        out.print("No figures: the dataset card blocks metrics (smoke test only).")
    out.print()
    out.print(files_table({"report": run.html, "bundle": run.bundle, "run": run.directory}))
    out.print(f"\nGrade an essay with it:  gradewise score essay.txt --model {run.bundle}", soft_wrap=True)
