"""Who answers, and what a challenger may do in the shadow: nothing that an answer would show."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gradewise.errors import InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.essays.scales import class_scale
from gradewise.service_events import ShadowEnded
from gradewise.telemetry import Event
from gradewise.testing.grading_models import Behaviour, MadeUpModel
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.models import GradingModel, Reading
from gradewise.workflows.scoring.shadow import Shadow

ESSAYS = tuple(Essay(id=f"{n}", text="word " * n) for n in (1, 7, 30))
SOON_S = 0.05


@dataclass
class Slot:
    """Holds a model."""

    current: GradingModel | None


@dataclass
class Kept:
    """Remembers what was to be written down."""

    grades: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def __call__(
        self, model: GradingModel, readings: Sequence[Reading], predictions: Sequence[Prediction]
    ) -> None:
        """Remember, or fail."""
        assert model.identity.name == "challenger"
        if self.error is not None:
            raise self.error
        assert len(readings) == len(predictions)
        self.grades += [each.grade for each in predictions]


def champion() -> Slot:
    """A slot with a champion."""
    return Slot(MadeUpModel("champion"))


def test_without_a_challenger_the_champion_answers() -> None:
    """Nobody misses a challenger where there is none."""
    arms = Arms(champion(), share=1)
    chosen = arms.choose("anna")
    assert ("champion", ()) == (chosen.arm, chosen.lacks)
    assert arms.instead_of(chosen) is None


def test_units_divide() -> None:
    """About as many units as the share says are the challenger's, the same ones every time."""
    arms = Arms(champion(), Slot(MadeUpModel("challenger")), share=0.3, salt="May")
    first, again = ([arms.choose(f"unit {n}") for n in range(500)] for _ in range(2))
    assert [each.arm for each in first] == [each.arm for each in again]
    assert 100 < sum(each.arm == "challenger" for each in first) < 200
    assert all(each.model.identity.name == each.arm for each in first)


def test_a_challenger_that_is_not_loaded_is_missed() -> None:
    """Its units are the champion's, and the answer says so."""
    chosen = Arms(champion(), Slot(None), share=1).choose("anna")
    assert ("champion", ("challenger",)) == (chosen.arm, chosen.lacks)


def test_a_challenger_that_gives_other_answers_is_not_on_trial() -> None:
    """Nobody is told a class where others get a grade, openly or unseen, whatever was exchanged meanwhile."""

    async def chosen() -> tuple[str, tuple[str, ...], list[str]]:
        kept, heard = Kept(), list[Event]()
        other = Slot(MadeUpModel("challenger", scale=class_scale(("greeting", "refund"))))
        arms = Arms(champion(), other, share=1, shadow=Shadow(listener=heard.append))
        found = arms.choose("anna")
        arms.shadow(found, [Essay(id="a", text="one two")], [], keep=kept)
        await arms.close()
        return found.arm, found.lacks, kept.grades

    assert ("champion", ("challenger",), []) == asyncio.run(chosen())


def test_a_challenger_that_fails_is_replaced_and_held_back() -> None:
    """The champion answers at once; after failures in a row nobody asks the challenger any more."""
    arms = Arms(champion(), Slot(MadeUpModel("challenger")), share=1, breaker=Breaker(failures=2))
    for _ in range(2):
        failed = arms.choose("anna")
        assert failed.arm == "challenger"
        instead = arms.instead_of(failed)
        assert instead is not None
        assert ("champion", ("challenger",)) == (instead.arm, instead.lacks)
    assert arms.choose("anna").arm == "champion"


def test_what_an_essay_lacks_is_no_failure_of_the_challenger() -> None:
    """It is asked again after however many essays that it cannot take."""
    arms = Arms(champion(), Slot(MadeUpModel("challenger")), share=1, breaker=Breaker(failures=2))
    for _ in range(3):
        refused = arms.choose("anna")
        assert refused.arm == "challenger"
        arms.instead_of(refused, has_failed=False)


def test_a_challenger_that_works_again_counts_anew() -> None:
    """An answer between two failures forgets the first."""
    arms = Arms(champion(), Slot(MadeUpModel("challenger")), share=1, breaker=Breaker(failures=2))
    for _ in range(3):
        chosen = arms.choose("anna")
        arms.instead_of(chosen)
        arms.worked(chosen)
    arms.worked(Arms(champion()).choose("anna"))
    assert arms.choose("anna").arm == "challenger"


def test_without_a_champion_nothing_is_answered() -> None:
    """The error says what to do."""
    with pytest.raises(UnavailableError, match="deploy one"):
        Arms(Slot(None)).choose("anna")


def test_a_share_beyond_all_is_refused() -> None:
    """A share is from 0 to 1."""
    with pytest.raises(InputError, match=r"share 10 of units"):
        Arms(champion(), share=10)


def in_the_shadow(
    challenger: MadeUpModel, kept: Kept, *, times: int = 1, most_waiting: int = 8
) -> dict[str, int]:
    """What becomes of so many pieces of work, each offered behind an answer of the champion."""
    told: list[Event] = []

    async def go() -> dict[str, int]:
        shadow = Shadow(
            most_waiting=most_waiting, deadline_s=SOON_S, breaker=Breaker(failures=2), listener=told.append
        )
        arms = Arms(champion(), Slot(challenger), shadow=shadow)
        for _ in range(times):
            chosen = arms.choose("anna")
            readings = chosen.model.read(ESSAYS)
            before = chosen.model.grade([each.id for each in ESSAYS], readings)
            arms.shadow(chosen, ESSAYS, readings, keep=kept)
            assert before == chosen.model.grade([each.id for each in ESSAYS], readings)
        await shadow.settled()
        await arms.close()
        await arms.close()
        return shadow.fates

    fates = asyncio.run(go())
    assert sum(fates.values()) == len(told) == times
    assert all(isinstance(each, ShadowEnded) for each in told)
    return fates


def test_a_shadow_answers_unseen_and_reads_nothing_twice() -> None:
    """Where both models read the same, the challenger grades what the champion has read."""
    kept, challenger = Kept(), MadeUpModel("challenger", step=3)
    assert {"done": 1} == in_the_shadow(challenger, kept)
    assert ["E", "C", "A"] == kept.grades
    assert challenger.n_read == 0


def test_a_shadow_that_reads_otherwise_reads_itself() -> None:
    """Readings of another kind are never handed over."""
    kept, challenger = Kept(), MadeUpModel("challenger", reads="syllables")
    assert {"done": 1} == in_the_shadow(challenger, kept)
    assert challenger.n_read == len(ESSAYS)


@pytest.mark.parametrize(
    ("behaves", "fates"),
    [
        ("raises", {"failed": 2, "held back": 1}),
        ("sleeps", {"late": 2, "held back": 1}),
        ("talks nonsense", {"nonsense": 2, "held back": 1}),
    ],
    ids=["raises", "sleeps", "nonsense"],
)
def test_a_bad_challenger_is_counted_and_held_back(
    caplog: pytest.LogCaptureFixture, behaves: Behaviour, fates: dict[str, int]
) -> None:
    """Whatever it does, answers stay; after two failures it is left alone, and its words are not logged."""
    kept = Kept()
    assert fates == in_the_shadow(MadeUpModel("challenger", behaves=behaves), kept, times=3)
    assert [] == kept.grades
    assert "quote" not in caplog.text


def test_a_challenger_that_hangs_is_not_asked_beside_itself() -> None:
    """One thread at most is lost to it."""
    asked, go_on = list[str](), threading.Event()

    class Hanging(MadeUpModel):
        def grade(
            self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
        ) -> tuple[Prediction, ...]:
            asked.extend(essay_ids)
            go_on.wait()
            return super().grade(essay_ids, readings, n_reasons=n_reasons)

    try:
        assert {"late": 2} == in_the_shadow(Hanging("challenger"), Kept(), times=2)
    finally:
        go_on.set()
    assert [each.id for each in ESSAYS] == asked


def test_answers_in_another_order_are_nonsense() -> None:
    """The grade of one essay is never kept as another's."""

    class Turned(MadeUpModel):
        def grade(
            self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
        ) -> tuple[Prediction, ...]:
            return super().grade(essay_ids, readings, n_reasons=n_reasons)[::-1]

    kept = Kept()
    assert {"nonsense": 1} == in_the_shadow(Turned("challenger"), kept)
    assert [] == kept.grades


def test_what_does_not_fit_the_queue_is_dropped() -> None:
    """A full queue neither waits nor grows."""
    assert {"done": 2, "full": 3} == in_the_shadow(MadeUpModel("challenger"), Kept(), times=5, most_waiting=2)


def test_a_shadow_answer_that_cannot_be_written_down_is_counted() -> None:
    """A database that is away concerns no answer."""
    assert {"not kept": 1} == in_the_shadow(MadeUpModel("challenger"), Kept(error=UnavailableError("away")))


@pytest.mark.parametrize("answered", ["challenger", "champion"])
def test_nothing_is_done_unseen_where_nothing_is_to_be_compared(answered: str) -> None:
    """Behind the challenger's own answers, or without a challenger, the shadow rests."""

    async def go() -> dict[str, int]:
        shadow = Shadow()
        other = MadeUpModel("challenger") if answered == "challenger" else None
        arms = Arms(champion(), Slot(other), share=1, shadow=shadow)
        arms.shadow(arms.choose("anna"), ESSAYS, (), keep=Kept())
        await arms.close()
        return shadow.fates

    assert {} == asyncio.run(go())
