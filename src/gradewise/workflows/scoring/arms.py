"""Which model answers: the champion, or for its share of units the challenger; or both, one unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from gradewise.errors import UnavailableError
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.scores.traffic import check_share, is_on_trial
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.models import GradingModel, Reading
from gradewise.workflows.scoring.requests import Lack
from gradewise.workflows.scoring.shadow import KeepShadow, Shadow, ShadowWork


class HoldsModel(Protocol):
    """A place for a model that may be exchanged at any time: see `ModelSlot`."""

    @property
    def current(self) -> GradingModel | None:
        """The model that answers now, if any; who has taken it keeps it to the end of the answer."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The model that is to answer; it stays the same until the answer is given."""

    arm: Literal["champion", "challenger"]
    """In which role."""
    model: GradingModel
    """The model."""
    lacks: tuple[Lack, ...] = ()
    """``challenger``, where it was its turn and it could not."""


def same_answers(one: Scale, other: Scale) -> bool:
    """Whether two models answer with the same grades, or the same classes."""
    return (one.grades, one.ordered) == (other.grades, other.ordered)


class Arms:
    """Divides units between two models, and lets one of them answer unseen behind the other.

    Nothing here waits: choosing takes microseconds, and what happens in the shadow is never awaited.
    Made and used within one event loop; `choose` may be called from any thread.
    """

    def __init__(
        self,
        champion: HoldsModel,
        challenger: HoldsModel | None = None,
        *,
        share: float = 0.0,
        salt: str = "",
        shadow: Shadow | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        """Divide units.

        Args:
            champion: what is in production.
            challenger: what is on trial; ``None`` when nothing is.
            share: of the units that the challenger answers, from 0 to 1.
            salt: of the trial; another one draws other units.
            shadow: where the challenger also answers unseen; ``None`` when it does not.
            breaker: holds the challenger back after failures.

        Raises:
            InputError: the share is not from 0 to 1.
        """
        self._champion, self._challenger = champion, challenger
        self._share, self._salt = check_share(share), salt
        self._shadow = shadow
        self._breaker = breaker or Breaker()

    def choose(self, unit: str) -> Chosen:
        """The model that answers a unit: a student, a class, a batch.

        Raises:
            UnavailableError: no champion is loaded.
        """
        if self._challenger is None or not is_on_trial(unit, share=self._share, salt=self._salt):
            return self._take_champion()
        model = self._on_trial()
        if model is None or not self._breaker.lets_through():
            return self._take_champion(lacks=("challenger",))
        return Chosen("challenger", model)

    def instead_of(self, failed: Chosen, *, has_failed: bool = True) -> Chosen | None:
        """The champion in place of a challenger that does not answer; ``None`` after the champion.

        Args:
            failed: who does not.
            has_failed: whether that counts as a failure, as an essay that a model refuses does not.

        Raises:
            UnavailableError: no champion is loaded.
        """
        if failed.arm == "champion":
            return None
        if has_failed:
            self._breaker.failed()
        return self._take_champion(lacks=("challenger",))

    def worked(self, chosen: Chosen) -> None:
        """Say that a model has answered."""
        if chosen.arm == "challenger":
            self._breaker.worked()

    def shadow(
        self, chosen: Chosen, essays: Sequence[Essay], readings: Sequence[Reading], *, keep: KeepShadow
    ) -> None:
        """Let the challenger answer unseen what the champion has answered; never waits, never raises.

        Nothing happens without a shadow or a challenger, or where the challenger has answered itself.

        Args:
            chosen: who has answered.
            essays: what was answered.
            readings: what it read of them, taken where both models read the same.
            keep: awaited with the challenger's answers.
        """
        model = self._on_trial()
        if self._shadow is None or model is None or chosen.arm != "champion":
            return
        same = model.reading_fingerprint == chosen.model.reading_fingerprint
        self._shadow.offer(ShadowWork(model, tuple(essays), tuple(readings) if same else None, keep))

    async def close(self) -> None:
        """Stop what happens in the shadow; may be called twice."""
        if self._shadow is not None:
            await self._shadow.close()

    def _on_trial(self) -> GradingModel | None:
        """The challenger, unless it gives other grades or classes than the champion does."""
        model = None if self._challenger is None else self._challenger.current
        champion = self._champion.current
        if model is None or champion is None or same_answers(champion.scale, model.scale):
            return model
        return None

    def _take_champion(self, *, lacks: tuple[Lack, ...] = ()) -> Chosen:
        model = self._champion.current
        if model is None:
            raise UnavailableError("no model is loaded; deploy one, and the service takes it up by itself")
        return Chosen("champion", model, lacks)
