"""Validation and comparison of models as the terminal shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from gradewise.bootstrap import services_from
from gradewise.cli.asking import PLAN_SUFFIXES, plan_from
from gradewise.cli.columns import listed
from gradewise.cli.opening import keep_gate_record, open_against, open_named
from gradewise.cli.rendering import gate_table
from gradewise.cli.research.bench import differences_table
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.errors import UnavailableError
from gradewise.evaluation.comparison import Comparison, Difference
from gradewise.reporting.class_wording import CLASS_GLOSSARY
from gradewise.reporting.topics.model_comparison import model_statements, of_classes
from gradewise.reporting.wording import decimal, difference_words, signed
from gradewise.settings import read_settings
from gradewise.whole_files import write_whole
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.compare import compare_models
from gradewise.workflows.registry.held_out import essays_in
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.registry.validate import RECORD, ValidatedRun, validate


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedValidation:
    """What stands on the command line of a validation."""

    essays: Path | None
    """A file of graded essays, or a plan that names one."""
    values: Mapping[str, Any]
    """What options set of a plan, by dotted key."""
    model: str | None
    """Which model."""
    against: str | None
    """Beside which."""
    plan: Path | None
    """A plan whose gates count."""
    output_json: Path | None
    """Where else the record goes."""
    embedding_model: Path | None
    """Directory of the text model."""

    def rules(self) -> Plan | None:
        """The plan whose gates count; ``None`` where none is named."""
        named = self.plan
        if named is None and self.essays is not None and self.essays.suffix.lower() in PLAN_SUFFIXES:
            named = self.essays
        return None if named is None else plan_from(named, self.values)


def validate_shown(asked: AskedValidation, *, quiet: bool) -> bool:
    """Hold a model to its gates with progress on the terminal, and show the report; whether it passed.

    A report on a registered model is kept in the registry, so that promoting it needs no second look.
    """
    rules, essays = asked.rules(), None
    if asked.essays is not None:
        as_plan = plan_from(asked.essays, asked.values)
        is_plan = asked.essays.suffix.lower() in PLAN_SUFFIXES
        essays = essays_in(asked.essays, rules) if rules and not is_plan else as_plan.data
    model = open_named(asked.model)
    production = open_against(asked.against, model.bundle.metadata.name)
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with services_from(settings) as services, progress_shown(quiet=quiet) as listener:
        run = validate(model, services, plan=rules, essays=essays, production=production, listener=listener)
    record = run.directory / RECORD
    if asked.output_json is not None:
        write_whole(asked.output_json, record.read_text(encoding="utf-8"))
    out.print()
    out.print(gate_table(run.report))
    out.print()
    for notice in run.notices:
        out.print(printable(f"• {notice}"), soft_wrap=True)
    kept = _kept(run)
    places = {"report": run.html, "json": asked.output_json or record, "run": run.directory}
    out.print(listed(places | ({"kept": "with the model, in the registry"} if kept else {})), soft_wrap=True)
    out.print(printable(f"\n{_what_next(run, model, kept=kept)}"), soft_wrap=True)
    return run.report.passed


def _kept(run: ValidatedRun) -> bool:
    """Whether the registry keeps what gates said, with the model.

    Raises:
        UnavailableError: it should and could not; the message says where the report is nonetheless.
    """
    try:
        return keep_gate_record(run.record)
    except UnavailableError as error:
        raise UnavailableError(
            f"{error}; the report is in {run.directory / RECORD} and not with the model: validate again, or "
            "let its promotion judge it"
        ) from error


def _what_next(run: ValidatedRun, model: OpenedModel, *, kept: bool) -> str:
    if not run.report.passed:
        return "The report shows each rule beside what was found, and how many essays would show it."
    known = model.bundle.metadata
    if kept:
        return f"Promote it:  gradewise registry promote {known.name}:{known.version} --stage staging"
    return f"Register it:  gradewise registry register {model.run or 'BUNDLE'}"


def compare_models_shown(
    plan: Plan, *, model_a: str, model_b: str, embedding_model: Path | None, quiet: bool
) -> None:
    """Compare two models with progress on the terminal, and show what differs."""
    reference, candidate = open_named(model_a), open_named(model_b)
    settings = read_settings().with_embedding_model(embedding_model)
    with services_from(settings) as services, progress_shown(quiet=quiet) as listener:
        run = compare_models(reference, candidate, plan, services, listener=listener)
    comparison = run.found.comparison
    verdict, *others = model_statements(comparison, run.found.unseen, run.notices)
    out.print(f"\nreference  {reference.label}\ncandidate  {candidate.label}\n")
    out.print(printable(verdict.text), soft_wrap=True)
    out.print()
    if of_classes(comparison):
        out.print(class_differences_table(comparison))
    else:
        out.print(differences_table(comparison))
        out.print()
        out.print(grades_table(run.found.grades))
    out.print()
    for statement in others:
        out.print(printable(f"• {statement.text}"), soft_wrap=True)
    out.print()
    out.print(listed({"report": run.html, "run": run.directory}), soft_wrap=True)


def class_differences_table(comparison: Comparison) -> Table:
    """Candidate less reference in each figure of classes; which classes differ is in the report."""
    whole = comparison.whole
    table = Table(title=f"All {whole.n:,} texts", title_justify="left", box=None, pad_edge=False)
    table.add_column("figure")
    for heading in ("reference", "candidate", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, found in whole.differences.items():
        before, after = (decimal(side[name], digits=3) for side in (whole.reference, whole.candidate))
        table.add_row(CLASS_GLOSSARY[name].label, before, after, difference_words(found))
    return table


def grades_table(grades: Sequence[Difference]) -> Table:
    """Candidate less reference by the teacher's grade, lowest first."""
    table = Table(title="By the teacher’s grade", title_justify="left", box=None, pad_edge=False)
    table.add_column("grade")
    for heading in ("n", "same grade", "within one", "mae"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in grades:
        differences = row.differences
        table.add_row(
            Text(printable(row.name)),
            str(row.n),
            difference_words(differences["accuracy"]),
            signed(differences["adjacent_accuracy"].estimate, digits=4),
            signed(differences["mae"].estimate, digits=4),
        )
    return table
