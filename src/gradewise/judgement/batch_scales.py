"""On which scale a judged batch is graded."""

from collections.abc import Mapping

from gradewise.errors import InputError
from gradewise.essays.scales import SCALES, Scale, find_scale
from gradewise.essays.suggestions import quotable
from gradewise.judgement.batches import JudgedBatch

OTHER_NAMES: Mapping[str, str] = {
    "swedish_8_anchor": "swedish8",
    "eng5_np_legacy_9_step": "eng5",
    "eng5_np_national_9_step": "eng5_national",
}
"""What the assessment service calls scales."""


def batch_scale(batch: JudgedBatch, asked: Scale | None, spoken: tuple[str, ...] | None) -> Scale | None:
    """The scale on which a batch is graded; ``None`` where there are no known grades.

    What is asked for, else what the database says, else the model's where it has every known grade, else the
    only known one that has them all.

    Args:
        batch: With its anchors.
        asked: What somebody has named.
        spoken: The grades of the model's scale, where a model spoke.

    Raises:
        InputError: it cannot be told.
    """
    grades = sorted({essay.known_grade for essay in batch.essays if essay.known_grade is not None})
    if not grades:
        return None
    if asked is not None:
        return asked
    if batch.scale:
        return find_scale(OTHER_NAMES.get(batch.scale, batch.scale))
    if spoken is not None and set(grades) <= set(spoken):
        return _named_like(spoken)
    fitting = [scale for scale in SCALES.values() if set(grades) <= set(scale.grades)]
    if len(fitting) == 1:
        return fitting[0]
    which = f"{' and '.join(scale.name for scale in fitting)} have" if fitting else "no known scale has"
    raise InputError(
        f"batch {quotable(batch.id)!r} does not say on which scale its anchors are graded, and {which} "
        f"{', '.join(map(quotable, grades))}; name it with --scale"
    )


def _named_like(grades: tuple[str, ...]) -> Scale:
    return next((scale for scale in SCALES.values() if scale.grades == grades), Scale("custom", grades))
