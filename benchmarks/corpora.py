"""Real essays for benchmarks, when a machine has them.

Set ``GRADEWISE_CORPORA`` to a directory that holds ``ellipse/ellipse_train.csv.gz`` and
``ellipse/ellipse_test.csv.gz`` (the ELLIPSE corpus with its official columns).
"""

import os
from pathlib import Path

EXCLUDED_PROMPTS = (
    "Community service",
    "Grades for extracurricular activities",
    "Cell phones at school",
    "Letter to employer",
)
"""ELLIPSE prompts that ask for letters."""


def ellipse(part: str) -> Path | None:
    """The file of a part (``train`` or ``test``) of ELLIPSE, when the machine has it."""
    path = Path(os.environ.get("GRADEWISE_CORPORA", "corpora")) / "ellipse" / f"ellipse_{part}.csv.gz"
    return path if path.is_file() else None
