"""Which words a text learner goes by: exact shares of what it suggests."""

import pytest

from essay_writers import written
from gradewise.models.text.fitting import fit_text_learner
from gradewise.models.text.learners import FittedTextLearner
from gradewise.models.text.telling_terms import term_effects
from gradewise.models.text.terms import TermKind, list_terms


@pytest.fixture(scope="module", params=["words", "characters"])
def learner(request: pytest.FixtureRequest) -> FittedTextLearner:
    """A learner of made-up essays."""
    kind: TermKind = request.param
    texts, codes = written(60)
    return fit_text_learner(kind, texts, codes[:, None])


def test_effects_make_the_suggestion(learner: FittedTextLearner) -> None:
    """With the intercept they sum to what the learner says, to its rounding."""
    for text in written(60)[0][:10]:
        effects = term_effects(learner, text)
        assert learner.predict([text])[0, 0] == pytest.approx(
            float(learner.intercepts[0]) + sum(effects.values()), abs=0.00051
        )
        assert set(effects) == set(list_terms(learner.kind, text)) & set(learner.terms)


def test_a_text_of_strange_words_has_no_effects(learner: FittedTextLearner) -> None:
    """What the learner does not know does nothing."""
    assert {} == term_effects(learner, "\u2603\u2604")
