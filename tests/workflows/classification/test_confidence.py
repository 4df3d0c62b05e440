"""Sets of classes and the threshold of confidence: promises that are kept on the texts they came from."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.workflows.classification.confidence import learn_class_confidence


@settings(max_examples=30)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(3, 60),
    coverage=st.floats(0.5, 0.99),
    share=st.floats(0.05, 0.99),
)
def test_promises_hold_on_the_texts_they_were_learnt_from(
    seed: int, n: int, coverage: float, share: float
) -> None:
    """As many texts as promised have the right class in their set, and as many are taken for a class."""
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.ones(4), size=n)
    codes = generator.integers(4, size=n)
    learnt = learn_class_confidence(probabilities, codes, coverage=coverage, in_scope_share=share)
    held = (probabilities[np.arange(n), codes] >= learnt.least).mean()
    passed = (probabilities.max(axis=1) >= learnt.threshold).mean()
    assert held >= coverage - 1 / n
    assert share <= passed + 1e-9
