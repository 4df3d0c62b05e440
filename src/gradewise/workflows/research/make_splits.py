"""Make splits: several schemes around one locked test set, saved for every experiment that is to compare."""

from dataclasses import dataclass, field
from pathlib import Path

from gradewise.errors import SplitError
from gradewise.essays.leaks import parted_kin
from gradewise.essays.split_json import split_set_to_json
from gradewise.essays.split_plan import RARE_RULE, Scheme
from gradewise.essays.split_set import SplitSet
from gradewise.reporting.page import Page
from gradewise.reporting.topics.splits import split_sections, split_statements
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.datasets.prepare import split_read
from gradewise.workflows.datasets.read_dataset import ReadData, read_dataset
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.publishing import bench_page, origin_facts, write_page
from gradewise.workflows.runs.rows_set_aside import write_rows_set_aside
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.services import Services

DEFAULT: tuple[Scheme, ...] = ("stratified_text", "prompt_holdout")
"""Schemes that are laid out where a plan names none; the first must succeed."""
REPORT = "splits_report"
"""Name of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitsRun:
    """What is left behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    saved: Path
    """``splits.json``, to be named in `split.reuse`."""
    splits: SplitSet
    """The same as a value."""
    omitted: dict[str, str] = field(default_factory=dict)
    """Schemes that these essays do not allow, each with the reason."""


def make_splits(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> SplitsRun:
    """Divide essays by every scheme of ``split.schemes``, check that nothing leaks, save and report.

    Raises:
        InputError, PlanError: the data cannot be used.
        SplitError, LeakError: it cannot be divided so.
    """
    with stage(listener, "reading essays"):
        plan = plan.model_copy(update={"split": plan.split.model_copy(update={"reuse": None})})
        read = read_dataset(plan, services, listener)
    with stage(listener, "splits"):
        splits, omitted = _splits(read, services)
    for note in parted_kin(splits.plans[0], read.essays) if read.test is not None else ():
        listener(Notice(note))
    for scheme, why in omitted.items():
        listener(Notice(f"no {scheme} splits: {why}"))
    identity = " ".join(each.id for each in splits.plans)
    with open_run(read.plan, "make-splits", services, listener, content=identity, resume=resume) as run:
        saved = run.directory.write_json("artifacts/splits.json", split_set_to_json(splits, read.essays))
        run.directory.write_json("artifacts/integrity.json", read.integrity().to_json())
        write_rows_set_aside(run.directory, read.together.intake.set_aside)
        html = write_page(_page(read, splits, omitted, services), run.directory, REPORT)
        run.tell(
            split={each.scheme: each.id for each in splits.plans},
            n_splits=splits.plans[0].n_folds,
        )
    return SplitsRun(directory=run.directory.path, html=html, saved=saved, splits=splits, omitted=omitted)


def _splits(read: ReadData, services: Services) -> tuple[SplitSet, dict[str, str]]:
    """The splits that are asked for, or of the usual ones those that can be made."""
    asked = tuple(dict.fromkeys(read.plan.split.schemes))
    if asked:
        return split_read(read, asked, services), {}
    try:
        return split_read(read, DEFAULT, services), {}
    except SplitError as error:
        # Which of the two cannot be made shows when the first is made alone.
        why = str(error).removeprefix(f"{read.location}: ")
        return split_read(read, DEFAULT[:1], services), {DEFAULT[1]: why}


def _page(read: ReadData, splits: SplitSet, omitted: dict[str, str], services: Services) -> Page:
    first = splits.plans[0]
    return bench_page(
        read.plan,
        services,
        (
            *origin_facts(read.origin),
            *((f"plan of {each.scheme}", each.id) for each in splits.plans),
            ("seed", str(first.seed)),
            ("rare grades", RARE_RULE),
        ),
        title=f"Splits of {read.plan.name}",
        subtitle=f"{len(read.essays):,} essays, {first.n_folds} folds, {len(first.test_ids):,} locked away",
        statements=split_statements(splits, omitted),
        sections=split_sections(splits, read.essays, read.scale.grades),
    )
