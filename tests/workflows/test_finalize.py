"""A batch becomes final: with a model, without one, and whatever the model does."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import pytest

from gradewise.errors import BundleError, BusyError, DeadlineError, InputError, UnavailableError
from gradewise.essays.intake import MAX_CHARACTERS
from gradewise.essays.records import Essay
from gradewise.essays.scales import find_scale
from gradewise.judgement.batches import BatchEssay, BatchResult, EssayResult, JudgedBatch
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.merging import DEPENDENCE, HYBRID_DEPENDENCE
from gradewise.scores.routing import ReviewRouting
from gradewise.service_events import BatchFinalized
from gradewise.telemetry import Event, Notice
from gradewise.testing.grading_models import MadeUpModel
from gradewise.testing.judged import GRADES, NOON, RememberedBatches, made_up_batch
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.testing.scripted import IDENTITY, ScriptedScoring
from gradewise.work_events import StepTaken
from gradewise.workflows.judge.finalize import FinalizeRules, finalize, work_out
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.batch_scoring import BatchScoring, ask_model
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.failures import NoModelError
from gradewise.workflows.scoring.models import ModelIdentity
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.scoring import Scoring

BATCH = made_up_batch()


class Answering:
    """A model that answers as a function does."""

    def __init__(self, answer: Callable[[Sequence[ScoreRequest]], Awaitable[Sequence[Scored]]]) -> None:
        self._answer = answer

    async def score_many(
        self, requests: Sequence[ScoreRequest], *, batch_id: str = "", deadline_s: float | None = None
    ) -> tuple[Scored, ...]:
        """What the function says."""
        del batch_id, deadline_s
        return tuple(await self._answer(requests))


def finalized(
    scoring: BatchScoring | None,
    *,
    batch: JudgedBatch = BATCH,
    rules: FinalizeRules | None = None,
    breaker: Breaker | None = None,
    events: list[Event] | None = None,
) -> BatchResult:
    """What a batch comes to."""
    heard: list[Event] = [] if events is None else events
    return asyncio.run(
        finalize(
            batch.id,
            batches=RememberedBatches(batch),
            scoring=scoring,
            clock=lambda: NOON,
            rules=rules,
            breaker=breaker,
            listener=heard.append,
        )
    )


def by_id(result: BatchResult) -> dict[str, EssayResult]:
    """Results by essay."""
    return {essay.essay_id: essay for essay in result.essays}


def reasons(result: BatchResult) -> Counter[str]:
    """How many students' essays have which reason."""
    return Counter(essay.reason for essay in result.essays if not essay.is_anchor)


def test_judgement_and_model_together() -> None:
    """Every essay once, by rank; both grades beside the one of both; one model's digest."""
    scoring, events = ScriptedScoring(), list[Event]()
    result = finalized(scoring, events=events)
    essays = by_id(result)
    assert {essay.id for essay in BATCH.essays} == set(essays)
    assert len(essays) == len(result.essays)
    assert sorted(essay.rank for essay in result.essays) == [essay.rank for essay in result.essays]
    assert ("hybrid_bt_ml", "swedish8", IDENTITY.digest) == (
        result.scoring_method, result.scale, result.model_digest
    )  # fmt: skip
    best = essays["e09"]
    assert ("hybrid_bt_ml", "", "A", 0.6) == (
        best.scoring_method, best.reason, best.ml_grade, best.ml_confidence
    )  # fmt: skip
    assert GRADES == tuple(best.probabilities)
    assert 1 == pytest.approx(sum(best.probabilities.values()))
    assert best.confidence == best.probabilities[best.grade or ""]
    anchors = [essay for essay in result.essays if essay.is_anchor]
    assert {"anchor"} == {essay.reason for essay in anchors}
    known = {essay.id: essay.known_grade for essay in BATCH.essays if essay.is_anchor}
    assert known == {essay.essay_id: essay.grade for essay in anchors}
    steps = [event.step for event in events if isinstance(event, StepTaken)]
    assert ["read", "judged", "graded", "merged", "kept"] == steps
    told = next(event for event in events if isinstance(event, BatchFinalized))
    assert (18, ("anchor",) * 8) == (told.n_essays, told.reasons)


def test_without_a_model_it_is_judgement() -> None:
    """The same scores, ranks and judged grades; the grade and its probabilities are judgement's."""
    result, both = finalized(None), by_id(finalized(ScriptedScoring()))
    assert ("bt_only", None, None) == (result.scoring_method, result.model_digest, result.model_name)
    assert Counter(no_model=10) == reasons(result)
    for essay in result.essays:
        other = both[essay.essay_id]
        assert (other.bt_score, other.bt_se, other.rank, other.bt_grade) == (
            essay.bt_score, essay.bt_se, essay.rank, essay.bt_grade
        )  # fmt: skip
        assert essay.is_anchor or (essay.bt_grade, essay.bt_probabilities) == (
            essay.grade,
            essay.probabilities,
        )


def test_final_is_final() -> None:
    """Another model, or more comparisons, change nothing any more; nobody is asked, nothing is told."""
    other, events = ScriptedScoring(identities=[replace(IDENTITY, digest="b" * 64)]), list[Event]()
    batches = RememberedBatches(BATCH)

    async def _twice() -> tuple[BatchResult, BatchResult]:
        first = await finalize(BATCH.id, batches=batches, scoring=None, clock=lambda: NOON)
        again = await finalize(
            BATCH.id, batches=batches, scoring=other, clock=lambda: NOON, listener=events.append
        )
        return first, again

    first, again = asyncio.run(_twice())
    assert first == again
    assert [] == other.asked
    assert [] == events


def test_many_at_once_get_one_result() -> None:
    """Twenty with as many models: one is kept, and told of once."""
    batches, told = RememberedBatches(BATCH), list[Event]()

    async def _all() -> list[BatchResult]:
        models = [replace(IDENTITY, digest=f"{n:064x}") for n in range(20)]
        return await asyncio.gather(
            *(
                finalize(
                    BATCH.id,
                    batches=batches,
                    scoring=ScriptedScoring(identities=[model]),
                    clock=lambda: NOON,
                    listener=told.append,
                )
                for model in models
            )
        )

    results = asyncio.run(_all())
    assert all(results[0] == result for result in results)
    assert 1 == sum(isinstance(event, BatchFinalized) for event in told)


FAILURES: dict[str, tuple[Callable[[], Exception], str]] = {
    "no model": (lambda: NoModelError("no model is loaded"), "no_model"),
    "a cache that is gone": (lambda: UnavailableError("no answer"), "unavailable"),
    "a deadline": (lambda: DeadlineError("too late"), "deadline"),
    "a time-out": (TimeoutError, "deadline"),
    "too much to do": (lambda: BusyError("full", retry_after_s=3600), "busy"),
    "a damaged bundle": (lambda: BundleError("another model's readings"), "model_error"),
    "a bug": (lambda: KeyError("essay_id"), "model_error"),
    "no memory": (MemoryError, "model_error"),
    "no essay can be read": (lambda: InputError("no word"), "not_readable"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_whatever_the_model_does_judgement_grades(case: str) -> None:
    """Each failure becomes a reason of every essay; what judgement says stays as it was."""
    error, reason = FAILURES[case]
    result = finalized(ScriptedScoring(fails_with=error))
    assert Counter({reason: 10}) == reasons(result)
    alone = finalized(None)
    assert [replace(essay, reason="") for essay in alone.essays] == [
        replace(essay, reason="") for essay in result.essays
    ]


def test_an_essay_that_cannot_be_read_takes_no_other_with_it() -> None:
    """Nor does one on which the model breaks down; each has its reason, all others both grades."""
    scoring = ScriptedScoring(unreadable=frozenset({"e02", "e07"}), breaks_on=frozenset({"e04"}))
    result = finalized(scoring)
    assert Counter({"": 7, "not_readable": 2, "model_error": 1}) == reasons(result)
    assert "not_readable" == by_id(result)["e07"].reason
    assert "model_error" == by_id(result)["e04"].reason


def test_a_model_that_breaks_down_all_the_time_is_not_asked_for_ever() -> None:
    """After a dozen breakdowns the rest is judgement's."""
    batch = made_up_batch(n_essays=60)
    scoring = ScriptedScoring(breaks_on=frozenset(f"e{n:02d}" for n in range(60)))
    assert Counter(model_error=60) == reasons(finalized(scoring, batch=batch))
    assert len(scoring.asked) < 30


def test_all_grades_are_one_model_s() -> None:
    """Where another takes over while essays are looked for that cannot be read, it counts for nothing."""
    other = replace(IDENTITY, digest="b" * 64)
    scoring = ScriptedScoring(unreadable=frozenset({"e00"}), identities=[IDENTITY, other, other])
    result = finalized(scoring)
    found = reasons(result)
    assert 1 == found["not_readable"]
    assert found["model_changed"] > 0
    graded = [essay for essay in result.essays if essay.ml_grade is not None]
    assert len(graded) == found[""] > found["model_changed"]


def test_a_busy_service_is_asked_again() -> None:
    """As long as there is time."""
    scoring, pauses = ScriptedScoring(), list[float]()
    errors: list[Exception] = [BusyError("full", retry_after_s=2), BusyError("full", retry_after_s=1)]
    answer = scoring.score_many

    async def busy(requests: Sequence[ScoreRequest]) -> Sequence[Scored]:
        if errors:
            raise errors.pop(0)
        return await answer(requests)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def _asked() -> int:
        requests = [_request("e00"), _request("e01")]
        asked = await ask_model(requests, Answering(busy), batch_id="b", deadline_s=60, pause=pause)
        return len(asked.word.grades)

    assert 2 == asyncio.run(_asked())
    assert [2, 1] == pauses


def test_a_service_that_tells_classes_is_refused_by_name() -> None:
    """Classes have no order that judgement could agree with; the message says whose they are."""
    scoring = ScriptedScoring()

    async def classes(requests: Sequence[ScoreRequest]) -> Sequence[Scored]:
        answers = await scoring.score_many(requests)
        return [replace(each, prediction=replace(each.prediction, in_scope=True)) for each in answers]

    with pytest.raises(InputError, match=f"model {IDENTITY.name} .* tells classes apart.*--no-model"):
        finalized(Answering(classes))


def test_a_model_that_hangs_is_not_waited_for() -> None:
    """Beyond the deadline, even when the service does not keep it."""

    async def hang(_: Sequence[ScoreRequest]) -> Sequence[Scored]:
        await asyncio.Event().wait()
        return ()

    rules = FinalizeRules(deadline_s=0.05)
    assert Counter(deadline=10) == reasons(finalized(Answering(hang), rules=rules))


def test_answers_without_sense_are_no_grades() -> None:
    """A missing essay, a distribution that is none, a grade that is not in it."""
    scoring = ScriptedScoring()

    async def odd(requests: Sequence[ScoreRequest]) -> Sequence[Scored]:
        answers = list(await scoring.score_many(requests))
        odd = replace(answers[1].prediction, probabilities={"A": float("nan")}, grade="A")
        stranger = replace(answers[2].prediction, grade="Z")
        short = replace(answers[3].prediction, probabilities={"F": 0.2}, grade="F")
        return (
            replace(answers[1], prediction=odd),
            replace(answers[2], prediction=stranger),
            replace(answers[3], prediction=short),
            *answers[4:],
        )

    assert Counter({"model_error": 4, "": 6}) == reasons(finalized(Answering(odd)))


def test_the_breaker_opens_and_closes() -> None:
    """After failures in a row the model is left alone; after a pause one attempt decides."""
    now = 0.0
    breaker = Breaker(failures=2, pause_s=10, clock=lambda: now)
    scoring = ScriptedScoring(fails_with=lambda: UnavailableError("gone"))
    for reason in ("unavailable", "unavailable", "circuit_open"):
        assert Counter({reason: 10}) == reasons(finalized(scoring, breaker=breaker))
    assert 2 == len(scoring.asked)
    now, scoring.fails_with = 10.0, None
    assert Counter({"": 10}) == reasons(finalized(scoring, breaker=breaker))
    assert not breaker.is_open


def test_essays_that_cannot_be_read_do_not_open_the_breaker() -> None:
    """That is no fault of the model."""
    breaker = Breaker(failures=1)
    assert Counter(not_readable=10) == reasons(
        finalized(ScriptedScoring(fails_with=lambda: InputError("no word")), breaker=breaker)
    )
    assert not breaker.is_open


def test_essays_without_text_and_those_hardly_compared_are_judged_alone() -> None:
    """Each with its reason; the others are graded by both."""
    texts = {"e00": None, "e01": "  ", "e02": "N/A"}
    essays = [replace(essay, text=texts.get(essay.id, essay.text)) for essay in BATCH.essays]
    essays.append(BatchEssay(id="e99", text="A text."))
    more = (*BATCH.comparisons, Comparison("e99", "e01", first_won=True))
    batch = replace(BATCH, essays=tuple(essays), comparisons=more)
    result = finalized(ScriptedScoring(), batch=batch)
    assert Counter({"": 7, "no_text": 3, "too_few_comparisons": 1}) == reasons(result)
    lenient = finalized(ScriptedScoring(), batch=batch, rules=FinalizeRules(min_comparisons=0))
    assert Counter({"": 8, "no_text": 3}) == reasons(lenient)


def test_a_model_of_another_scale_is_not_merged() -> None:
    """Its grades mean something else."""
    result = finalized(ScriptedScoring(grades=("1", "2", "3")))
    assert Counter(scale_differs=10) == reasons(result)
    assert ("bt_only", None) == (result.scoring_method, result.model_digest)


def test_a_model_can_be_left_out() -> None:
    """Nobody asks it."""
    scoring = ScriptedScoring()
    assert Counter(disabled=10) == reasons(finalized(scoring, rules=FinalizeRules(use_model=False)))
    assert [] == scoring.asked


def test_a_model_reads_texts_as_those_that_come_alone() -> None:
    """Repaired, with their task; one that is too long for any answer is not asked about."""
    odd = {"e00": "smÃ¶rgÃ¥s\r\n", "e01": "a" * (MAX_CHARACTERS + 1)}
    essays = tuple(replace(each, text=odd.get(each.id, each.text)) for each in BATCH.essays)
    answer, asked = ScriptedScoring().score_many, dict[str, Essay]()

    async def keep(requests: Sequence[ScoreRequest]) -> Sequence[Scored]:
        asked.update((each.essay.id, each.essay) for each in requests)
        return await answer(requests)

    result = by_id(finalized(Answering(keep), batch=replace(BATCH, essays=essays)))
    assert ("smörgås\n", "Write about your school.") == (asked["e00"].text, asked["e00"].prompt_text)
    assert ("not_readable", "") == (result["e01"].reason, result["e00"].reason)


def test_a_model_may_read_what_judgement_found() -> None:
    """Score, error, win rate, count, variance and rank come with each essay."""
    scoring = ScriptedScoring()
    result = by_id(finalized(scoring))
    given = scoring.given["e09"]
    assert {
        "bt_score", "bt_se", "win_rate", "comparison_count", "comparison_variance", "rank_percentile",
        "batch_rank",
    } == set(given)  # fmt: skip
    assert (result["e09"].bt_score, result["e09"].bt_se, 12) == (
        given["bt_score"], given["bt_se"], given["comparison_count"]
    )  # fmt: skip
    assert 0 <= given["batch_rank"] <= 1


def test_a_model_that_reads_judgement_too_counts_for_less() -> None:
    """Both err together, so that the same two grades make a less certain one; somebody may say otherwise."""
    apart, together = finalized(ScriptedScoring()), finalized(ScriptedScoring(reads_judgement=True))
    as_hybrid = FinalizeRules(dependence=HYBRID_DEPENDENCE)
    as_usual = FinalizeRules(dependence=DEPENDENCE)
    assert together == finalized(ScriptedScoring(), rules=as_hybrid)
    assert apart == finalized(ScriptedScoring(reads_judgement=True), rules=as_usual)
    assert _mean_confidence(together) < _mean_confidence(apart)


def _mean_confidence(result: BatchResult) -> float:
    return fmean(essay.confidence or 0 for essay in result.essays)


def test_without_anchors_there_are_ranks_and_the_model_s_grades() -> None:
    """And somebody is told; without a model there are ranks alone."""
    batch, events = made_up_batch(n_anchors=0), list[Event]()
    result = finalized(ScriptedScoring(), batch=batch, events=events)
    best = by_id(result)["e09"]
    assert (None, "A", "A", {}, None) == (
        best.bt_grade, best.ml_grade, best.grade, best.bt_probabilities, result.scale
    )  # fmt: skip
    assert any(isinstance(event, Notice) and "no anchors" in event.message for event in events)
    alone = by_id(finalized(None, batch=batch))["e09"]
    assert (None, None, {}) == (alone.grade, alone.confidence, alone.probabilities)


def test_students_are_ranked_among_themselves() -> None:
    """Anchors stand where a student of their score would; where asked, they take places."""
    result = finalized(None)
    students = [essay.rank for essay in result.essays if not essay.is_anchor]
    assert list(range(1, 11)) == students
    placed = finalized(None, rules=FinalizeRules(rank_anchors=True))
    assert list(range(1, 19)) == [essay.rank for essay in placed.essays]


def test_what_contradicts_is_flagged() -> None:
    """A model that is sure of the opposite is told of, and of nothing else."""
    answer = ScriptedScoring(grades=GRADES, share=0.97).score_many

    async def backwards(requests: Sequence[ScoreRequest]) -> Sequence[Scored]:
        answers = await answer(requests)
        first, last = answers[0].prediction, answers[-1].prediction
        return (
            replace(answers[0], prediction=replace(last, essay_id=first.essay_id)),
            *answers[1:],
        )

    result = finalized(Answering(backwards), batch=made_up_batch(rounds=40))
    assert ["e00"] == [essay.essay_id for essay in result.essays if essay.disagrees]


def test_comparisons_that_count_for_nothing_are_told_of() -> None:
    """By reason."""
    events = list[Event]()
    finalized(None, batch=replace(BATCH, set_aside={"undecided": 3}), events=events)
    assert any(isinstance(event, Notice) and "3 undecided" in event.message for event in events)


SCALES: dict[str, tuple[JudgedBatch, FinalizeRules, str | None]] = {
    "as the service calls it": (replace(BATCH, scale="swedish_8_anchor"), FinalizeRules(), "swedish8"),
    "as somebody says": (
        replace(BATCH, scale=None), FinalizeRules(scale=find_scale("swedish8")), "swedish8"
    ),
    "by its grades": (replace(BATCH, scale=None), FinalizeRules(use_model=False), "swedish8"),
    "by the model's": (replace(BATCH, scale=None), FinalizeRules(), "swedish8"),
}  # fmt: skip


@pytest.mark.parametrize("case", SCALES)
def test_the_scale_is_found(case: str) -> None:
    """In this order: what is asked for, the database, the model, the only one that has every grade."""
    batch, rules, expected = SCALES[case]
    assert expected == finalized(ScriptedScoring(), batch=batch, rules=rules).scale


def _regraded(*grades: str) -> JudgedBatch:
    essays = iter(grades * 8)
    return replace(
        BATCH,
        scale=None,
        essays=tuple(
            replace(essay, known_grade=next(essays)) if essay.is_anchor else essay for essay in BATCH.essays
        ),
    )


def test_a_scale_of_the_model_s_own_is_one_too() -> None:
    """Grades that no known scale has."""
    scoring = ScriptedScoring(grades=("IG", "G", "VG"))
    assert "custom" == finalized(scoring, batch=_regraded("IG", "VG")).scale


REFUSED: dict[str, tuple[JudgedBatch, str]] = {
    "no comparison": (
        replace(BATCH, comparisons=(), set_aside={"undecided": 2}), r"no decided comparison \(2 undecided\)"
    ),
    "no connection": (
        replace(BATCH, essays=(*BATCH.essays, BatchEssay(id="lonely"))), "connects 1 of 19 .* such as lonely"
    ),
    "a grade of no scale": (_regraded("IG", "VG"), "no known scale has IG, VG; name it with --scale"),
    "grades of several scales": (_regraded("A", "B"), "swedish8 and eng5 have A, B; name it with --scale"),
    "an anchor's grade off the scale": (
        replace(_regraded("A", "Z"), scale="swedish8"), "'Z' is not a grade of scale swedish8"
    ),
    "a scale that nobody knows": (replace(BATCH, scale="mine"), "'mine' is not a scale"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_final_is_refused(case: str) -> None:
    """The message says what to do."""
    batch, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        finalized(None, batch=batch)


def test_unconnected_essays_can_be_allowed() -> None:
    """Their distance rests on the prior."""
    batch = replace(BATCH, essays=(*BATCH.essays, BatchEssay(id="lonely")))
    result = finalized(None, batch=batch, rules=FinalizeRules(allow_unconnected=True))
    assert by_id(result)["lonely"].bt_se > 3


def test_working_out_writes_nothing() -> None:
    """What a batch would come to, to be looked at first."""

    async def _work() -> None:
        batches = RememberedBatches(BATCH)
        result = await work_out(BATCH, scoring=ScriptedScoring(), clock=lambda: NOON)
        assert 18 == len(result.essays)
        assert await batches.result(BATCH.id) is None

    asyncio.run(_work())


def _request(name: str) -> ScoreRequest:
    return ScoreRequest(essay=Essay(id=name, text="A text."))


def test_nothing_is_asked_about_no_essay() -> None:
    """There is nothing to say."""

    async def _asked() -> tuple[int, ModelIdentity | None]:
        asked = await ask_model([], ScriptedScoring(), batch_id="b", deadline_s=1)
        return len(asked.word.grades), asked.model

    assert (0, None) == asyncio.run(_asked())


def test_a_service_writes_down_what_it_says_of_a_batch() -> None:
    """Each grade of the model names its answer in the score log; all are of one model and of the batch."""
    log = MemoryScoreLog()
    model = MadeUpModel(scale=find_scale("swedish8"), reads_judgement=True)

    async def _finalized() -> tuple[BatchResult, dict[str, str]]:
        scoring = Scoring(
            Arms(Held(model)), log=log, readers=2, clock=lambda: NOON, review=ReviewRouting(salt="s")
        )
        try:
            result = await finalize(
                BATCH.id, batches=RememberedBatches(BATCH), scoring=scoring, clock=lambda: NOON
            )
        finally:
            await scoring.close()
        kept = {each.draft.id: each.draft for each in await log.records()}
        assert {BATCH.id} == {draft.batch_id for draft in kept.values()}
        return result, {draft.id: draft.essay_id for draft in kept.values()}

    result, kept = asyncio.run(_finalized())
    named = {essay.score_id: essay.essay_id for essay in result.essays if essay.score_id is not None}
    assert kept == named
    assert 10 == len(named)
    assert model.identity.digest == result.model_digest


@dataclass(frozen=True)
class Held:
    """A place for a model that stays."""

    current: MadeUpModel
