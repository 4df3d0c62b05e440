"""The one way to a score: who may, when, by which model, and what is told and written down of it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import BundleError, BusyError, DeadlineError, InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.scores.routing import ReviewRouting
from gradewise.scores.traffic import is_on_trial
from gradewise.service_events import EssaysScored, ScoringFailed
from gradewise.telemetry import Event
from gradewise.testing.grading_models import Behaviour, MadeUpModel
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring import answering
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.models import GradingModel, Reading
from gradewise.workflows.scoring.prediction_json import prediction_from_json
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.scoring import Scoring
from gradewise.workflows.scoring.shadow import Shadow
from gradewise.workflows.scoring.spool import Spool
from gradewise.workflows.scoring.threads import ANSWERING

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Slot:
    """Holds a model."""

    current: GradingModel | None


class Gated(MadeUpModel):
    """Reads texts when it is let, and remembers those whose text says so."""

    def __init__(self, name: str = "made-up") -> None:
        super().__init__(name)
        self.gate, self.begun = threading.Event(), threading.Semaphore(0)
        self.reading, self.most_at_once = 0, 0
        self.lock = threading.Lock()
        self.order: list[str] = []

    def recall(self, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
        """What begins with "known" was read before."""
        known = {each.id for each in essays if each.text.startswith("known")}
        return tuple(
            Reading(super(Gated, self).read((each,))[0].values, (), cached=True) if each.id in known else None
            for each in essays
        )

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Wait at the gate."""
        with self.lock:
            self.reading += 1
            self.most_at_once = max(self.most_at_once, self.reading)
            self.order += [each.id for each in essays]
        self.begun.release()
        self.gate.wait()
        with self.lock:
            self.reading -= 1
        if any("refused" in each.text for each in essays):
            raise InputError(f"essay {essays[0].id!r}: refused")
        return super().read(essays)


@dataclass(slots=True)
class Near(MadeUpModel):
    """Has read every text before, and remembers who was graded with whom."""

    groups: list[tuple[str, ...]] = field(default_factory=list)

    def recall_near(self, essays: Sequence[Essay]) -> tuple[Reading | None, ...]:
        """Readings from memory."""
        return MadeUpModel.read(self, essays)

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Remember, and grade."""
        self.groups.append(tuple(essay_ids))
        return MadeUpModel.grade(self, essay_ids, readings, n_reasons=n_reasons)


class Refusing(MadeUpModel):
    """A model that needs what an essay called ``refused`` lacks."""

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Read the others."""
        if any(each.id == "refused" for each in essays):
            raise InputError("essay 'refused' has no task; send prompt_text")
        return super().read(essays)


@dataclass
class Service:
    """Scoring with everything around it."""

    model: MadeUpModel
    challenger: MadeUpModel | None = None
    log: MemoryScoreLog | None = field(default_factory=MemoryScoreLog)
    heard: list[Event] = field(default_factory=list)

    def scoring(self, *, share: float = 0, shadow: Shadow | None = None, **changes: Any) -> Scoring:
        """A service on two readers."""
        other = None if self.challenger is None else Slot(self.challenger)
        options: dict[str, Any] = {
            "log": self.log, "readers": 2, "most_waiting": 3, "deadline_s": 60.0,
            "review": ReviewRouting(audit_rate=0), "clock": lambda: NOON, "listener": self.heard.append,
        }  # fmt: skip
        return Scoring(Arms(Slot(self.model), other, share=share, shadow=shadow), **{**options, **changes})


def asked(name: str, text: str = "some words", **changes: Any) -> ScoreRequest:
    """A request for an essay of that id."""
    return ScoreRequest(essay=Essay(id=name, text=text), **changes)


def run(go: Callable[[Scoring], Awaitable[Any]], scoring: Callable[[], Scoring]) -> Any:
    """Do something with a service, from start to end."""

    async def _run() -> Any:
        service = scoring()
        await service.start()
        try:
            return await go(service)
        finally:
            await service.close()

    return asyncio.run(_run())


async def until(condition: Callable[[], bool]) -> None:
    """Let others go on until something is so."""
    while not condition():  # noqa: ASYNC110 - what is waited for happens in threads
        await asyncio.sleep(0.001)


def test_an_answer_is_written_down_before_it_is_given() -> None:
    """What is in the log is what was answered, with all that is needed to answer it again."""
    service = Service(MadeUpModel())
    scored: Scored = run(lambda scoring: scoring.score(asked("anna", "w " * 12)), service.scoring)
    assert ("C", "champion", "release", False, ()) == (
        scored.prediction.grade, scored.arm, scored.route, scored.cached, scored.lacks,
    )  # fmt: skip
    assert service.log is not None
    (record,) = asyncio.run(service.log.records())
    draft = record.draft
    assert (scored.score_id, "anna", "C", NOON) == (draft.id, draft.essay_id, draft.grade, draft.made_at)
    assert scored.prediction == prediction_from_json(draft.prediction)
    assert scored.model.digest == draft.model_digest
    assert "w w" not in repr(draft)


def test_a_batch_keeps_its_order_and_has_one_model() -> None:
    """Essays are read in parallel and answered in order, by the model that was there at the beginning."""
    service = Service(MadeUpModel())
    requests = [asked(str(n), "w " * (5 * n)) for n in range(5)]
    scored = run(lambda scoring: scoring.score_many(requests, batch_id="b"), service.scoring)
    assert ["0", "1", "2", "3", "4"] == [each.prediction.essay_id for each in scored]
    assert ["E", "D", "C", "B", "A"] == [each.prediction.grade for each in scored]
    assert 1 == len({each.model.digest for each in scored})
    assert service.log is not None
    assert {"b"} == {record.draft.batch_id for record in asyncio.run(service.log.records())}
    assert () == run(lambda scoring: scoring.score_many([]), service.scoring)


def test_everything_is_told() -> None:
    """Each answer is an event of its own, each refusal another; neither holds a text."""
    service = Service(Gated())
    service.model.gate.set()  # type: ignore[attr-defined]

    async def go(scoring: Scoring) -> None:
        await scoring.score_many([asked("1"), asked("2", "known words")])
        with pytest.raises(InputError, match="essay '3': refused"):
            await scoring.score_many([asked("3", "refused"), asked("4")])

    run(go, service.scoring)
    scored, failed = service.heard
    assert isinstance(scored, EssaysScored)
    assert (("E", 0.6), ("E", 0.6)) == scored.grades
    assert (1, ("release", "release"), "made-up", ()) == (
        scored.n_cached, scored.routes, scored.model_name, scored.lacks,
    )  # fmt: skip
    assert 0 <= scored.read_seconds <= scored.seconds
    assert ScoringFailed("input", 2) == failed


def test_no_more_are_read_at_once_than_there_are_readers() -> None:
    """A batch of five on two readers, read two at a time."""
    model = Gated()

    async def go(scoring: Scoring) -> None:
        batch = asyncio.create_task(scoring.score_many([asked(str(n)) for n in range(5)]))
        await until(lambda: model.reading == 2)
        assert 5 == scoring.waiting
        model.gate.set()
        await batch
        assert 0 == scoring.waiting

    run(go, Service(model).scoring)
    assert 2 == model.most_at_once


def test_whoever_comes_after_a_batch_does_not_wait_for_all_of_it() -> None:
    """A single essay is read after the few of the batch that were in line before it."""
    model = Gated()

    async def go(scoring: Scoring) -> None:
        batch = asyncio.create_task(scoring.score_many([asked(f"batch {n}") for n in range(9)]))
        await until(lambda: model.reading == 2)
        single = asyncio.create_task(scoring.score(asked("single")))
        await until(lambda: scoring.waiting == 10)
        model.gate.set()
        await asyncio.gather(batch, single)

    run(go, lambda: Service(model).scoring(most_waiting=20))
    assert model.order.index("single") <= 4


def test_more_than_fits_is_refused_before_it_begins() -> None:
    """Who is too many hears after how long to ask again; who was let in is answered."""
    model = Gated()
    service = Service(model)

    async def go(scoring: Scoring) -> None:
        let_in = [asyncio.create_task(scoring.score(asked(str(n)))) for n in range(5)]
        await until(lambda: scoring.waiting == 5)
        with pytest.raises(BusyError, match="ask again in") as refused:
            await scoring.score(asked("too much"))
        assert 0 < refused.value.retry_after_s < 5
        with pytest.raises(InputError, match="more than the 5 that may wait"):
            await scoring.score_many([asked(str(n)) for n in range(6)])
        known = await scoring.score(asked("known", "known words"))
        assert known.cached, "what was read before does not wait"
        model.gate.set()
        await asyncio.gather(*let_in)

    run(go, service.scoring)
    assert "too much" not in model.order
    assert ScoringFailed("busy", 1) in service.heard


def test_look_ups_have_a_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even texts that were read before are refused when far too many ask at once."""
    monkeypatch.setattr("gradewise.workflows.scoring.answering.LOOKS_PER_PLACE", 0)

    async def go(scoring: Scoring) -> None:
        with pytest.raises(BusyError, match="looked up already"):
            await scoring.score(asked("1"))

    run(go, Service(MadeUpModel()).scoring)


def test_what_would_come_too_late_is_given_up_and_never_begun() -> None:
    """A request whose time is over while it waits is not read; the one before it is answered."""
    model = Gated()
    service = Service(model)

    async def go(scoring: Scoring) -> None:
        first = [asyncio.create_task(scoring.score(asked(str(n)))) for n in range(2)]
        await until(lambda: model.reading == 2)
        with pytest.raises(DeadlineError, match="in time"):
            await scoring.score(asked("late"), deadline_s=0.02)
        assert 2 == scoring.waiting
        model.gate.set()
        await asyncio.gather(*first)

    run(go, service.scoring)
    assert "late" not in model.order
    assert ScoringFailed("deadline", 1) in service.heard


def test_a_reader_that_is_given_up_still_counts() -> None:
    """Nobody else is read in the place of a text whose asker has gone, until the thread is free."""
    model = Gated()

    async def go(scoring: Scoring) -> None:
        gone = [asyncio.create_task(scoring.score(asked(str(n)), deadline_s=0.05)) for n in range(2)]
        for each in await asyncio.gather(*gone, return_exceptions=True):
            assert isinstance(each, DeadlineError)
        waiting = asyncio.create_task(scoring.score(asked("next")))
        await until(lambda: scoring.waiting == 1)
        assert 2 == model.reading
        model.gate.set()
        await waiting

    run(go, Service(model).scoring)
    assert 2 == model.most_at_once


def test_no_model_is_no_answer() -> None:
    """Without a model the refusal says so, with a code of its own."""
    service = Service(MadeUpModel())
    service.model = None  # type: ignore[assignment]

    async def go(scoring: Scoring) -> None:
        with pytest.raises(UnavailableError, match="no model is loaded"):
            await scoring.score(asked("1"))

    run(go, service.scoring)
    assert [ScoringFailed("no_model", 1)] == service.heard


def test_a_challenger_that_fails_is_replaced() -> None:
    """The champion answers, and the answer says that the challenger did not."""
    service = Service(MadeUpModel("old"), MadeUpModel("new", behaves="raises"))
    scored: Scored = run(
        lambda scoring: scoring.score(asked("1", unit="anna")), lambda: service.scoring(share=1)
    )
    assert ("old", "champion", ("challenger",)) == (scored.model.name, scored.arm, scored.lacks)


def test_an_essay_that_the_challenger_alone_refuses_is_graded() -> None:
    """A trial takes no grade from anybody, and goes on; what nobody grades is refused."""
    service = Service(MadeUpModel("old"), Refusing("new"))

    async def go(scoring: Scoring) -> list[Scored]:
        return [await scoring.score(asked("refused")) for _ in range(5)] + [await scoring.score(asked("1"))]

    *instead, after = run(go, lambda: service.scoring(share=1))
    assert {("old", "champion", ("challenger",))} == {
        (each.model.name, each.arm, each.lacks) for each in instead
    }
    assert ("new", "challenger", ()) == (after.model.name, after.arm, after.lacks)
    neither = Service(Refusing("old"), Refusing("new"))
    with pytest.raises(InputError, match="no task"):
        run(lambda scoring: scoring.score(asked("refused")), lambda: neither.scoring(share=1))


def test_a_challenger_that_hangs_takes_no_answer_from_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The champion answers in its place, then without asking it; another challenger begins anew."""
    service = Service(MadeUpModel("old"), MadeUpModel("new", behaves="sleeps"))
    slot = Slot(service.challenger)
    arms = Arms(Slot(service.model), slot, share=1, breaker=Breaker(failures=4))
    options: dict[str, Any] = {"readers": 1, "review": ReviewRouting(audit_rate=0), "clock": lambda: NOON}

    async def go(scoring: Scoring) -> list[Scored]:
        monkeypatch.setattr(answering, "TRIAL_SHARE", 0.0005)
        said = list(await asyncio.gather(*(scoring.score(asked(f"{n}")) for n in range(2 * ANSWERING + 1))))
        monkeypatch.setattr(answering, "TRIAL_SHARE", 1.0)
        monkeypatch.setattr(answering, "HANGS_S", 0.0)
        said.append(await scoring.score(asked("later")))
        slot.current = MadeUpModel("newer")
        return [*said, await scoring.score(asked("last"))]

    *instead, last = run(go, lambda: Scoring(arms, log=None, deadline_s=60.0, **options))
    assert {("old", ("challenger",))} == {(each.model.name, each.lacks) for each in instead}
    assert ("newer", ()) == (last.model.name, last.lacks)


def test_a_challenger_answers_its_share() -> None:
    """Its answers are marked as its own."""
    service = Service(MadeUpModel("old"), MadeUpModel("new"))
    scored: Scored = run(lambda scoring: scoring.score(asked("1")), lambda: service.scoring(share=1))
    assert ("new", "challenger") == (scored.model.name, scored.arm)


@settings(max_examples=20, deadline=None)
@given(st.text("ab7é", min_size=1, max_size=5), st.integers(1, 3), st.text(max_size=3))
def test_who_shares_a_unit_has_one_model(unit: str, n: int, batch_id: str) -> None:
    """Alone, in a batch, and whatever the batch is called; a batch of several units stays whole."""
    service = Service(MadeUpModel("old"), MadeUpModel("new"))

    async def go(scoring: Scoring) -> tuple[str, set[str], set[str]]:
        one = await scoring.score(asked("alone", unit=unit))
        many = await scoring.score_many([asked(f"{k}", unit=unit) for k in range(n)], batch_id=batch_id)
        mixed = await scoring.score_many([asked("a", unit=unit), asked("b", unit="other")], batch_id=batch_id)
        return one.arm, {each.arm for each in many}, {each.arm for each in mixed}

    arm, arms, mixed = run(go, lambda: service.scoring(share=0.5))
    expected = "challenger" if is_on_trial(unit, share=0.5, salt="") else "champion"
    assert (expected, {expected}, 1) == (arm, arms, len(mixed))


def test_whatever_happens_in_one_turn_each_has_an_answer_of_its_own_model() -> None:
    """A promotion, a challenger in its share and in the shadow, a deadline that is over, somebody gone."""
    old, newer, other = Near("old"), Near("newer"), Near("new", step=1)
    champion, heard = Slot(old), list[Event]()
    on_trial = [is_on_trial(f"{n}", share=0.5, salt="") for n in range(99)]
    units = [f"{on_trial.index(on)}" for on in (False, True)]
    shadow, log = Shadow(listener=heard.append), MemoryScoreLog()
    arms = Arms(champion, Slot(other), share=0.5, shadow=shadow)

    async def go(scoring: Scoring) -> list[Scored | BaseException]:
        def ask(name: str, unit: int = 0, deadline_s: float = 60.0) -> "asyncio.Task[Scored]":
            return asyncio.create_task(
                scoring.score(asked(name, unit=units[unit]), deadline_s=deadline_s), name=name
            )

        asking = [ask("a"), ask("trial", 1), ask("gone"), ask("late", 0, -1.0), ask("b")]
        await asyncio.sleep(0)
        champion.current = newer
        asking[2].cancel()
        asking += [ask("c"), ask("d")]
        said = await asyncio.gather(*asking, return_exceptions=True)
        await shadow.settled()
        return said

    options: dict[str, Any] = {"readers": 1, "review": ReviewRouting(audit_rate=0), "clock": lambda: NOON}
    said = run(go, lambda: Scoring(arms, log=log, **options))
    found = [each.model.name if isinstance(each, Scored) else type(each).__name__ for each in said]
    assert ["old", "new", "CancelledError", "DeadlineError", "old", "newer", "newer"] == found
    alone, together = old.groups
    assert (("a",), {"b"}, [("c", "d")]) == (alone, {*together} - {"late"}, newer.groups)
    kept = sorted((each.draft.arm, each.draft.essay_id) for each in asyncio.run(log.records()))
    seen, unseen = ([(arm, name) for name in "abcd"] for arm in ("champion", "shadow"))
    assert sorted([("challenger", "trial"), *seen, *unseen]) == kept


def test_a_champion_that_fails_fails() -> None:
    """Nobody answers in its place; the error and the event say what kind it was."""
    service = Service(MadeUpModel(behaves="raises"))

    async def go(scoring: Scoring) -> None:
        with pytest.raises(RuntimeError):
            await scoring.score(asked("1"))

    run(go, service.scoring)
    assert [ScoringFailed("internal", 1)] == service.heard


def test_what_is_said_in_the_shadow_is_logged_and_given_to_nobody() -> None:
    """The log holds both answers, the asker one; the unseen one is in no review queue."""
    service = Service(MadeUpModel("old"), MadeUpModel("new", step=1))

    async def go() -> Scored:
        shadow = Shadow()
        everything = ReviewRouting(audit_rate=1)
        scoring = service.scoring(shadow=shadow, review=everything)
        scored = await scoring.score(asked("1", "w " * 9))
        await shadow.settled()
        await scoring.close()
        return scored

    scored = asyncio.run(go())
    assert service.log is not None
    drafts = [record.draft for record in asyncio.run(service.log.records())]
    assert [("champion", "D"), ("shadow", "A")] == [(each.arm, each.grade) for each in drafts]
    assert "D" == scored.prediction.grade
    assert ["audit", "release"] == [each.route for each in drafts]
    service.log = None
    asyncio.run(go())


@pytest.mark.parametrize(
    ("behaves", "fates"),
    [
        ("well", {"done": 12}),
        ("raises", {"failed": 2, "held back": 10}),
        ("talks nonsense", {"nonsense": 2, "held back": 10}),
        ("sleeps", {"full": 9}),
    ],
    ids=["well", "raises", "nonsense", "sleeps"],
)
def test_answers_are_the_same_whatever_is_in_the_shadow(behaves: Behaviour, fates: dict[str, int]) -> None:
    """To the letter, in the answer and in the log; behind one that hangs a few essays wait, no more."""

    async def go(challenger: MadeUpModel | None) -> tuple[list[Any], dict[str, int]]:
        service, shadow = (
            Service(MadeUpModel(), challenger),
            Shadow(most_waiting=2, breaker=Breaker(failures=2)),
        )
        scoring = service.scoring(shadow=shadow)
        said: list[Any] = []
        for number in range(12):
            scored = await scoring.score(asked(f"{number}", "w " * number))
            said.append((scored.prediction, scored.arm, scored.route, scored.lacks))
            if behaves != "sleeps":
                await shadow.settled()
        await scoring.close()
        assert service.log is not None
        kept = [each.draft for each in await service.log.records() if each.draft.arm == "champion"]
        return [*said, *((each.essay_id, each.prediction, each.values) for each in kept)], shadow.fates

    alone, _ = asyncio.run(go(None))
    beside, found = asyncio.run(go(MadeUpModel("new", step=1, behaves=behaves)))
    assert alone == beside
    assert fates == found


class Away(MemoryScoreLog):
    """A log that does not answer."""

    async def add(self, drafts: Any) -> Any:
        """Fail."""
        del drafts
        raise UnavailableError("the database does not answer")


def test_answers_are_given_while_the_log_is_away_and_say_so(tmp_path: Path) -> None:
    """With a spool scoring goes on, and the answer lacks the score log; where it must not, it is refused."""
    service = Service(MadeUpModel(), log=Away())
    with_spool = service.scoring
    scored: Scored = run(
        lambda scoring: scoring.score(asked("1")),
        lambda: with_spool(spool=Spool(tmp_path), cache_is_away=lambda: True),
    )
    assert ("feature_cache", "score_log") == scored.lacks

    async def refused(scoring: Scoring) -> None:
        with pytest.raises(UnavailableError, match="does not answer"):
            await scoring.score(asked("1"))

    run(refused, lambda: with_spool(spool=Spool(tmp_path), require_log=True))
    assert ScoringFailed("unavailable", 1) == service.heard[-1]
    left = Service(MadeUpModel())
    run(lambda _scoring: asyncio.sleep(0), lambda: left.scoring(spool=Spool(tmp_path)))
    assert left.log is not None
    assert [scored.score_id] == [record.draft.id for record in asyncio.run(left.log.records())]


def test_reasons_are_cut_to_what_each_request_asked_for() -> None:
    """The made-up model gives none; nobody gets more than asked for."""
    service = Service(MadeUpModel(), log=None)
    requests = [asked("1", n_reasons=2), asked("2")]
    scored = run(lambda scoring: scoring.score_many(requests), service.scoring)
    assert [(), ()] == [each.prediction.reasons for each in scored]


def test_after_its_end_nothing_is_begun() -> None:
    """A service that was closed says so."""

    async def go() -> None:
        scoring = Service(MadeUpModel()).scoring()
        await scoring.close()
        await scoring.close()
        with pytest.raises(UnavailableError, match="scoring has ended"):
            await scoring.score(asked("1"))

    asyncio.run(go())


def test_model_errors_have_a_code() -> None:
    """A bundle that cannot grade is told as the model's failure."""

    class Broken(MadeUpModel):
        def grade(self, *_asked: Any, **_options: Any) -> Any:
            raise BundleError("other readings")

    service = Service(Broken())

    async def go(scoring: Scoring) -> None:
        with pytest.raises(BundleError):
            await scoring.score(asked("1"))

    run(go, service.scoring)
    assert [ScoringFailed("model", 1)] == service.heard
