"""Have the texts that a service answers changed since its model was trained? Its score log knows.

The log keeps what a model read of each text, so that no text is needed. What a model read and said is held
against the profile that its bundle keeps; what went with its answers, of which no profile knows, against its
own answers of before.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.evaluation.data_profile import DataProfile, Said
from gradewise.evaluation.drift import ADVISORY, ALARM, FEWEST, RELEASED, measure_drift
from gradewise.evaluation.drift_report import DriftReport, Verdict
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.quantile_profiles import profile_of_quantiles
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.seen_answers import SeenAnswer, SeenModel, SeenModels
from gradewise.telemetry import Listener, stage
from gradewise.workflows.drift import drift_measured
from gradewise.workflows.measuring.profiling import own_columns, table_of_readings
from gradewise.workflows.scoring.kept_readings import STORED
from gradewise.workflows.scoring.log_pages import pages_back

MOST_BEFORE = 5000
"""Answers of before the window that are looked through."""

FindBundle = Callable[[str], Bundle]
"""The model with a content id; raises `BundleError` where it is not at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnswers:
    """Which answers are looked at."""

    since: datetime
    """Those from then on."""
    model_name: str | None = None
    """Of models of this name; of any when ``None``."""
    alarm: float = ALARM
    """How often texts of the same kind may raise any alarm, all models together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDrift:
    """What has changed of the texts that one model answered."""

    name: str
    """Of the model."""
    version: str
    """Of the model."""
    digest: str
    """Content id of its bundle."""
    n_answers: int
    """Its answers in the window."""
    n_texts: int
    """Different texts among those that were looked at."""
    first: datetime | None
    """When the first of these was answered."""
    last: datetime | None
    """When the last was."""
    report: DriftReport | None
    """What was found; ``None`` where nothing could be looked at."""
    why: str = ""
    """Why nothing could; empty where something was."""

    @property
    def verdict(self) -> Verdict:
        """What follows."""
        return "too few" if self.report is None else self.report.verdict

    @property
    def not_looked_at(self) -> bool:
        """Whether there are answers enough, and still they could not be looked at."""
        return self.report is None and self.n_texts >= FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDrift:
    """What has changed of the texts that a service answered, model by model."""

    since: datetime
    """Where the window begins."""
    until: datetime
    """Where it ends: now."""
    models: tuple[ModelDrift, ...]
    """Every model that answered, the one that did last first."""

    @property
    def verdict(self) -> Verdict:
        """What follows for all of them."""
        found = {each.verdict for each in self.models}
        ranked: tuple[Verdict, ...] = ("drift", "slight", "alike")
        return next((each for each in ranked if each in found), "too few")


async def gather_answers(log: ScoreLog, asked: AskedAnswers, *, listener: Listener) -> tuple[SeenModel, ...]:
    """The answers of a window by model, with some of before; reads no more of the log than it needs.

    Raises:
        UnavailableError: the log does not answer.
    """
    found, n_old, n_read = SeenModels(since=asked.since, name=asked.model_name), 0, 0
    with stage(listener, "reading answers", unit="answers") as advance:
        async for page in pages_back(log):
            drafts = [record.draft for record in page]
            found.take(drafts)
            n_read += len(drafts)
            advance(n_read)
            n_old += len(drafts) if drafts[0].made_at < asked.since else 0
            if n_old and (n_old >= MOST_BEFORE or not found.found):
                break
    return tuple(found.found)


async def find_answer_drift(
    log: ScoreLog, asked: AskedAnswers, find_bundle: FindBundle, *, until: datetime, listener: Listener
) -> AnswerDrift:
    """Hold what a service answered against what its models learnt from.

    Args:
        log: its answers.
        asked: which of them.
        find_bundle: finds the models that answered.
        until: now.
        listener: hears stages, and what came of each model.

    Raises:
        UnavailableError: the log or a store does not answer.
    """
    seen = await gather_answers(log, asked, listener=listener)
    enough = sum(len(each.now) >= FEWEST for each in seen)
    alarm = asked.alarm / max(enough, 1)
    with stage(listener, "drift", total=len(seen), unit="models") as advance:
        models = []
        for model in seen:
            models.append(await asyncio.to_thread(_model_drift, model, find_bundle, alarm))
            advance(len(models))
    for each in models:
        if each.report is not None:
            listener(drift_measured(each.report, model=each.name, version=each.version))
    return AnswerDrift(since=asked.since, until=until, models=tuple(models))


def _model_drift(model: SeenModel, find_bundle: FindBundle, alarm: float) -> ModelDrift:
    report, why = None, ""
    if len(model.now) < FEWEST:
        why = f"fewer than {FEWEST} texts are too few to tell"
    else:
        try:
            report = measure_answers(find_bundle(model.digest), model.now, model.before, alarm=alarm)
        except BundleError as error:
            why = str(error)
    times = [each.made_at for each in model.now]
    return ModelDrift(
        name=model.name,
        version=model.version,
        digest=model.digest,
        n_answers=model.n_answers,
        n_texts=len(model.now),
        first=min(times, default=None),
        last=max(times, default=None),
        report=report,
        why=why,
    )


def measure_answers(
    bundle: Bundle, now: Sequence[SeenAnswer], before: Sequence[SeenAnswer], *, alarm: float = ALARM
) -> DriftReport:
    """Hold answers of one model against what it learnt from, and against its answers of before.

    Raises:
        BundleError: the answers are not of this model.
    """
    kept = [each for each in now if len(each.values) == len(bundle.schema) * STORED.itemsize]
    values = _values(kept, width=len(bundle.schema))
    sound = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(sound):
        raise BundleError(
            f"no answer holds the {len(bundle.schema)} numbers that model {bundle.metadata.name} "
            f"{bundle.metadata.version} reads; see whether the log is whole: gradewise scores verify"
        )
    answers = [kept[row] for row in sound.tolist()]
    names = tuple(str(row) for row in range(len(answers)))
    profile = _profile(bundle)
    table = table_of_readings(
        FeatureMatrix(values[sound], bundle.schema, names),
        said=Said(
            labels=[each.grade for each in answers],
            confidence=np.array([each.confidence for each in answers]),
        ),
        answered=_answered(answers),
        like=profile,
    )
    return measure_drift(profile, table, before=_answered(before), alarm=alarm)


def _profile(bundle: Bundle) -> DataProfile:
    """The profile that a bundle keeps; of older ones, what the quantiles of their features tell."""
    kept = bundle.profile.data
    return profile_of_quantiles(bundle.profile, own_columns(bundle.schema)) if kept is None else kept


def _values(answers: Sequence[SeenAnswer], *, width: int) -> NDArray[np.float32]:
    stored = np.frombuffer(b"".join(each.values for each in answers), STORED)
    return stored.astype(np.float32, copy=False).reshape(-1, width)


def _answered(answers: Iterable[SeenAnswer]) -> dict[str, list[str]]:
    kept = list(answers)
    return {ADVISORY: [each.advisory for each in kept], RELEASED: [each.released for each in kept]}
