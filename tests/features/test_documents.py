"""Documents: words, sentences and paragraphs of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.features.documents import WORD, Document, build_document, plain

LETTER = "Dear Sir,\n\ni like school. they teach us well\n\nIt is good."
TEXTS = st.text(min_size=1, max_size=300).filter(WORD.search)
MARKED = st.text(alphabet="aB9å'’-.!? \n\t…\"”()\u0301", max_size=200).filter(WORD.search)


def english(text: str) -> Document:
    """A document in English."""
    return build_document(text, language="en")


def cut(document: Document, spans: tuple[tuple[int, int], ...]) -> list[str]:
    """The text of each span."""
    return [document.text[start:end] for start, end in spans]


def test_words_keep_inner_apostrophes_and_hyphens() -> None:
    """Apostrophes and hyphens belong to a word inside it, and nowhere else."""
    document = english("'Well-known' authors don’t - ever - say \"naïve\".")
    assert document.words == ("Well-known", "authors", "don’t", "ever", "say", "naïve")


def test_lowered_words_are_plain() -> None:
    """Lowered words have plain apostrophes and composed letters, so that word lists know them."""
    assert english("DON’T can´t A\u030a").lowered == ("don't", "can't", "å")
    assert plain("Väl‐känd") == "väl-känd"


@given(text=MARKED)
def test_what_a_table_says_of_words_stands_in_their_order(text: str) -> None:
    """Small letters are those of the words one by one; words that are not in a table are passed over."""
    document = english(text)
    lengths = {word: len(word) for word in document.lowered if len(word) > 1}
    assert tuple(map(plain, document.words)) == document.lowered
    assert tuple(len(word) for word in document.lowered if len(word) > 1) == document.in_order(lengths)
    assert list(dict.fromkeys(document.lowered)) == list(document.word_counts) == list(document.known_words)


def test_word_lengths_count_letters_and_digits() -> None:
    """Apostrophes and hyphens are not counted as letters."""
    assert english("don't well-known 1990").word_lengths == (4, 9, 4)


@pytest.mark.parametrize("text", ["", "   \n", "!!! ... —", "_ _"])
def test_a_text_without_words_is_refused(text: str) -> None:
    """No words, no document."""
    with pytest.raises(InputError, match=f"text of {len(text)} characters has no words"):
        english(text)


def test_blank_lines_part_paragraphs() -> None:
    """A blank line ends a paragraph and the sentence in it."""
    document = english(LETTER)
    expected = ["Dear Sir,", "i like school. they teach us well", "It is good."]
    assert expected == cut(document, document.paragraphs)
    assert list(document.sentence_words) == [
        ("dear", "sir"),
        ("i", "like", "school"),
        ("they", "teach", "us", "well"),
        ("it", "is", "good"),
    ]


def test_single_newlines_part_paragraphs_where_no_line_is_blank() -> None:
    """Writers who never leave a line blank mean a new paragraph by a new line."""
    document = english("My day.\nI got up.\n  I ate!\n")
    assert cut(document, document.paragraphs) == ["My day.", "I got up.", "I ate!"]


def test_wrapped_lines_are_one_paragraph() -> None:
    """Lines that stop in mid-sentence were wrapped, not ended."""
    document = english("We went to the\nsea and saw a\nship. It was\nbig.")
    assert len(document.paragraphs) == 1
    assert len(document.sentences) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Smith met Dr. J. Doe. He left.", ["Mr. Smith met Dr. J. Doe.", "He left."]),
        ("it is good. they like it", ["it is good.", "they like it"]),
        ("We met at 5 p.m. We left.", ["We met at 5 p.m.", "We left."]),
        ("We met at 5 p.m. and left.", ["We met at 5 p.m. and left."]),
        ("It was me and I. Then we ran.", ["It was me and I.", "Then we ran."]),
        ("It costs 3.5 dollars. Yes", ["It costs 3.5 dollars.", "Yes"]),
        ("It was in 1990. Then", ["It was in 1990.", "Then"]),
        ("1. First we eat. 2. Then we go.", ["1. First we eat.", "2. Then we go."]),
        ("We left.Then we ran", ["We left.", "Then we ran"]),
        ("See www.Example.com now", ["See www.", "Example.com now"]),
        ("I use U.S.A. maps", ["I use U.S.A. maps"]),
        ("he waited... and waited", ["he waited... and waited"]),
        ("he waited… Then he ran", ["he waited…", "Then he ran"]),
        ('"Why not?" she said. "So!"', ['"Why not?"', "she said.", '"So!"']),
        ("Wow!!! ??? Great", ["Wow!!!", "Great"]),
        (
            "Vi köpte t.ex. Äpplen, bl.a. Röda. Sedan åt vi.",
            ["Vi köpte t.ex. Äpplen, bl.a. Röda.", "Sedan åt vi."],
        ),
        ("no stops at all here", ["no stops at all here"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Sentences end at marks, not at abbreviations, initials, list numbers or decimals."""
    document = english(text)
    assert expected == cut(document, document.sentences)


@given(st.one_of(TEXTS, MARKED))
def test_sentences_and_paragraphs_partition_the_words(text: str) -> None:
    """Every word is in exactly one sentence and one paragraph, in order, and spans hold what they say."""
    document = english(text)
    for ranges in (document.sentence_ranges, document.paragraph_ranges):
        assert [at for first, last in ranges for at in range(first, last)] == list(range(document.n_words))
        assert all(first < last for first, last in ranges)
    assert all(piece == piece.strip() for piece in cut(document, document.sentences))
    assert "".join(map("".join, zip(document.gaps, (*document.words, ""), strict=True))) == text


@given(MARKED, st.text(alphabet=" \n\t", max_size=5))
def test_space_around_a_text_changes_nothing(text: str, space: str) -> None:
    """Leading and trailing white space is no part of a text."""
    bare, spaced = english(text), english(space + text + space)
    assert bare.sentence_words == spaced.sentence_words
    assert cut(bare, bare.paragraphs) == [part.strip() for part in cut(spaced, spaced.paragraphs)]


@pytest.mark.parametrize(
    "text",
    [
        "." * 100_000 + "x",
        "a. " * 50_000,
        "x\n " * 50_000,
        "a'" * 50_000,
        " " * 100_000 + "b",
        'x."' + '"' * 100_000,
    ],
)
def test_long_odd_texts_are_cut_in_linear_time(text: str) -> None:
    """A hundred thousand dots, spaces or quotes take no time; quadratic would take minutes."""
    assert english(text).sentences


def test_prompt_texts_without_words_count_as_none() -> None:
    """An empty cell or a dash where the task should be is no task."""
    assert build_document("I agree", language="en", prompt_text="—").prompt is None
    assert build_document("I agree", language="en", prompt_text="").prompt is None


def test_essays_share_their_prompt() -> None:
    """The task of many essays is cut into words once."""
    first, second = (build_document(text, language="en", prompt_text="Do we?") for text in ("Yes", "No"))
    assert first.prompt is second.prompt
    assert first.prompt is not None
    assert first.prompt.words == ("Do", "we")


def test_views_are_made_once() -> None:
    """What several features share is computed for the first of them."""
    calls: list[Document] = []
    document = english("one two")

    def length(seen: Document) -> int:
        calls.append(seen)
        return seen.n_words

    assert (document.once(length), document.once(length)) == (2, 2)
    assert calls == [document]


def test_content_lemmas() -> None:
    """Content words are known by their dictionary form."""
    document = english("The houses are 12 years old")
    assert document.content_lemmas == ("house", "year", "old")


def test_lemmas_need_word_lists() -> None:
    """A language without word lists has no dictionary forms, and says so."""
    with pytest.raises(InputError, match="no word lists for language 'de'; languages with them: en sv"):
        _ = build_document("Guten Tag", language="de").lemmas
