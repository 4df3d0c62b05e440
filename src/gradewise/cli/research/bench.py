"""Cross-validations and their comparison as the terminal shows them."""

from rich.table import Table
from rich.text import Text

from gradewise.bootstrap import services_from
from gradewise.cli.columns import listed
from gradewise.cli.rendering import evaluation_table, gate_table
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.evaluation.comparison import Comparison, Difference
from gradewise.evaluation.fold_figures import FoldFigures, over_folds
from gradewise.reporting.topics.folds import TAIL_NAMES
from gradewise.reporting.topics.model_comparison import of_classes
from gradewise.reporting.wording import difference_words, signed
from gradewise.settings import read_settings
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.compare import compare_cv_runs, require_passed
from gradewise.workflows.research.cv import cv
from gradewise.workflows.research.cv_run import CvRun

SURE, ROUGH = ("qwk",), {"adjacent_accuracy": "within one", "mae": "mae", "rps": "rps"}
"""Figures of a comparison that the terminal shows, with their intervals and without, by their heading."""
CLASS_SURE, CLASS_ROUGH = ("macro_f1",), {"accuracy": "accuracy", "log_loss": "log loss"}
"""The same of classes."""


def cv_shown(plan: Plan, *, quiet: bool) -> None:
    """Cross-validate with progress on the terminal, and show the figures."""
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        run = cv(plan, services, listener=listener)
    figures_shown(run)
    out.print(listed({"report": run.html, "run": run.directory}), soft_wrap=True)


def figures_shown(run: CvRun) -> None:
    """The figures of a cross-validation, fold by fold and on the whole, where its data allow any."""
    out.print()
    if run.folds:
        out.print(folds_table(run.folds))
        out.print()
        out.print(evaluation_table([(named.name, named.evaluation) for named in run.evaluations]))
    else:
        out.print("No figures: the dataset card blocks metrics (smoke test only).")
    out.print()


def folds_table(folds: tuple[FoldFigures, ...]) -> Table:
    """A row a fold, and their mean with its standard deviation."""
    table = Table(title="Fold by fold", title_justify="left", box=None, pad_edge=False)
    names, trees = list(folds[0].validate), any(fold.rounds for fold in folds)
    for heading in ("fold", "learnt from", "not seen", *names, *(["trees"] if trees else [])):
        table.add_column(heading.replace("_", " "), justify="right")
    for fold in folds:
        figures = (f"{fold.validate[name]:.3f}" for name in names)
        rounds = [str(fold.rounds)] if trees else []
        table.add_row(str(fold.fold), str(fold.n_train), str(fold.n_validate), *figures, *rounds)
    spreads = over_folds(folds)
    every = [spreads[f"val_{name}"] for name in names]
    table.add_row("mean", "", "", *(f"{spread.mean:.3f}" for spread in every))
    table.add_row("sd", "", "", *(f"{spread.sd:.3f}" for spread in every))
    return table


def compare_shown(plan: Plan, *, quiet: bool, require_gates: bool) -> None:
    """Compare two runs with progress on the terminal, and show what differs.

    Raises:
        GateError: gates are required and not passed.
    """
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        run = compare_cv_runs(plan, services, listener=listener)
    out.print()
    out.print(differences_table(run.comparison))
    out.print()
    if run.gates is not None:
        out.print(gate_table(run.gates))
        out.print(f"verdict: {run.outcome}\n")
    out.print(listed({"report": run.html, "run": run.directory}), soft_wrap=True)
    if require_gates:
        require_passed(run)


def differences_table(comparison: Comparison) -> Table:
    """Candidate less reference: all essays, the hardest prompts, the tails."""
    table = Table(
        title=f"Candidate less reference (n={comparison.whole.n})",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    classes = of_classes(comparison)
    sure_of, roughly = (CLASS_SURE, CLASS_ROUGH) if classes else (SURE, ROUGH)
    table.add_column("texts" if classes else "essays")
    for name in ("n", *(each.replace("_", " ") for each in sure_of), *roughly.values()):
        table.add_column(name, justify="right", no_wrap=True)
    rows: tuple[Difference | None, ...] = (
        comparison.whole,
        comparison.over_prompts,
        comparison.hardest,
        *comparison.tails,
    )
    for row in rows:
        if row is not None:
            sure = (difference_words(row.differences[name]) for name in sure_of)
            rough = (signed(row.differences[name].estimate, digits=4) for name in roughly)
            named = TAIL_NAMES.get(row.name, row.name)
            named = named.replace("essays", "texts") if classes else named
            table.add_row(Text(printable(named)), str(row.n), *sure, *rough)
    return table
