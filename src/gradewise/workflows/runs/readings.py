"""What the models of a fold say of essays, as a piece of work that a run can keep."""

from collections.abc import Hashable, Mapping

import numpy as np

from gradewise.models.cross_fit import FoldReading
from gradewise.models.score_models import Readings
from gradewise.workflows.runs.checkpoints import Checkpoints


def keep_reading(checkpoints: Checkpoints, key: tuple[Hashable, ...], reading: FoldReading) -> None:
    """Keep a fold's reading under a key, such as a target and the fold's number."""
    cumulative = reading.held_out.cumulative
    checkpoints.keep(
        _name(key),
        {
            "scores": reading.held_out.scores,
            "train_scores": reading.train_scores,
            "rounds": np.array(reading.rounds, dtype=np.int64),
            **({} if cumulative is None else {"cumulative": cumulative}),
        },
    )


def recall_reading(checkpoints: Checkpoints, key: tuple[Hashable, ...]) -> FoldReading | None:
    """The reading that was kept under a key, exactly; ``None`` when there is none."""
    kept = checkpoints.recall(_name(key))
    if kept is None:
        return None
    return FoldReading(
        Readings(kept["scores"], kept.get("cumulative")),
        kept["train_scores"],
        tuple(kept["rounds"].tolist()),
    )


def known_readings(checkpoints: Checkpoints, of: Hashable, n_folds: int) -> Mapping[int, FoldReading]:
    """The readings of folds that are kept already, by fold."""
    recalled = ((fold, recall_reading(checkpoints, (of, fold))) for fold in range(n_folds))
    return {fold: reading for fold, reading in recalled if reading is not None}


def _name(key: tuple[Hashable, ...]) -> str:
    return f"reading {key!r}"
