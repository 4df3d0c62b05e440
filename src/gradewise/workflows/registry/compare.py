"""Two models on the same essays: which agrees better with the teacher, where, and which grades change."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.evaluation.comparison import (
    Comparison,
    Difference,
    compare_graded,
    find_difference,
    grade_differences,
)
from gradewise.evaluation.comparison_json import changed_to_json, comparison_to_json, difference_to_json
from gradewise.evaluation.results import Graded, Resampling, few_metrics
from gradewise.evaluation.slices import select
from gradewise.reporting.page import Page
from gradewise.reporting.topics.model_comparison import model_sections, model_statements
from gradewise.reporting.wording import counted
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.measuring.bundle_needs import require_tasks
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.beside import other_classes
from gradewise.workflows.registry.candidate import grade_essays
from gradewise.workflows.registry.held_out import GradedFile, read_graded
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.research.asked import prompt_limits_of
from gradewise.workflows.research.publishing import bench_page, interval_words, write_page
from gradewise.workflows.runs.facts import told
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.services import Services
from gradewise.workflows.training.learnt_texts import knows

SCHEMA_VERSION = 1
"""Of ``model_comparison.json``."""
FEWEST_UNSEEN = 30
"""Essays that neither model has learnt from, below which nothing is said of them alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """What is found of two models."""

    comparison: Comparison
    """Candidate beside reference, on all essays."""
    grades: tuple[Difference, ...]
    """The same by the teacher's grade, lowest first."""
    unseen: Difference | None
    """On the essays that neither has learnt from; ``None`` when those are all, too few, or not known."""
    learnt: tuple[int | None, int | None]
    """How many of the essays reference and candidate have learnt from; ``None`` where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedModels:
    """What a finished comparison leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    found: ModelComparison
    """What was found."""
    notices: tuple[str, ...]
    """What a reader of the figures must know; a line each."""


def compare_models(
    reference: OpenedModel,
    candidate: OpenedModel,
    plan: Plan,
    services: Services,
    *,
    listener: Listener = silent,
) -> ComparedModels:
    """Grade the essays of a plan with two models, and compare the two essay by essay.

    Args:
        reference: what there is.
        candidate: what may replace it, on the same scale.
        plan: names the essays, and says how intervals are made.
        services: what opens files and measures texts.
        listener: hears what happens.

    Raises:
        InputError: the scales differ, or the essays cannot be used or their terms allow no figures.
        BundleError: this installation does not measure as a model needs.
    """
    require_same_scale(reference, candidate)
    file = read_graded(plan, reference.bundle, services, listener)
    require_tasks(candidate.bundle, file.essays)
    content = f"{reference.bundle.digest} {candidate.bundle.digest} {file.sha256}"
    with open_run(file.plan, "compare", services, listener, content=content) as run:
        graded = [
            grade_essays(model.bundle, file.essays, services, run.listener)
            for model in (reference, candidate)
        ]
        with stage(run.listener, "comparison"):
            found = _found(reference, candidate, file, graded)
        notices = _notices(reference, candidate, found)
        for notice in notices:
            run.listener(Notice(notice))
        record = _record(reference, candidate, file, found)
        run.directory.write_json("artifacts/model_comparison.json", record)
        page = _page(reference, candidate, file, found, services=services, notices=notices)
        html = write_page(page, run.directory, "model_comparison")
        run.tell(
            data=file.sha256,
            metrics=told(
                found.comparison.whole.differences,
                few_metrics(reference.bundle.scale),
                as_="{}_difference",
            ),
            notes=notices,
        )
    return ComparedModels(directory=run.directory.path, html=html, found=found, notices=notices)


def require_same_scale(reference: OpenedModel, candidate: OpenedModel) -> None:
    """Refuse models that give different grades.

    Raises:
        InputError: the message says which grades each gives.
    """
    first, second = reference.bundle.scale, candidate.bundle.scale
    if first.ordered != second.ordered:
        kinds = ["grades" if scale.ordered else "classes" for scale in (first, second)]
        raise InputError(
            f"{reference.label} gives {kinds[0]} and {candidate.label} gives {kinds[1]}; such models "
            "cannot be compared, choose two of one kind"
        )
    if not first.ordered and first.grades != second.grades:
        raise InputError(
            f"{reference.label} and {candidate.label} know other classes ({other_classes(first, second)}); "
            "only models of the same classes can be compared"
        )
    if first.grades != second.grades:
        raise InputError(
            f"{reference.label} gives grades {' '.join(first.grades)} ({first.name}) and {candidate.label} "
            f"{' '.join(second.grades)} ({second.name}); only models of one scale can be compared"
        )


def _found(
    reference: OpenedModel, candidate: OpenedModel, file: GradedFile, graded: Sequence[Graded]
) -> ModelComparison:
    plan, (first, second) = file.plan, graded
    asked = plan.compare
    resampling = Resampling(asked.resamples, plan.evaluation.confidence, asked.seed)
    scale = reference.bundle.scale
    return ModelComparison(
        comparison=compare_graded(first, second, resampling=resampling, limits=prompt_limits_of(plan)),
        grades=grade_differences(first, second, scale, resampling),
        unseen=_unseen((reference, candidate), file.essays, graded, resampling),
        learnt=(_n_learnt(reference, file.essays), _n_learnt(candidate, file.essays)),
    )


def _unseen(
    models: Sequence[OpenedModel], essays: Sequence[Essay], graded: Sequence[Graded], resampling: Resampling
) -> Difference | None:
    known = [model.learnt_from for model in models if model.learnt_from is not None]
    learnt = frozenset[str]().union(*known)
    rows = np.flatnonzero([not knows(learnt, essay.text) for essay in essays])
    if len(known) < len(models) or not FEWEST_UNSEEN <= rows.size < len(essays):
        return None
    first, second = (select(each, rows) for each in graded)
    return find_difference("essays that neither has learnt from", first, second, resampling)


def _n_learnt(model: OpenedModel, essays: Sequence[Essay]) -> int | None:
    if model.learnt_from is None:
        return None
    return sum(knows(model.learnt_from, essay.text) for essay in essays)


def _notices(reference: OpenedModel, candidate: OpenedModel, found: ModelComparison) -> tuple[str, ...]:
    lines = []
    if reference.bundle.digest == candidate.bundle.digest:
        lines.append(f"{_both(reference, candidate)} one model, byte for byte: nothing can differ")
    for model, learnt in zip((reference, candidate), found.learnt, strict=True):
        if learnt is None:
            lines.append(f"which texts {model.label} has learnt from is not known; those here flatter it")
        elif learnt:
            n = found.comparison.whole.n
            lines.append(f"{model.label} has learnt from {learnt} of the {n} essays; those flatter it")
    return tuple(dict.fromkeys(lines))


def _both(reference: OpenedModel, candidate: OpenedModel) -> str:
    labels = dict.fromkeys((reference.label, candidate.label))
    return f"{' and '.join(labels)} are" if len(labels) > 1 else f"both are {reference.label},"


def _record(
    reference: OpenedModel, candidate: OpenedModel, file: GradedFile, found: ModelComparison
) -> dict[str, Any]:
    scale = reference.bundle.scale
    known = comparison_to_json(found.comparison, scale)
    return {
        "schema_version": SCHEMA_VERSION,
        "reference": _model(reference, found.learnt[0]),
        "candidate": _model(candidate, found.learnt[1]),
        "dataset_sha256": file.sha256,
        "scale": {"name": scale.name, "grades": list(scale.grades)},
        **known,
        "grades": [difference_to_json(row) for row in found.grades],
        "unseen_by_both": None if found.unseen is None else difference_to_json(found.unseen),
        "changed": {
            **known["changed"],
            "essays": [changed_to_json(each, scale) for each in found.comparison.changed],
        },
    }


def _model(model: OpenedModel, learnt: int | None) -> dict[str, Any]:
    known = model.bundle.metadata
    return {
        "name": known.name,
        "version": known.version,
        "content_id": model.bundle.digest,
        "n_learnt_from": learnt,
    }


def _page(
    reference: OpenedModel,
    candidate: OpenedModel,
    file: GradedFile,
    found: ModelComparison,
    *,
    services: Services,
    notices: Sequence[str],
) -> Page:
    facts = (
        ("Reference", f"{reference.label} ({reference.bundle.digest[:12]})"),
        ("Candidate", f"{candidate.label} ({candidate.bundle.digest[:12]})"),
        ("Essays", f"{file.path.name} (sha256 {file.sha256[:12]})"),
        ("Intervals", interval_words(found.comparison.resampling)),
    )
    return bench_page(
        file.plan,
        services,
        facts,
        title=f"{candidate.label} beside {reference.label}",
        subtitle=f"{counted(found.comparison.whole.n, 'essay')} of {file.path.name}",
        statements=model_statements(found.comparison, found.unseen, notices),
        sections=model_sections(found.comparison, found.grades, found.unseen, reference.bundle.scale),
    )
