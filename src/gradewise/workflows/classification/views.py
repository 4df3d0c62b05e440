"""The matrix as folds may see it: components of words are learnt within each fold."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.cross_fit import no_progress
from gradewise.models.folds import Rows
from gradewise.models.leaks import check_blindness
from gradewise.models.one_thread import one_blas_thread
from gradewise.models.projection import Projection, learn_projection, project
from gradewise.models.text.component_fitting import fit_text_components
from gradewise.models.text.components import TextComponents, component_schema, with_components
from gradewise.telemetry import Listener, stage
from gradewise.workflows.classification.experiment import TextExperiment, Texts
from gradewise.workflows.plans.classifier import TfidfPlan
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.training.views import some_of

BLIND_COMPONENTS = 8
"""Components with which it is tried that a fold learns from its training part alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextView:
    """What was learnt of some training texts, before any class was looked at."""

    components: TextComponents | None
    """Of their words; ``None`` where the plan wants none."""
    projection: Projection | None
    """Principal components of what a text model sees; ``None`` where the plan wants all dimensions."""

    def matrix(self, of: Texts) -> FeatureMatrix:
        """Everything that a model reads of texts."""
        return with_components(project(of.measured, self.projection), of.texts, self.components)

    def schema(self, of: Texts) -> FeatureSchema:
        """What the columns of `matrix` mean; no text is read for it."""
        return component_schema(project(of.measured, self.projection).schema, self.components)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldView:
    """The training texts as one fold may see them."""

    measured: NDArray[np.float32]
    """What was measured: shape ``(n_train, n_measured)``."""
    wording: NDArray[np.float32]
    """Components of words, learnt from the fold's training part: shape ``(n_train, n_components)``."""

    def values(self, rows: Rows) -> NDArray[np.float32]:
        """What a model reads of some texts: shape ``(n_rows, n_columns)``."""
        return np.concatenate([self.measured[rows], self.wording[rows]], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextViews:
    """What is learnt from training texts, and how each fold may see them."""

    whole: TextView
    """Learnt from all training texts: what ships."""
    by_fold: tuple[FoldView, ...]
    """Nothing in these was learnt from the texts that the fold holds out."""


def learn_text_views(experiment: TextExperiment, listener: Listener) -> TextViews:
    """Learn components from all training texts and anew within each fold.

    Raises:
        InputError: too few texts share a term.
        LeakError: what a fold learns has looked at what it holds out.
    """
    plan, train = experiment.dataset.plan, experiment.train
    if plan.features.tfidf.kind != "none":
        _require_blind(experiment)
    every = np.arange(len(train))
    parts = [every, *(fold.train_rows for fold in experiment.folds)]

    def learnt(rows: Rows) -> TextView:
        return _learn(train, rows, plan.features, seed=plan.classifier.seed)

    def fold_view(rows: Rows) -> FoldView:
        view = learnt(rows)
        return FoldView(
            measured=project(train.measured, view.projection).values, wording=_wording(view, train)
        )

    wanted = plan.features.tfidf.kind != "none"
    shown = stage(listener, "wording", total=len(parts), unit="fits") if wanted else nullcontext(no_progress)
    # One thread of BLAS for each of ours: more would wait for each other, and round otherwise elsewhere.
    with shown as done, one_blas_thread(), ThreadPoolExecutor(experiment.workers) as pool:
        by_fold = pool.map(fold_view, parts[1:])
        whole = learnt(every)
        done(1)
        return TextViews(whole=whole, by_fold=tuple(_counted(by_fold, done)))


def _counted(views: Iterable[FoldView], done: Callable[[int], None]) -> Iterator[FoldView]:
    for count, view in enumerate(views, start=1):
        yield view
        done(count + 1)


def _learn(of: Texts, rows: Rows, plan: FeaturesPlan, *, seed: int) -> TextView:
    """What some of the texts teach."""
    n_axes = plan.embedder.components if plan.embedder is not None else None
    axes = None if n_axes is None else learn_projection(of.measured, rows, n_axes)
    return TextView(
        components=_fit([of.essays[row].text for row in rows.tolist()], plan.tfidf, seed=seed),
        projection=axes,
    )


def _fit(texts: Sequence[str], plan: TfidfPlan, *, seed: int) -> TextComponents | None:
    if plan.kind == "none":
        return None
    return fit_text_components(
        texts,
        kind=plan.kind,
        n_components=plan.components,
        most_terms=plan.most_terms,
        least_texts=plan.least_texts,
        seed=seed,
    )


def _wording(view: TextView, of: Texts) -> NDArray[np.float32]:
    nothing = np.zeros((len(of), 0), dtype=np.float32)
    return nothing if view.components is None else view.components.transform(of.texts)


def _require_blind(experiment: TextExperiment) -> None:
    """Try components on some texts of a fold: what it holds out must not shape them."""
    train = experiment.train
    rows, fold = some_of(experiment.folds[0])
    few = experiment.dataset.plan.features.tfidf.model_copy(
        update={"components": BLIND_COMPONENTS, "least_texts": 1}
    )

    def fit(texts: Sequence[str], _codes: Codes) -> NDArray[np.float32]:
        learnt = _fit([texts[row] for row in fold.train_rows], few, seed=0)
        assert learnt is not None  # noqa: S101 - who calls has looked
        return learnt.transform(texts)

    check_blindness(
        fit,
        [train.essays[row].text for row in rows],
        train.codes[rows],
        fold,
        n_grades=experiment.scale.n_grades,
        what="components of words",
    )
