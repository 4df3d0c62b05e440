"""Training as the terminal shows it, shared by `train` and `demo`."""

from collections.abc import Sequence
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.cli.choosing import find_bundle
from gradewise.cli.columns import listed
from gradewise.cli.rendering import evaluation_table, gate_line, gate_table
from gradewise.cli.terminal import out, progress_shown
from gradewise.errors import GateError
from gradewise.evaluation.gates import GateReport
from gradewise.features.given import given_columns
from gradewise.models.bundles.bundle import load_bundle
from gradewise.reporting.report import Report
from gradewise.reporting.topics.classes import OUT_OF_SCOPE
from gradewise.settings import read_settings
from gradewise.workflows.evaluate import evaluate_bundle
from gradewise.workflows.measuring.bundle_needs import measures_relevance
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.train import TrainedRun, train

NUMBERS_SHOWN = 3
"""Given numbers that the command for the next essay spells out."""


def train_shown(plan: Plan, *, quiet: bool, command: str = "train") -> TrainedRun:
    """Train with progress on the terminal; `command` is what was typed."""
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        return train(plan, services, listener=listener, command=command)


def evaluate_shown(
    plan: Plan,
    model: Path | None,
    *,
    embedding_model: Path | None,
    out_of_scope: str | None,
    quiet: bool,
    require_gates: bool,
) -> None:
    """Evaluate a model with progress on the terminal, and show the figures.

    Raises:
        GateError: gates are required, and one is not passed or none could be judged.
    """
    bundle = load_bundle(find_bundle(model))
    settings = read_settings().with_embedding_model(embedding_model)
    with services_from(settings) as services, progress_shown(quiet=quiet) as listener:
        run = evaluate_bundle(bundle, plan, services, out_of_scope=out_of_scope, listener=listener)
    _show_figures(run.report)
    for report in run.gates:
        out.print(gate_line(report) if report.passed else gate_table(report), soft_wrap=True)
    out.print()
    out.print(listed({"report": run.html, "run": run.directory}), soft_wrap=True)
    if require_gates:
        require_passed(run.gates)


def require_passed(gates: Sequence[GateReport]) -> None:
    """Pass, when there are gates and every one is passed.

    Raises:
        GateError: one is not passed, or there is none.
    """
    if not gates:
        raise GateError(
            "gates are required and none was judged; name one with --gates, and essays that the model has "
            "not seen and whose terms allow figures"
        )
    short = [report.preset for report in gates if not report.passed]
    if short:
        raise GateError(f"gates not passed: {', '.join(short)}; the table above says which rules")


def show_run(run: TrainedRun, plan: Plan, *, quiet: bool) -> None:
    """The figures, where everything lies, and what comes next; a plan that wants it registers the model."""
    _show_figures(run.report)
    for report in run.gates:
        out.print(f"{gate_line(report)}\n", soft_wrap=True)
    out.print(listed({"report": run.html, "bundle": run.bundle, "run": run.directory}), soft_wrap=True)
    bundle = load_bundle(run.bundle)
    asks_task = measures_relevance(bundle) and bundle.metadata.data.task is None
    task = " --prompt-text 'the task'" if asks_task else ""
    given = given_columns(bundle.schema)
    numbers = "".join(f" --given {name}=NUMBER" for name in given[:NUMBERS_SHOWN])
    numbers += " …" if len(given) > NUMBERS_SHOWN else ""
    seen = " --embedding-model DIRECTORY" if bundle.embedding else ""
    ordered = bundle.scale.ordered
    what, file = ("Grade an essay", "essay.txt") if ordered else ("Classify a text", "text.txt")
    out.print(
        f"\n{f'{what} with it:':<24} gradewise score {file} --model {run.bundle}{task}{numbers}{seen}",
        soft_wrap=True,
    )
    register_if_asked(run, plan, quiet=quiet)
    push_if_asked(run, plan)


def push_if_asked(run: TrainedRun, plan: Plan) -> None:
    """Send a model that was trained just now to object storage, where the plan says so.

    Raises:
        GradewiseError: it could not be sent.
    """
    if plan.push is not None:
        from gradewise.cli.registry.doing import push_trained
        from gradewise.workflows.push import push_address

        push_trained(run.bundle, run.directory, push_address(plan.push))


def register_if_asked(run: TrainedRun, plan: Plan, *, quiet: bool) -> None:
    """Register a model that was trained just now, or say how it is done.

    Raises:
        GradewiseError: the plan wants it registered, and it could not be.
    """
    if plan.tracking.register_model:
        from gradewise.cli.registry.doing import register_trained

        register_trained(run.bundle, run.directory, quiet=quiet)
    else:
        out.print(f"Keep it for good:       gradewise registry register {run.directory}", soft_wrap=True)


def _show_figures(report: Report) -> None:
    out.print()
    if report.metrics_allowed:
        out.print(evaluation_table([(named.name, named.evaluation) for named in report.evaluations]))
        for text in (
            each.text
            for section in report.sections
            if section.name == OUT_OF_SCOPE
            for each in section.statements
        ):
            out.print(f"\n{text}", soft_wrap=True, markup=False)
    else:
        out.print("No figures: the dataset card blocks metrics (smoke test only).")
    out.print()
