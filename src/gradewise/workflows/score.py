"""Grade essays with a bundle, or tell texts apart by classes: the one scoring use case behind every edge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.features.advisories.advisory import Advisory, must_be_read
from gradewise.features.documents import Document
from gradewise.features.schema import FeatureMatrix
from gradewise.models.advising import find_advisories
from gradewise.models.bundles.targets import TargetModel
from gradewise.models.bundles.verified import Bundle
from gradewise.models.learnt_columns import handcrafted_part
from gradewise.models.predictions import GradePredictions
from gradewise.protocols.measuring import Embedder, LanguageChecker
from gradewise.telemetry import Listener, silent
from gradewise.workflows.measuring.bundle_needs import bundle_checker, require_same_tools, require_tasks
from gradewise.workflows.measuring.embed import measure_columns, measure_one
from gradewise.workflows.measuring.text_models import bundle_embedder, require_same_embedder
from gradewise.workflows.reasons import Reason, strongest_reasons
from gradewise.workflows.services import MakeChecker, Services

BATCH = 512
"""Essays whose features are held at once while a file is graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitPrediction:
    """What the model says of one trait of one essay."""

    grade: str
    """The grade, or class, spelled as the trait's scale spells it."""
    probabilities: Mapping[str, float]
    """P(grade) for every grade of the trait's scale, lowest first; they sum to 1."""
    confidence: float
    """Probability of the grade that was given."""
    score: float
    """The continuous score on the axis of grade positions, 0 the lowest grade; of a class its probability."""
    grade_set: tuple[str, ...]
    """The neighbouring grades that are plausible, lowest first, that which was given among them; of classes
    the one that was given, then the others, most probable first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction(TraitPrediction):
    """What the model says of one essay: its overall grade, or class, and what goes with it."""

    essay_id: str
    """Which essay."""
    agreement: float
    """Probability that the teacher agrees about every declared cut; of a class its probability."""
    cuts: Mapping[str, float]
    """For each declared cut, named by the lowest grade above it, the probability that the grade given is on
    the teacher's side."""
    released: bool
    """Whether the review policy lets the grade out without a teacher's look, and no advisory forbids it."""
    traits: Mapping[str, TraitPrediction]
    """What it says of each trait."""
    advisories: tuple[Advisory, ...]
    """What speaks against believing the grade, most urgent first; mostly nothing."""
    reasons: tuple[Reason, ...]
    """What moved the score most; empty when not asked for."""
    model: str
    """Name and version of the model."""
    in_scope: bool | None = None
    """Whether the text is taken for one of the known classes at all; ``None`` of grades."""
    out_of_scope: str | None = None
    """The label of texts that belong to none of the classes; ``None`` where the model knows none."""

    @property
    def of_classes(self) -> bool:
        """Whether it is a class and not a grade."""
        return self.in_scope is not None


class Scorer:
    """Grades essays with one bundle, in this process; not thread-safe, as its tools are not."""

    def __init__(
        self, bundle: Bundle, checker: LanguageChecker | None, *, embedder: Embedder | None = None
    ) -> None:
        """Take a loaded bundle, and the checker and text model that its features need.

        Raises:
            BundleError: the bundle's features were measured by another checker, text model, or version.
        """
        require_same_tools(bundle, checker)
        require_same_embedder(bundle, embedder)
        self._bundle, self._checker, self._embedder = bundle, checker, embedder

    def score(self, essay: Essay, *, n_reasons: int = 6) -> Prediction:
        """Grade one essay.

        Raises:
            InputError: the text holds no word, or the model needs the task's text and there is none.
        """
        matrix, document = measure_essay(self._bundle, essay, self._checker, embedder=self._embedder)
        return predictions(self._bundle, (essay,), matrix, n_reasons=n_reasons, documents=(document,))[0]


def measure_essay(
    bundle: Bundle, essay: Essay, checker: LanguageChecker | None, *, embedder: Embedder | None = None
) -> tuple[FeatureMatrix, Document | None]:
    """Everything that a bundle's model reads of one essay (a row), and the document that was measured.

    There is no document where a text model alone reads the essay.

    Raises:
        InputError: the text holds no word, or the model needs the task's text and there is none.
    """
    require_tasks(bundle, (essay,))
    row, document = measure_one(essay, schema=bundle.measured, checker=checker, embedder=embedder)
    measured = FeatureMatrix(row[None, :], bundle.measured, (essay.id,))
    return bundle.complete(measured, (essay.text,)), document


def score_many(
    bundle: Bundle,
    essays: Sequence[Essay],
    services: Services,
    *,
    n_reasons: int = 0,
    listener: Listener = silent,
) -> Iterator[Prediction]:
    """Grade many essays on all cores, in order.

    Raises:
        BundleError: as `Scorer`.
        InputError: as `Scorer.score`; nothing is yielded before every essay is measured.
    """
    checker, embedder = bundle_checker(bundle, services), bundle_embedder(bundle, services)
    require_tasks(bundle, essays)
    matrix = bundle_matrix(bundle, essays, services, checker=checker, embedder=embedder, listener=listener)
    for start in range(0, len(essays), BATCH):
        batch = matrix.rows(matrix.essay_ids[start : start + BATCH])
        yield from predictions(bundle, essays[start : start + BATCH], batch, n_reasons=n_reasons)


def bundle_matrix(
    bundle: Bundle,
    essays: Sequence[Essay],
    services: Services,
    *,
    checker: MakeChecker | None,
    embedder: Embedder | None = None,
    listener: Listener,
) -> FeatureMatrix:
    """Everything that a bundle's model reads of essays: what is measured, and what their wording suggests.

    Args:
        bundle: the model.
        essays: unique ids.
        services: cache and workers.
        checker: what `bundle_checker` found.
        embedder: what `bundle_embedder` found.
        listener: hears stages ``features`` and ``embeddings``.

    Raises:
        InputError: an essay cannot be measured; the message names it.
    """
    measured = measure_columns(
        essays,
        schema=bundle.measured,
        checker=checker,
        embedder=embedder,
        cache=services.cache,
        workers=services.workers,
        listener=listener,
    )
    return bundle.complete(measured, [essay.text for essay in essays])


def averages(bundle: Bundle) -> Mapping[str, float]:
    """Means of the training essays: the area under their quantiles, to within the 5 % steps kept of them."""
    quantiles = np.array(list(bundle.profile.quantiles.values()))
    means = np.trapezoid(quantiles, np.array(bundle.profile.levels), axis=1)
    return dict(zip(bundle.profile.quantiles, means.tolist(), strict=True))


def predictions(
    bundle: Bundle,
    essays: Sequence[Essay],
    matrix: FeatureMatrix,
    *,
    n_reasons: int,
    documents: Sequence[Document | None] | None = None,
) -> list[Prediction]:
    """What the model says of essays of which it has read everything, row by row.

    `documents`, where they are at hand, need not be built again for the advisories.
    """
    advisories: list[tuple[Advisory, ...]] = [()] * len(essays)
    if bundle.texts_reference is not None:
        named = handcrafted_part(matrix).values
        advisories = [
            find_advisories(essay, row, bundle.texts_reference, document=document)
            for essay, row, document in zip(essays, named, documents or [None] * len(essays), strict=True)
        ]
    return graded(bundle, matrix.essay_ids, matrix.values, advisories, n_reasons=n_reasons)


def graded(
    bundle: Bundle,
    essay_ids: Sequence[str],
    values: NDArray[np.float32],
    advisories: Sequence[tuple[Advisory, ...]],
    *,
    n_reasons: int,
) -> list[Prediction]:
    """What the model says of what was read, row by row; the texts are not needed any more.

    Args:
        bundle: the model.
        essay_ids: in whose names the answers are.
        values: everything that the model reads of them: shape ``(n, n_features)``, finite.
        advisories: what speaks against believing the grade of each.
        n_reasons: how many are given.
    """
    said, promise = bundle.overall.say(values), bundle.overall.confidence
    sure = promise.sure(said)
    released, in_scope = promise.releases(sure).tolist(), promise.in_scope(sure)
    sides = promise.sides(said, bundle.scale)
    traits = {trait.name: _of_target(trait, trait.say(values)) for trait in bundle.traits}
    reasons = _reasons(bundle, values, n_reasons=n_reasons)
    return [
        Prediction(
            essay_id=essay_ids[row],
            grade=overall.grade,
            probabilities=overall.probabilities,
            confidence=overall.confidence,
            score=overall.score,
            grade_set=overall.grade_set,
            agreement=float(sure[row]),
            cuts=sides[row],
            released=released[row] and not must_be_read(advisories[row]),
            advisories=advisories[row],
            traits={name: every[row] for name, every in traits.items()},
            reasons=reasons[row],
            model=f"{bundle.metadata.name} {bundle.metadata.version}",
            in_scope=in_scope[row],
            out_of_scope=bundle.metadata.out_of_scope,
        )
        for row, overall in enumerate(_of_target(bundle.overall, said))
    ]


def _reasons(bundle: Bundle, values: NDArray[np.float32], *, n_reasons: int) -> list[tuple[Reason, ...]]:
    if not n_reasons or not bundle.scale.ordered:  # a class has no score that features would move
        return [()] * len(values)
    usual, explained = averages(bundle), bundle.explainer.contributions_many(values)
    return [
        strongest_reasons(explained[row], values[row], bundle.schema, usual, limit=n_reasons)
        for row in range(len(values))
    ]


def _of_target(target: TargetModel, said: GradePredictions) -> list[TraitPrediction]:
    grades, codes, probabilities = target.scale.grades, said.codes.tolist(), said.probabilities.tolist()
    sets = target.confidence.sets(said, target.scale)
    return [
        TraitPrediction(
            grade=grades[code],
            probabilities=dict(zip(grades, each, strict=True)),
            confidence=each[code],
            score=score,
            grade_set=plausible,
        )
        for code, each, score, plausible in zip(codes, probabilities, said.scores.tolist(), sets, strict=True)
    ]
