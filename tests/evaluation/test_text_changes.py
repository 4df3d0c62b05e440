"""Changes to a text: each does what it says and nothing else."""

import unicodedata
from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.texts import count_words, normalise
from gradewise.evaluation.padding_texts import OFF_TOPIC, RARE_WORDS, STOCK_SENTENCES
from gradewise.evaluation.perturbations import PERTURBATIONS, perturbed
from gradewise.evaluation.text_changes import (
    Passage,
    add_trailing_space,
    append_off_topic,
    copy_task,
    delete_last_half,
    duplicate,
    hit_neighbouring_keys,
    insert_rare_words,
    insert_stock_sentences,
    repeat_paragraph,
    shuffle_sentences,
    shuffle_words,
    strip_punctuation,
    swap_composition,
    swap_quotes,
    windows_line_ends,
)
from passages import passage, words_of

TWO = 'I like "dogs". My dog, Rex, is old-fashioned!\n\nHe doesn\'t bite. We walk every day; he runs.'
SEEDS = st.integers(0, 2**32)

marks = st.sampled_from([". ", "! ", "? ", ", ", " ", "; ", ".\n\n", "\n", " - ", '." ', "'s "])
letters = st.sampled_from(["dog", "I", "Rex", "åäö", "it’s", "old-time", "é", "42", "a"])
essays = st.lists(st.tuples(letters, marks), min_size=1, max_size=40).map(
    lambda parts: "".join(word + mark for word, mark in parts)
)


def sentences_of(given: Passage) -> list[str]:
    """The sentences of a passage."""
    return [given.text[start:end] for start, end in given.sentences]


@given(essays, SEEDS)
def test_every_change_repeats_itself_and_never_gives_the_text_back(text: str, seed: int) -> None:
    """The same chance makes the same text, which differs from the old one and has words."""
    given_text = passage(text, task="Write about dogs.")
    for perturbation in PERTURBATIONS.values():
        first, second = (perturbed(perturbation, given_text, Random(seed)) for _ in range(2))
        assert first == second
        if first is not None:
            assert text != first
            assert count_words(first) > 0


@given(essays, SEEDS)
def test_padding_keeps_all_that_was_written(text: str, seed: int) -> None:
    """Every word is still there, in order, and more besides."""
    given_text = passage(text, task="Write about dogs.")
    for change in (
        repeat_paragraph, duplicate, append_off_topic, copy_task, insert_rare_words, insert_stock_sentences,
    ):  # fmt: skip
        padded = change(given_text, Random(seed))
        if padded is not None:
            after = iter(words_of(padded))
            assert all(word in after for word in words_of(text)), change
            assert len(words_of(padded)) > len(words_of(text))


@given(essays, SEEDS)
def test_shuffling_keeps_the_words(text: str, seed: int) -> None:
    """Sentences keep their words and texts their length, whatever the order."""
    given_text = passage(text)
    mixed = shuffle_words(given_text, Random(seed))
    assert len(text) == len(mixed)
    for start, end in given_text.sentences:
        assert Counter(words_of(text[start:end])) == Counter(words_of(mixed[start:end]))
    assert sorted(text) == sorted(shuffle_sentences(given_text, Random(seed)))


@given(essays)
def test_only_punctuation_outside_words_is_stripped(text: str) -> None:
    """The words stay as they were, apart, and nothing between them is a punctuation mark."""
    bare = strip_punctuation(passage(text), Random(0))
    assert words_of(text) == words_of(bare)
    between = bare
    for word in words_of(bare):
        between = between.replace(word, "", 1)
    assert not any(unicodedata.category(letter).startswith("P") for letter in between)


@given(essays)
def test_invisible_changes_leave_the_normalised_text(text: str) -> None:
    """Line ends, blanks and composition are what comparing texts looks away from; quotes change alone."""
    given_text = passage(text)
    for change in (add_trailing_space, windows_line_ends, swap_composition):
        assert normalise(text) == normalise(change(given_text, Random(0)))
    straight = str.maketrans("‘’“”", "''\"\"")
    assert text.translate(straight) == swap_quotes(given_text, Random(0)).translate(straight)


@given(essays, SEEDS, st.sampled_from([0.02, 0.05, 0.5]))
def test_slips_hit_that_share_of_letters(text: str, seed: int, share: float) -> None:
    """So many letters differ, each by a key beside it, capitals staying capitals."""
    slipped = hit_neighbouring_keys(passage(text), Random(seed), share=share)
    typed = sum(letter.lower() in "abcdefghijklmnopqrstuvwxyz" for letter in text)
    if not typed:
        assert slipped is None
        return
    assert slipped is not None
    differ = [(old, new) for old, new in zip(text, slipped, strict=True) if old != new]
    assert max(1, round(share * typed)) == len(differ)
    assert all(old.isupper() == new.isupper() for old, new in differ)


def test_keys_have_the_neighbours_of_the_keyboard() -> None:
    """Left, right, the two below and the two above; ö is a key in Swedish only."""
    hit = {hit_neighbouring_keys(passage("s"), Random(seed), share=1) for seed in range(60)}
    assert set("adwezx") == hit
    swedish = {
        hit_neighbouring_keys(passage("p", language="sv"), Random(seed), share=1) for seed in range(60)
    }
    assert set("oölå") == swedish
    assert hit_neighbouring_keys(passage("ö"), Random(0), share=1) is None
    assert hit_neighbouring_keys(passage("s", language="fr"), Random(0), share=1) in set("adwezx")


def test_a_paragraph_is_repeated_after_itself() -> None:
    """Between the two stands what stands between paragraphs of this text."""
    for text, gap in ((TWO, "\n\n"), ("One is here.\nTwo is here.", "\n")):
        first, second = text.split(gap)
        found = {repeat_paragraph(passage(text), Random(seed)) for seed in range(20)}
        assert {gap.join((first, first, second)), gap.join((first, second, second))} == found


def test_of_one_paragraph_a_third_is_repeated() -> None:
    """Six sentences give two neighbours twice; a single one is left alone."""
    text = "One is. Two is. Three is. Four is. Five is. Six is."
    once = text.split(" ")
    for seed in range(10):
        repeated = repeat_paragraph(passage(text), Random(seed))
        assert repeated is not None
        counts = Counter(repeated.split(" "))
        doubled = [word for word in once[::2] if counts[word] == 2]
        assert 2 == len(doubled)
        assert " ".join(f"{word} is." for word in doubled) in text
    assert repeat_paragraph(passage("Only one."), Random(0)) is None


def test_whole_texts_are_put_together_as_paragraphs() -> None:
    """A copy, the task and a passage stand apart from the essay; without a task there is none to copy."""
    assert "Hi.\n\nHi.\n" == duplicate(passage("Hi.\n"), Random(0))
    assert "One is.\nTwo is.\nOne is.\nTwo is." == duplicate(passage("One is.\nTwo is."), Random(0))
    assert "The task.\n\nHi." == copy_task(passage("Hi.", task="The task.\n"), Random(0))
    assert copy_task(passage("Hi."), Random(0)) is copy_task(passage("Hi.", task=" "), Random(0)) is None
    ending = append_off_topic(passage("Hej.", language="sv"), Random(0))
    assert ending in {f"Hej.\n\n{text}" for text in OFF_TOPIC["sv"]}


def test_rare_words_stand_one_in_twenty() -> None:
    """Forty words get two more, a short text gets one."""
    for n, expected in ((40, 2), (3, 1)):
        strewn = insert_rare_words(passage("dog " * n), Random(1))
        assert strewn is not None
        assert expected == sum(word in RARE_WORDS["en"] for word in strewn.split())
        assert n + expected == len(strewn.split())


def test_every_third_sentence_is_followed_by_one_that_says_nothing() -> None:
    """None is used twice before all have been; a text of two sentences gets one at its end."""
    long = insert_stock_sentences(passage("We ate. " * 30), Random(0))
    assert long is not None
    said = [sentence for sentence in sentences_of(passage(long)) if sentence != "We ate."]
    assert set(STOCK_SENTENCES["en"]) == set(said)
    assert len(said) == 10
    assert all(long.count(f"We ate. We ate. We ate. {sentence}") == 1 for sentence in said)
    short = insert_stock_sentences(passage("We ate. We slept."), Random(0))
    assert short in {f"We ate. We slept. {sentence}" for sentence in STOCK_SENTENCES["en"]}


def test_languages_without_texts_are_left_alone() -> None:
    """What has to be written in the language of the essay is not tried in others."""
    french = passage("Il fait beau.", language="fr")
    for change in (append_off_topic, insert_rare_words, insert_stock_sentences):
        assert change(french, Random(0)) is None


def test_punctuation_goes_and_words_stay_apart() -> None:
    """Apostrophes and hyphens inside words stay; where only a mark stood between words, a blank does."""
    assert (
        "I like dogs My dog Rex is old-fashioned\n\nHe doesn't bite We walk every day he runs"
        == strip_punctuation(passage(TWO), Random(0))
    )
    assert "yes no maybe" == strip_punctuation(passage("(yes,no - maybe...)"), Random(0))


def test_the_last_half_is_left_out() -> None:
    """Of five words three stay; one word cannot be halved."""
    assert "One, two three" == delete_last_half(passage("One, two three. Four five."), Random(0))
    assert delete_last_half(passage("One."), Random(0)) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\"It's\" ('so')", "“It’s” (‘so’)"),
        ("“It’s” mixed 'so'", "\"It's\" mixed 'so'"),
        ("none", "none"),
    ],
)
def test_quotes_are_swapped(before: str, after: str) -> None:
    """Straight ones become curly by their place; where there is a curly one, all become straight."""
    assert after == swap_quotes(passage(before), Random(0))


def test_letters_with_marks_are_taken_apart_or_put_together() -> None:
    """NFC becomes NFD, and NFD becomes NFC."""
    assert "o\u0308" == swap_composition(passage("ö"), Random(0))
    assert "ö" == swap_composition(passage("o\u0308"), Random(0))


def test_lines_end_otherwise() -> None:
    """Blanks go before every line end, and carriage returns too."""
    assert "a  \nb  \n\n" == add_trailing_space(passage("a\nb"), Random(0))
    assert "a\r\nb" == windows_line_ends(passage("a\nb"), Random(0))


def test_an_odd_line_between_paragraphs_is_not_copied() -> None:
    """A row of stars parts two paragraphs: another paragraph is put in after an empty line."""
    odd = passage("One is here.\n\n***\n\nTwo is here.")
    assert "\n\n" == odd.paragraph_break
    (first, _), (_, second) = odd.paragraphs
    assert "One is here.\n\n***\n\nTwo is here." == odd.text[first:second]


@pytest.mark.parametrize("language", sorted(OFF_TOPIC))
def test_shipped_passages_are_as_long_as_said(language: str) -> None:
    """Seventy to ninety words each, unlike each other; stock sentences and rare words occur once."""
    lengths = [count_words(text) for text in OFF_TOPIC[language]]
    assert all(70 <= n <= 90 for n in lengths), lengths
    for texts in (OFF_TOPIC[language], STOCK_SENTENCES[language], RARE_WORDS[language]):
        assert len(set(texts)) == len(texts) > 1
    assert all(len(word) >= 6 for word in RARE_WORDS[language])
    assert all(first != second for first, second in pairwise(sorted(STOCK_SENTENCES[language])))
