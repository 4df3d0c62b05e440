"""Learning auxiliary models from essays that have other labels than the plan's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.texts import copy_hash
from gradewise.features.schema import FeatureMatrix
from gradewise.models.auxiliary import AuxiliaryModel, joined
from gradewise.models.linear_fitting import fit_linear_part
from gradewise.models.samples import Sample
from gradewise.models.text.fitting import learn_wording
from gradewise.models.text.terms import TermKind


def fit_auxiliary(
    name: str,
    targets: tuple[str, ...],
    marks: NDArray[Any],
    measured: FeatureMatrix,
    texts: Sequence[str],
    *,
    kinds: Sequence[TermKind],
    seed: int,
    on_step: Callable[[int], None],
) -> AuxiliaryModel:
    """Learn what a further set of essays says about each of its targets.

    The regressions read text columns that were learnt from other essays of the set than the one in hand, as
    these will be learnt from other essays than those that the model is used for. Copies of a text are not
    parted. No fold of the plan plays a part, since the set's essays are others: the caller leaves out those
    whose text occurs in the plan's data.

    Args:
        name: of the set.
        targets: what it has marks for.
        marks: shape ``(n, n_targets)``, finite.
        measured: features of the set's essays, of the plan's measured schema.
        texts: of the same essays, in the same order.
        kinds: of its text learners.
        seed: of the inner parts of text learners.
        on_step: told how many of ``len(kinds) + 1`` steps are done.

    Raises:
        InputError: marks are not one finite number for each essay and target.
    """
    wording = learn_wording(
        kinds,
        texts,
        targets,
        marks,
        (),
        source=name,
        ties=[(copy_hash(text),) for text in texts],
        seed=seed,
        on_step=on_step,
    )
    values = joined(measured, [wording.columns])
    regressions = tuple(fit_linear_part(Sample(values, target)) for target in marks.astype(np.float64).T)
    on_step(len(kinds) + 1)
    return AuxiliaryModel(name, targets, measured.schema.fingerprint, wording.learners, regressions)
