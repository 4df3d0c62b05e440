"""What a service answered, held against what its models learnt from."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from gradewise.errors import BundleError, UnavailableError
from gradewise.evaluation.data_profile import DataProfile, Said, TextTable, describe_data
from gradewise.models.bundles.verified import Bundle
from gradewise.reporting.page import render_page_html
from gradewise.scores.records import ScoreDraft, ScoreRecord
from gradewise.telemetry import Event, silent
from gradewise.testing.graders import made_up_matrix
from gradewise.testing.score_logs import NOON, MemoryScoreLog, made_up_digest, made_up_draft
from gradewise.work_events import DriftMeasured
from gradewise.workflows.scoring.answer_drift import (
    AnswerDrift,
    AskedAnswers,
    find_answer_drift,
    gather_answers,
)
from gradewise.workflows.scoring.answer_drift_page import answer_drift_page, answer_drift_record
from logged_answers import made_up_answers

BUNDLE = made_up_answers().bundle
SINCE = NOON + timedelta(days=1)
ASKED = AskedAnswers(since=SINCE)
UNTIL = NOON + timedelta(days=8)


def readings(n: int, *, shift: float = 0.0, seed: int = 5) -> NDArray[np.float32]:
    """What the model reads of essays, all of it perhaps higher than in training."""
    return made_up_matrix(n, seed=seed)[0].values + np.float32(shift)


def answers(
    values: NDArray[np.float32], *, first: int = 1440, doubted: float = 0.0, **changes: str
) -> list[ScoreDraft]:
    """What the model answers, a minute apart; a share of the answers is doubted."""
    said = BUNDLE.overall.say(values)
    sure = said.probabilities[np.arange(len(values)), said.codes].tolist()
    drafts = []
    for row, code in enumerate(said.codes.tolist()):
        advisories = '[{"code":"off_topic"}]' if row < doubted * len(values) else "[]"
        told = {
            "model_digest": BUNDLE.digest,
            "grade": BUNDLE.scale.grades[code],
            "prediction": f'{{"confidence":{sure[row]!r},"released":false,"advisories":{advisories}}}',
        }
        drafts.append(
            made_up_draft(first + row, values=values[row].astype("<f4").tobytes(), **{**told, **changes})
        )
    return drafts


def profile() -> DataProfile:
    """What a training keeps: numbers, and what the model said of texts of their kind."""
    values, unseen = readings(1000, seed=1), readings(400, seed=2)
    said = BUNDLE.overall.say(unseen)
    numbers = dict(zip(BUNDLE.schema.names, values.T, strict=True))
    confidence = said.probabilities[np.arange(len(unseen)), said.codes]
    labels = [BUNDLE.scale.grades[code] for code in said.codes.tolist()]
    return describe_data(
        TextTable(
            texts=["one", "two"] * 500, numbers=numbers, said=Said(labels=labels, confidence=confidence)
        )
    )


PROFILED = replace(BUNDLE, profile=replace(BUNDLE.profile, data=profile()))


def found(
    drafts: Sequence[ScoreDraft], bundle: Bundle = PROFILED, asked: AskedAnswers = ASKED
) -> AnswerDrift:
    """What comes of a log with these answers."""
    return asyncio.run(_found(drafts, bundle, asked, []))


async def _found(
    drafts: Sequence[ScoreDraft], bundle: Bundle, asked: AskedAnswers, heard: list[Event]
) -> AnswerDrift:
    def find(digest: str) -> Bundle:
        if digest != bundle.digest:
            raise BundleError(f"the model {digest[:12]} is in no store")
        return bundle

    log = MemoryScoreLog()
    await log.add(drafts)
    return await find_answer_drift(log, asked, find, until=UNTIL, listener=heard.append)


def test_answers_of_the_same_kind_raise_no_alarm() -> None:
    """Numbers, grades, confidences, advisories and releases are all looked at, and as before."""
    before = answers(readings(200, seed=3), first=1)
    (model,) = found([*before, *answers(readings(300))]).models
    assert model.report is not None
    assert ("alike", 300, 300) == (model.verdict, model.n_answers, model.n_texts)
    assert {"column", "predicted", "answered"} == {each.topic for each in model.report.checks}


@pytest.mark.parametrize(
    ("shift", "doubted", "name"),
    [(0.6, 0.0, "measure_0"), (0.6, 0.0, "given_label"), (0.0, 0.3, "advisory")],
    ids=["what is read", "what is said", "what is doubted"],
)
def test_answers_of_another_kind_raise_the_alarm(shift: float, doubted: float, name: str) -> None:
    """In what was read, in what was said of it, and in what went with the answers."""
    before = answers(readings(200, seed=3), first=1)
    drifted = found([*before, *answers(readings(300, shift=shift), doubted=doubted)])
    assert "drift" == drifted.verdict
    assert drifted.models[0].report is not None
    assert name in {check.name for check in drifted.models[0].report.drifted}


def test_an_older_model_is_held_against_its_quantiles() -> None:
    """It keeps no profile, and still what it reads is known to have moved; what it says is not compared."""
    (model,) = found(answers(readings(200, shift=0.6)), BUNDLE).models
    assert model.report is not None
    assert "drift" == model.verdict
    assert {"column"} == {check.topic for check in model.report.checks}


def test_few_answers_are_too_few_to_tell() -> None:
    """The model is not even looked for."""
    drift = found(answers(readings(20), model_digest=made_up_digest("gone")))
    assert ("too few", False) == (drift.verdict, drift.models[0].not_looked_at)
    assert "too few to tell" in drift.models[0].why


def test_a_model_that_is_gone_is_said() -> None:
    """Of the other one all is told all the same, in the record and on the page."""
    gone = answers(readings(60), first=1440, model_digest=made_up_digest("gone"))
    drift = found([*gone, *answers(readings(60, seed=6), first=1540)])
    assert [False, True] == [model.not_looked_at for model in drift.models]
    assert "alike" == drift.verdict
    record = answer_drift_record(drift)
    assert [None, "the model"] == [
        each["not_looked_at"] and each["not_looked_at"][:9] for each in record["models"]
    ]
    page = render_page_html(answer_drift_page(drift, alarm=0.01))
    assert "was not looked at: the model" in page
    assert "essays 20260131_120000: What has changed?" in page


def test_nothing_answered_is_said() -> None:
    """An empty window has a page and a record too."""
    drift = found(answers(readings(60), first=1))
    assert ((), "too few") == (drift.models, drift.verdict)
    assert "Nothing was answered" in render_page_html(answer_drift_page(drift, alarm=0.01))


def test_answers_that_are_not_the_models_are_not_held_against_it() -> None:
    """Numbers of another width, or that are none, say nothing."""
    values = readings(60)
    values[:, 0] = np.nan
    harmed = [replace(each, values=values[row].tobytes()) for row, each in enumerate(answers(readings(60)))]
    (model,) = found(harmed).models
    assert model.not_looked_at
    assert "gradewise scores verify" in model.why


def test_metrics_hear_of_each_model() -> None:
    """By name and version."""
    heard: list[Event] = []
    asyncio.run(_found(answers(readings(60)), PROFILED, ASKED, heard))
    (told,) = [event for event in heard if isinstance(event, DriftMeasured)]
    assert ("essays", "20260131_120000", "alike", 60) == (
        told.model,
        told.version,
        told.verdict,
        told.n_texts,
    )


def test_a_long_log_is_read_from_its_end() -> None:
    """What is older than what is needed is not read at all."""

    class _Counting(MemoryScoreLog):
        asked = 0

        async def records(
            self, *, after: int = 0, limit: int = 1000, essay_id: str | None = None
        ) -> tuple[ScoreRecord, ...]:
            self.asked += 1
            return await super().records(after=after, limit=limit, essay_id=essay_id)

    async def _gathered() -> tuple[int, int]:
        log = _Counting()
        await log.add([made_up_draft(at, prediction="{}") for at in range(1200)])
        seen = await gather_answers(log, AskedAnswers(since=NOON + timedelta(days=30)), listener=silent)
        return len(seen), log.asked

    assert (0, 1) == asyncio.run(_gathered())


def test_a_store_that_is_away_is_an_error() -> None:
    """Nothing is said of a model that may be there."""

    def away(digest: str) -> Bundle:
        raise UnavailableError(f"{digest[:2]} does not answer")

    async def _asked() -> None:
        log = MemoryScoreLog()
        await log.add(answers(readings(60)))
        await find_answer_drift(log, ASKED, away, until=UNTIL, listener=silent)

    with pytest.raises(UnavailableError, match="does not answer"):
        asyncio.run(_asked())
