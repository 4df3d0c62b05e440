"""How sure classes are: sets that hold the right class, and a threshold below which a text is of none."""

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.models.confidence import ClassConfidence
from gradewise.models.piecewise import Floats


def learn_class_confidence(
    probabilities: Floats, codes: Codes, *, coverage: float, in_scope_share: float
) -> ClassConfidence:
    """Learn from texts that the models had not seen.

    A class belongs to a text's set when its probability is at least that which, of ``n`` held-out texts, the
    ``floor((1 - coverage) * (n + 1))``-th smallest right class had: split conformal sets of least ambiguity.

    Args:
        probabilities: out of fold, shape ``(n, n_classes)``.
        codes: the right classes, shape ``(n,)``.
        coverage: share of texts whose set is to hold the right class, 0 to 1.
        in_scope_share: share of these texts that are to be taken for one of the classes, 0 to 1.

    Source: Sadinle, Lei & Wasserman (2019), doi:10.1080/01621459.2017.1395341.

    >>> sure = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.6, 0.4]])
    >>> learnt = learn_class_confidence(sure, np.array([0, 1, 0, 0]), coverage=0.8, in_scope_share=0.75)
    >>> learnt.least, learnt.threshold
    (0.3, 0.7)
    """
    right = np.sort(probabilities[np.arange(len(codes)), codes])
    best = np.sort(probabilities.max(axis=1))
    place = int((1 - coverage) * (len(codes) + 1) + 1e-9)
    passed = int((1 - in_scope_share) * len(codes) + 1e-9)
    return ClassConfidence(
        coverage=coverage,
        least=float(right[place - 1]) if place else 0.0,
        threshold=float(best[min(passed, len(best) - 1)]),
        in_scope_share=in_scope_share,
    )
