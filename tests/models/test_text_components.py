"""Words as a few hundred columns: fitted on training texts, applied with NumPy alone."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from gradewise.errors import BundleError, InputError
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.models.bundles.text_component_files import components_from_files, components_to_files
from gradewise.models.learnt_columns import measured_schema
from gradewise.models.text.component_fitting import fit_text_components
from gradewise.models.text.components import ComponentKind, TextComponents, with_components
from gradewise.models.text.terms import list_terms

TEXTS = (
    "Where is my card?", "My card has not arrived", "Top up by cash please", "Can I top up by card?",
    "Where does the cash go", "the card the card the card", "I lost my PIN", "my pin is wrong, my PIN!",
)  # fmt: skip
KINDS: tuple[ComponentKind, ...] = ("words", "characters")


@cache
def _fitted(kind: ComponentKind = "words", *, n_components: int = 4, least_texts: int = 1) -> TextComponents:
    return fit_text_components(
        TEXTS, kind=kind, n_components=n_components, most_terms=1000, least_texts=least_texts, seed=0
    )


def test_texts_are_as_alike_as_their_tfidf_weights_say() -> None:
    """With as many axes as texts, inner products are those of scikit-learn's TF-IDF of the same terms."""
    own = _fitted(n_components=len(TEXTS)).transform(TEXTS)
    theirs = TfidfVectorizer(
        analyzer=lambda text: list_terms("words", text.lower()), sublinear_tf=True
    ).fit_transform(TEXTS)
    np.testing.assert_allclose(own @ own.T, (theirs @ theirs.T).toarray(), atol=2e-3)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15)
@given(order=st.permutations(range(len(TEXTS))))
def test_company_and_order_change_nothing(kind: ComponentKind, order: list[int]) -> None:
    """A text's components are the same to the bit alone, and in any company."""
    components = _fitted(kind)
    together = components.transform([TEXTS[place] for place in order])
    for row, place in enumerate(order):
        np.testing.assert_array_equal(together[row], components.transform([TEXTS[place]])[0])


def test_a_text_of_unknown_words_is_nothing() -> None:
    """Zeros, and no number that is none."""
    assert not _fitted().transform(["zzz qqq", ""]).any()


def test_capitals_do_not_matter() -> None:
    """Small letters and capitals are one."""
    components = _fitted()
    np.testing.assert_array_equal(components.transform(["MY CARD"]), components.transform(["my card"]))


def test_terms_of_too_few_texts_are_not_known() -> None:
    """What enough texts share is known, and no more of it than is asked for."""
    texts = [set(list_terms("words", text.lower())) for text in TEXTS]
    assert all(sum(term in text for text in texts) > 1 for term in _fitted(least_texts=2).terms)
    few = fit_text_components(TEXTS, kind="words", n_components=2, most_terms=3, least_texts=1, seed=0)
    assert len(few.terms) == 3


def test_no_more_axes_than_texts_or_terms() -> None:
    """Few texts have few axes."""
    assert len(TEXTS) >= _fitted(n_components=500).n_components


def test_texts_without_a_shared_term_are_refused() -> None:
    """The message says what to change."""
    with pytest.raises(InputError, match="features.tfidf.kind to none"):
        fit_text_components(["a", "b"], kind="words", n_components=2, most_terms=9, least_texts=2, seed=0)


@pytest.mark.parametrize("kind", KINDS)
def test_files_give_the_same_components(kind: ComponentKind) -> None:
    """Written and read, they say the same to the bit."""
    components = _fitted(kind)
    again = components_from_files(components_to_files(components))
    assert again is not None
    np.testing.assert_array_equal(again.transform(TEXTS), components.transform(TEXTS))


def test_damaged_files_are_refused() -> None:
    """Numbers that do not belong to the terms are a damaged bundle."""
    files = components_to_files(_fitted())
    other = components_to_files(_fitted("characters"))
    with pytest.raises(BundleError, match="copy the bundle again"):
        components_from_files({**files, "components.safetensors": other["components.safetensors"]})


@pytest.mark.parametrize(
    ("idf", "axes"),
    [
        ([1.0, 0.0], [[1.0, 0.0]]),
        ([1.0, 1.0], np.zeros((0, 2))),
        ([1.0], [[1.0, 1.0]]),
        ([1, np.nan], [[1, 1]]),
    ],
    ids=["rarity 0", "no axis", "too short", "not finite"],
)
def test_arrays_that_do_not_fit_are_refused(idf: list[float], axes: list[list[float]]) -> None:
    """What would divide by nothing, or say nothing, never becomes components."""
    with pytest.raises(InputError, match="text components of words"):
        TextComponents("words", ("no", "yes"), np.array(idf, np.float32), np.array(axes, np.float32))


def test_columns_stand_behind_what_was_measured() -> None:
    """The schema says what they are, and how to be rid of them."""
    measured = FeatureMatrix(np.zeros((len(TEXTS), 0), np.float32), FeatureSchema((), "en"), TEXTS)
    components = _fitted()
    matrix = with_components(measured, TEXTS, components)
    assert ("wording_components_000", "wording_components_003") == (
        matrix.schema.names[0],
        matrix.schema.names[-1],
    )
    assert measured.schema == measured_schema(matrix.schema)
    assert with_components(measured, TEXTS, None) is measured
