"""Made-up essays whose wording tells their grade, a little."""

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes

WORDS = [
    f"{a}{b}" for a in ("ba", "do", "fi", "gu", "he", "ko") for b in ("la", "mi", "no", "på", "re", "st")
]


def written(n: int = 120, *, n_grades: int = 5, seed: int = 0, length: int = 60) -> tuple[list[str], Codes]:
    """Texts of which better ones use later words more often, with their grades: shape ``(n,)``."""
    generator = np.random.default_rng(seed)
    codes = generator.permutation(np.arange(n) % n_grades).astype(np.int64)
    texts = []
    for code in codes:
        shares = np.exp(np.linspace(0, 0.4 * float(code), len(WORDS)))
        texts.append(" ".join(generator.choice(WORDS, size=length, p=shares / shares.sum())) + ".")
    return texts, codes


def trait_marks(codes: Codes, *, seed: int = 0) -> NDArray[np.float64]:
    """The overall grade with two traits, in half steps, that go with it: shape ``(n, 3)``."""
    noise = np.random.default_rng(seed).integers(-2, 3, (len(codes), 2)) / 2
    return np.column_stack([codes, codes + noise[:, 0], 4 - codes + noise[:, 1]])
