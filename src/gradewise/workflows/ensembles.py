"""Several models as one: averaged, or stacked on graded essays that taught none of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.records import Essay
from gradewise.evaluation.probability import ranked_probability_score
from gradewise.evaluation.release import choose_policy
from gradewise.evaluation.review import find_candidates
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.ensembles import Members, Stacked, ensemble_files, gather_members
from gradewise.models.bundles.storage import write_files
from gradewise.models.bundles.verified import Bundle
from gradewise.models.confidence import Confidence
from gradewise.models.decisions import Cuts, choose_decision, fit_cuts
from gradewise.models.grade_sets import fit_grade_sets
from gradewise.models.pooling import equal_weights, pool, stacked_weights
from gradewise.models.predictions import GradePredictions
from gradewise.telemetry import Listener, Notice, silent, stage
from gradewise.workflows.measuring.bundle_needs import bundle_checker, require_tasks
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.held_out import GradedFile, read_graded
from gradewise.workflows.score import bundle_matrix
from gradewise.workflows.services import Services
from gradewise.workflows.training.judging import figures, graded_essays
from gradewise.workflows.training.learnt_texts import unknown_to

FEWEST_TO_STACK = 60
"""Essays below which weights and cuts would be luck."""
_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedMember:
    """A bundle that is to be a member."""

    files: Mapping[str, bytes]
    """Of the bundle, by name."""
    learnt_from: frozenset[str] | None
    """Digests of the texts that it has learnt from; ``None`` when they are not known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadeEnsemble:
    """An ensemble on disk."""

    directory: Path
    """Its bundle."""
    bundle: Bundle
    """The same, read back and verified."""
    members: tuple[tuple[str, float], ...]
    """Name and version of each member, with its weight."""


def make_ensemble(
    name: str,
    members: Sequence[NamedMember],
    directory: Path,
    services: Services,
    *,
    stack_on: Plan | None = None,
    clock: Callable[[], datetime],
    listener: Listener = silent,
) -> MadeEnsemble:
    """Put several bundles behind one name, as a bundle like any other.

    Args:
        name: of the model.
        members: 2 to 8 bundles of one scale.
        directory: where the bundle is made, in a directory called by name and version.
        services: what opens files and measures texts.
        stack_on: names graded essays on which weights, cuts and promises are learnt; without it members
            count alike.
        clock: the time, which makes the version.
        listener: hears stages and notices.

    Raises:
        BundleError: members are damaged, or cannot be one; or the directory exists.
        InputError: the essays cannot be used, or too few of them taught no member.
    """
    gathered = gather_members([member.files for member in members])
    stacked = None
    if stack_on is not None:
        file = read_graded(stack_on, gathered.bundles[0], services, listener)
        stacked = _stack(gathered, members, file, services, listener)
    version = f"{clock():%Y%m%d_%H%M%S}"
    files = ensemble_files(gathered, name=name, version=version, stacked=stacked)
    bundle = bundle_from_files(files)
    directory.mkdir(parents=True, exist_ok=True)
    made = write_files(files, directory / f"{name}_{version}")
    weights = equal_weights(len(members)) if stacked is None else stacked.weights
    labels = (f"{each.metadata.name} {each.metadata.version}" for each in gathered.bundles)
    return MadeEnsemble(directory=made, bundle=bundle, members=tuple(zip(labels, weights, strict=True)))


def _stack(
    gathered: Members,
    members: Sequence[NamedMember],
    file: GradedFile,
    services: Services,
    listener: Listener,
) -> Stacked:
    essays = _unseen(members, file, listener)
    first = gathered.bundles[0]
    codes = first.scale.codes([essay.label or "" for essay in essays])
    said = [_said(bundle, essays, services, listener) for bundle in gathered.bundles]
    with stage(listener, "stacking"):
        weights, honest = _cross_fitted(said, codes, n_grades=first.scale.n_grades, listener=listener)
        graded = graded_essays(essays, codes, honest)
        metrics = figures(graded, first.scale, EvaluationPlan()).metrics
    return Stacked(
        weights=weights,
        cuts=_cuts(honest, codes, n_grades=first.scale.n_grades),
        confidence=_confidence(gathered.bundles, honest, codes),
        metrics=metrics,
        sha256=file.sha256,
        n=len(essays),
    )


def _unseen(members: Sequence[NamedMember], file: GradedFile, listener: Listener) -> tuple[Essay, ...]:
    essays = file.essays
    for number, member in enumerate(members, start=1):
        if member.learnt_from is None:
            listener(
                Notice(f"which texts member {number} has learnt from is not known; those here favour it")
            )
        else:
            essays = unknown_to(essays, member.learnt_from)
    if left_out := len(file.essays) - len(essays):
        listener(Notice(f"{left_out} of {len(file.essays)} essays left out: a member has learnt from them"))
    if len(essays) < FEWEST_TO_STACK:
        raise InputError(
            f"{file.path}: {len(essays)} essays that taught no member are too few to stack on; name a file "
            f"with at least {FEWEST_TO_STACK}, or let members count alike"
        )
    return essays


def _said(
    bundle: Bundle, essays: Sequence[Essay], services: Services, listener: Listener
) -> GradePredictions:
    require_tasks(bundle, essays)
    matrix = bundle_matrix(
        bundle,
        essays,
        services,
        checker=bundle_checker(bundle, services),
        embedder=bundle_embedder(bundle, services),
        listener=listener,
    )
    return bundle.overall.say(matrix.values)


def _cross_fitted(
    said: Sequence[GradePredictions], codes: Codes, *, n_grades: int, listener: Listener
) -> tuple[tuple[float, ...], GradePredictions]:
    """The weights to ship, and predictions of each essay by weights and cuts that others taught.

    Learnt weights must show themselves better than equal ones on essays that did not teach them.
    """
    fold = np.arange(len(codes)) % _FOLDS
    equal = equal_weights(len(said))
    learnt = [stacked_weights(_rows(said, fold != one), codes[fold != one]) for one in range(_FOLDS)]
    candidates = {"learnt": learnt, "equal": [equal] * _FOLDS}
    pooled = {name: _pooled(said, weights, fold, codes, n_grades) for name, weights in candidates.items()}
    losses = {name: ranked_probability_score(each.probabilities, codes) for name, each in pooled.items()}
    if losses["learnt"] < losses["equal"]:
        return stacked_weights(said, codes), pooled["learnt"]
    listener(Notice("equal weights did no worse than learnt ones, and are kept; cuts are learnt"))
    return equal, pooled["equal"]


def _pooled(
    said: Sequence[GradePredictions],
    weights: Sequence[Sequence[float]],
    fold: Codes,
    codes: Codes,
    n_grades: int,
) -> GradePredictions:
    """Each fold by its own weights, and by the cuts that the scores of other folds teach."""
    no_cuts = np.zeros(0, dtype=np.float32)
    parts = [pool(_rows(said, fold == one), weights[one], no_cuts) for one in range(_FOLDS)]
    place = np.argsort(np.argsort(fold, kind="stable"), kind="stable")
    scores, cumulative, probabilities = (
        np.concatenate([getattr(part, of) for part in parts])[place]
        for of in ("scores", "cumulative", "probabilities")
    )
    given = np.zeros(len(codes), dtype=np.int64)
    for one in range(_FOLDS):
        others, own = fold != one, fold == one
        cuts = fit_cuts(
            choose_decision("auto", int(others.sum())), scores[others], codes[others], n_grades=n_grades
        )
        given[own] = np.searchsorted(cuts, scores[own], side="right")
    return GradePredictions(scores, cumulative, probabilities, given)


def _rows(said: Sequence[GradePredictions], rows: np.ndarray) -> list[GradePredictions]:
    return [
        GradePredictions(each.scores[rows], each.cumulative[rows], each.probabilities[rows], each.codes[rows])
        for each in said
    ]


def _cuts(honest: GradePredictions, codes: Codes, *, n_grades: int) -> Cuts:
    return fit_cuts(choose_decision("auto", len(codes)), honest.scores, codes, n_grades=n_grades)


def _confidence(bundles: Sequence[Bundle], honest: GradePredictions, codes: Codes) -> Confidence:
    """Grade sets and review policy on the pooled grades, for what the first member promises."""
    asked = bundles[0].overall.grade_confidence
    candidates = find_candidates(honest.cumulative, codes, honest.codes, cuts=asked.policy.cuts)
    return Confidence(
        fit_grade_sets(
            honest.scores,
            codes,
            n_grades=bundles[0].scale.n_grades,
            coverage=asked.grade_sets.coverage,
        ),
        choose_policy(candidates, required=asked.policy.required, level=asked.policy.level),
    )
