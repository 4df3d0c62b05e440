"""Essays that come together are graded together: what is done around a model costs little more for many."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import GradingModel, Reading


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """An essay that is to be graded."""

    model: GradingModel
    """By which model."""
    essay_id: str
    """What it is called."""
    reading: Reading
    """What was read of it."""
    said: asyncio.Future[Prediction]
    """What the model says."""


class Together:
    """Grades what is asked for within one turn of the event loop at one go; of one event loop.

    Company changes no bit of an answer, see `GradingModel`. Nobody waits for a clock, and whoever asks alone
    waits for nothing: only after a turn in which several came is the first of the next one kept for others.
    """

    def __init__(self) -> None:
        """Begin with nothing to grade."""
        self._asked: list[_Asked] = []
        self._n, self._n_before = 0, 1

    async def grade(self, model: GradingModel, essay_id: str, reading: Reading) -> Prediction:
        """What a model says of an essay that was read before.

        Raises:
            BundleError: the reading is another model's.
        """
        loop = asyncio.get_running_loop()
        self._n += 1
        if self._n == 1:
            loop.call_soon(self._end_turn)
            if self._n_before == 1:
                (prediction,) = model.grade((essay_id,), (reading,))
                return prediction
        said: asyncio.Future[Prediction] = loop.create_future()
        self._asked.append(_Asked(model, essay_id, reading, said))
        return await said

    def _end_turn(self) -> None:
        asked, self._asked = self._asked, []
        self._n_before, self._n = self._n, 0
        of_models: dict[int, list[_Asked]] = {}
        for each in asked:
            if not each.said.done():  # nobody waits for it any more
                of_models.setdefault(id(each.model), []).append(each)
        for group in of_models.values():
            _grade(group)


def _grade(group: Sequence[_Asked]) -> None:
    """Grade what one model is asked for."""
    model, ids = group[0].model, [each.essay_id for each in group]
    try:
        said = tuple(zip(group, model.grade(ids, [each.reading for each in group]), strict=True))
    except Exception as error:  # noqa: BLE001 - told to whoever waits for it
        if len(group) == 1:
            group[0].said.set_exception(error)
            return
        for each in group:  # so that nobody else's answer fails with it
            _grade((each,))
    else:
        for each, prediction in said:
            each.said.set_result(prediction)
