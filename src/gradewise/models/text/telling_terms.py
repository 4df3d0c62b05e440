"""Which words of a text a text learner goes by."""

from collections import Counter

import numpy as np

from gradewise.models.text.learners import FittedTextLearner
from gradewise.models.text.terms import list_terms


def term_effects(learner: FittedTextLearner, text: str) -> dict[str, float]:
    """What each known term of a text adds to what a learner suggests for its first target, as exact shares.

    In grade steps; with the learner's intercept they sum to its suggestion, but for that one's rounding.

    Args:
        learner: a ridge regression over TF-IDF weights: a sum over terms.
        text: which text.

    Returns:
        By term, in the learner's order; empty when it knows none.
    """
    counts = Counter(list_terms(learner.kind, text))
    known = [place for place, term in enumerate(learner.terms) if term in counts]
    if not known:
        return {}
    damped = 1 + np.log([counts[learner.terms[place]] for place in known])
    length = np.linalg.norm(damped * learner.idf[known].astype(np.float64))
    effects = damped * learner.weights[0, known].astype(np.float64) / length
    return dict(zip((learner.terms[place] for place in known), effects.tolist(), strict=True))
