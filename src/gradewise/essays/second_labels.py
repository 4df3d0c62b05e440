"""A second teacher's grades: they must lie on the scale of the first."""

from collections.abc import Sequence

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.prompt_scales import PromptScales
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale

FEWEST = 20
"""Essays with two grades from which on their means tell two scales apart."""
FARTHEST = 1.0
"""How far apart two teachers' means may lie, in standard deviations. The severest and the kindest of raters
seldom differ by half of one; a sum of two marks beside one of them differs by two or more."""


def require_one_scale(essays: Sequence[Essay], scales: Scale | PromptScales) -> None:
    """Refuse second grades that plainly lie on another scale, such as one mark beside a sum of two.

    A mark of 1–6 is often a grade of 2–12 too, so that reading the labels does not tell; their means do.
    Prompts are looked at one by one where each has a scale of its own.

    Raises:
        InputError: on some prompt, the two teachers' mean grades are further apart than teachers ever are.
    """
    pairs: dict[str, list[tuple[int, int]]] = {}
    for essay in essays:
        if essay.label is not None and essay.second_label is not None:
            prompt = (essay.prompt or "") if isinstance(scales, PromptScales) else ""
            scale = scales.for_prompt(prompt) if isinstance(scales, PromptScales) else scales
            pairs.setdefault(prompt, []).append((scale.code(essay.label), scale.code(essay.second_label)))
    for graded_twice in pairs.values():
        _require_near(np.array(graded_twice, dtype=np.float64))


def _require_near(codes: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    means, spread = codes.mean(axis=0), float(np.sqrt(codes.var(axis=0).mean()))
    apart = abs(float(means[1] - means[0]))
    if len(codes) >= FEWEST and apart > FARTHEST * spread > 0:
        raise InputError(
            f"the second teacher's grades lie {apart / spread:.1f} standard deviations from the first's on "
            f"average ({len(codes)} essays); that is another scale: name one teacher's grades in "
            "data.columns.label and the other's in data.columns.second_label, not a sum of the two"
        )
