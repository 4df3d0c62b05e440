"""Essays that come together are graded together: a model takes little longer for sixteen than for one."""

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

    Company changes no bit of an answer, see `GradingModel`. Nobody waits for a clock: whoever asks alone is
    answered in the next turn.
    """

    def __init__(self) -> None:
        """Begin with nothing to grade."""
        self._asked: list[_Asked] = []

    async def grade(self, model: GradingModel, essay_id: str, reading: Reading) -> Prediction:
        """What a model says of an essay that was read before.

        Raises:
            BundleError: the reading is another model's.
        """
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_soon(self._grade_all)
        said: asyncio.Future[Prediction] = loop.create_future()
        self._asked.append(_Asked(model, essay_id, reading, said))
        return await said

    def _grade_all(self) -> None:
        asked, self._asked = self._asked, []
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
