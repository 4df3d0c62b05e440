"""Why a text got its class: what each word did, by leaving it out, as a value and on a page."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.verified import Bundle
from gradewise.reporting.class_explanation import (
    ClassExplanation,
    class_explanation_record,
    class_words,
    marked_pieces,
    quiet_words,
)
from gradewise.reporting.class_explanation_page import render_class_explanation
from gradewise.testing.class_bundles import made_up_class_bundle
from gradewise.workflows import explain_class as explaining
from gradewise.workflows.explain_class import explain_class, without, words_of
from gradewise.workflows.score import Scorer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = "Hello! My card, the Card, was lost: <b>money</b> back?"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """A model that goes by known words."""
    return bundle_from_files(bundle_files(made_up_class_bundle()))


def explained(bundle: Bundle, text: str = TEXT) -> ClassExplanation:
    """Why a text got its class."""
    return explain_class(bundle, Essay(id="t1", text=text), explained_at=NOON)


def test_each_word_is_left_out_wherever_it_stands(bundle: Bundle) -> None:
    """Its effect is the fall of the probability of the class given, which is what `score` says."""
    why = explained(bundle)
    assert "lost card" == why.given
    effects = {part.word: part.effect for part in why.words}
    scorer = Scorer(bundle, None)
    whole = scorer.score(Essay(id="t1", text=TEXT)).probabilities["lost card"]
    shorter = scorer.score(Essay(id="t1", text="Hello! My , the , was lost: <b>money</b> back?"))
    assert whole - shorter.probabilities["lost card"] == effects["card"]
    assert 2 == len(next(part for part in why.words if part.word == "card").places)
    assert 0 == effects["the"]
    assert "card" == why.speaking_for[0].word
    assert {"Hello", "money", "back"} == {part.word for part in why.speaking_against}
    assert "lost card" != next(part for part in why.words if part.word == "card").without
    assert list(why.words) == sorted(why.words, key=lambda part: -abs(part.effect))


def test_the_marked_text_is_the_text(bundle: Bundle) -> None:
    """Words that speak for or against are marked where they stand, and nothing is lost."""
    pieces = marked_pieces(explained(bundle))
    assert TEXT == "".join(piece.text for piece in pieces)
    assert ["Hello", "card", "Card", "lost", "money", "back"] == [
        piece.text for piece in pieces if piece.part
    ]


@given(st.text(alphabet="ab '-\u2019.\n\u00c5", max_size=30))
def test_words_are_found_where_they_stand(text: str) -> None:
    """Their places do not overlap, hold the word in some case, and are gone once it is left out."""
    places = words_of(text)
    for word, found in places.items():
        assert {word} == {text[each.start : each.end].casefold() for each in found}
        assert all(left.end <= right.start for left, right in pairwise(found))
        kept = len(text) - sum(each.end - each.start for each in found)
        assert len(without(text, found)) <= kept


def test_where_no_word_matters_it_is_said(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single word, words that the model does not know, a text too long to be looked at whole."""
    single = explained(bundle, "zebra Zebra")
    assert ((), 0) == (single.words, single.n_left)
    assert "no two different words" in quiet_words(single)
    assert "it may be none of its classes" in class_words(single)
    assert "No single word matters" in quiet_words(explained(bundle, "zebra umbrella"))
    monkeypatch.setattr(explaining, "MOST_WORDS", 2)
    assert ({"Hello", "My"}, 7) == (
        {part.word for part in explained(bundle).words}, explained(bundle).n_left
    )  # fmt: skip


def test_the_page_shows_a_strangers_text_as_text(bundle: Bundle) -> None:
    """No script, no markup of the text; classes, words with their effects, and what the model cannot know."""
    page = render_class_explanation(explained(bundle))
    assert "<b>money" not in page
    assert "&lt;b&gt;" in page
    assert "<script" not in page
    for said in ("Why this class?", "Speak for lost card", "Speak against lost card", "Leave one word out"):
        assert said in page
    long = replace(explained(bundle), n_left=1200, in_scope=False)
    assert "1,200 later words" in render_class_explanation(long)
    assert "let a person look" in render_class_explanation(long)


def test_the_record_holds_no_text(bundle: Bundle) -> None:
    """Only single words, and where they stand; it is JSON."""
    why = explained(bundle)
    record = json.loads(json.dumps(class_explanation_record(why), allow_nan=False))
    assert TEXT not in json.dumps(record)
    assert ("lost card", why.text_sha256) == (record["class"], record["text"]["sha256"])
    strongest = record["words"][0]
    assert why.words[0].effect == strongest["effect"]
    assert ["card", "Card"] == [
        TEXT[start:end] for each in record["words"] if each["word"] == "card" for start, end in each["places"]
    ]
