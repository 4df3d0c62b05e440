"""What each essay was given and by how much that missed: files for people, and for comparisons of runs.

``y_true`` and ``y_pred`` are grades, ``y_pred_raw`` is the score on the axis of codes (0 is the lowest
grade), ``residual`` the score less the code of the teacher's grade, in steps; ``p_<grade>`` are the
probabilities. Classes have no axis, so that they have neither score nor residual. What stands in a file is
read back to the same numbers, bit by bit. There is no text in it.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.residual_diagnostics import residuals_of
from gradewise.evaluation.results import Graded
from gradewise.features.schema import FeatureMatrix
from gradewise.json_lines import json_lines
from gradewise.whole_files import write_whole

OUT_OF_FOLD_FILE, LOCKED_TEST_FILE = "residuals_cv_val_oof", "residuals_locked_test"
"""Names of the files, without suffix."""
COVARIATES = (
    "spelling_errors_per_100_words",
    "grammar_errors_per_100_words",
    "punctuation_errors_per_100_words",
    "errors_per_100_words",
    "prompt_similarity",
)
"""Features that residuals are held against, where they were measured."""
NO_FOLD = -1
"""Of an essay that no fold held out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualTable:
    """Graded essays with the fold that judged them and what was measured of them."""

    split: str
    """``cv_val_oof`` or ``locked_test``."""
    graded: Graded
    """The essays."""
    folds: NDArray[np.int64]
    """The fold that held each out, `NO_FOLD` in the locked test: shape ``(n,)``."""
    covariates: Mapping[str, NDArray[np.float64]]
    """By feature: shape ``(n,)`` each."""

    def rows_by_fold(self) -> dict[int, NDArray[np.int64]]:
        """Rows of the essays of each fold, by its number."""
        return {int(fold): np.flatnonzero(self.folds == fold) for fold in np.unique(self.folds)}


def covariates_of(matrix: FeatureMatrix) -> dict[str, NDArray[np.float64]]:
    """Those of `COVARIATES` that were measured: shape ``(n,)`` each."""
    return {
        name: matrix.values[:, matrix.schema.names.index(name)].astype(np.float64)
        for name in COVARIATES
        if name in matrix.schema.names
    }


def write_residuals(artifacts: Path, name: str, table: ResidualTable, scale: Scale) -> None:
    """Write a table as ``<name>.csv`` and ``<name>.jsonl``."""
    rows = list(residual_rows(table, scale))
    lines = json_lines(rows)
    # In JSON a backslash escape of a lone surrogate is that very surrogate again.
    write_whole(artifacts / f"{name}.jsonl", lines.encode("utf-8", "backslashreplace"))
    written = io.StringIO(newline="")
    sheet = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(rows)
    write_whole(artifacts / f"{name}.csv", written.getvalue().encode("utf-8", "backslashreplace"))


def residual_rows(table: ResidualTable, scale: Scale) -> Iterator[dict[str, Any]]:
    """One record an essay, all with the same fields in the same order."""
    graded = table.graded
    distances = residuals_of(graded) if graded.ordered else None
    for row, essay_id in enumerate(graded.essay_ids):
        true, given = int(graded.true_codes[row]), int(graded.predicted_codes[row])
        yield {
            "split": table.split,
            "fold": None if table.folds[row] == NO_FOLD else int(table.folds[row]),
            "record_id": essay_id,
            "prompt": graded.prompts[row] if graded.prompts else "",
            "y_true": scale.grades[true],
            **({"y_pred_raw": float(graded.scores[row])} if graded.ordered else {}),
            "y_pred": scale.grades[given],
            **({} if distances is None else _distance(float(distances[row]), abs(true - given))),
            **{
                f"p_{grade}": float(graded.probabilities[row, code])
                for code, grade in enumerate(scale.grades)
            },
            "word_count": None if graded.word_counts is None else int(graded.word_counts[row]),
            **{name: float(values[row]) for name, values in table.covariates.items()},
        }


def _distance(residual: float, steps: int) -> dict[str, Any]:
    """How far a grade is from the teacher's; classes have no distance."""
    return {"residual": residual, "abs_residual": abs(residual), "within_one_step": steps <= 1}


def read_residuals(path: Path, scale: Scale) -> ResidualTable:
    """Read the ``.jsonl`` that `write_residuals` wrote.

    Raises:
        InputError: it is not there, or damaged; the message names the file.
    """
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
        return _table([json.loads(line) for line in lines if line], scale)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; run `gradewise cv` again") from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"{path} is damaged ({type(error).__name__}: {error}); run `gradewise cv` again"
        ) from error


def _table(rows: Sequence[Mapping[str, Any]], scale: Scale) -> ResidualTable:
    code = {grade: at for at, grade in enumerate(scale.grades)}
    prompts = tuple(str(row["prompt"]) for row in rows)
    counted = rows[0]["word_count"] is not None
    probabilities = np.stack([_numbers(rows, f"p_{grade}") for grade in scale.grades], axis=1)
    graded = Graded(
        essay_ids=tuple(str(row["record_id"]) for row in rows),
        true_codes=np.array([code[row["y_true"]] for row in rows], dtype=np.int64),
        predicted_codes=np.array([code[row["y_pred"]] for row in rows], dtype=np.int64),
        scores=probabilities.max(axis=1) if not scale.ordered else _numbers(rows, "y_pred_raw"),
        probabilities=probabilities,
        prompts=prompts if any(prompts) else None,
        word_counts=np.array([row["word_count"] for row in rows], dtype=np.int64) if counted else None,
        ordered=scale.ordered,
    )
    return ResidualTable(
        split=str(rows[0]["split"]),
        graded=graded,
        folds=np.array([NO_FOLD if row["fold"] is None else row["fold"] for row in rows], dtype=np.int64),
        covariates={name: _numbers(rows, name) for name in COVARIATES if name in rows[0]},
    )


def _numbers(rows: Sequence[Mapping[str, Any]], field: str) -> NDArray[np.float64]:
    """One field of all rows: shape ``(n,)``."""
    return np.array([row[field] for row in rows], dtype=np.float64)
