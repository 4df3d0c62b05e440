"""Training as the terminal shows it, shared by `train` and `demo`."""

from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.rendering import evaluation_table, listed
from gradewise.cli.terminal import out, progress_shown
from gradewise.models.bundle import load_bundle
from gradewise.reporting.report import Report
from gradewise.settings import read_settings
from gradewise.workflows.evaluate import evaluate_bundle
from gradewise.workflows.plan import Plan
from gradewise.workflows.score import measures_relevance
from gradewise.workflows.train import TrainedRun, train


def train_shown(plan: Plan, *, quiet: bool) -> TrainedRun:
    """Train with progress on the terminal."""
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        return train(plan, services, listener=listener)


def evaluate_shown(plan: Plan, model: Path | None, *, quiet: bool) -> None:
    """Evaluate a model with progress on the terminal, and show the figures."""
    bundle = load_bundle(find_bundle(model))
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        run = evaluate_bundle(bundle, plan, services, listener=listener)
    _show_figures(run.report)
    out.print(listed({"report": run.html, "run": run.directory}), soft_wrap=True)


def show_run(run: TrainedRun) -> None:
    """The figures, and where everything lies."""
    _show_figures(run.report)
    out.print(listed({"report": run.html, "bundle": run.bundle, "run": run.directory}), soft_wrap=True)
    task = " --prompt-text 'the task'" if measures_relevance(load_bundle(run.bundle)) else ""
    out.print(
        f"\nGrade an essay with it:  gradewise score essay.txt --model {run.bundle}{task}", soft_wrap=True
    )


def _show_figures(report: Report) -> None:
    out.print()
    if report.metrics_allowed:
        out.print(evaluation_table([(named.name, named.evaluation) for named in report.evaluations]))
    else:
        out.print("No figures: the dataset card blocks metrics (smoke test only).")
    out.print()
