"""Single features: values worked out by hand on small texts."""

from math import log, sqrt

import pytest

from gradewise.errors import InputError
from gradewise.features.catalogue import CATALOGUE
from gradewise.features.documents import build_document
from gradewise.features.prompt import paragraph_similarities

# 2 sentences of 5 words; letters 3 3 3 2 3 | 4 3 9 4 5; 12 syllables, 3 of them in "wonderful".
CAT = "The cat sat on the. Then the wonderful cats sleep!"


def measure(name: str, text: str, *, language: str = "en", prompt: str | None = None) -> float:
    """The value of one feature of one text."""
    return CATALOGUE[name].measure(build_document(text, language=language, prompt_text=prompt))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("words", 10),
        ("log_words", log(10)),
        ("sentences", 2),
        ("distinct_words", 8),
        ("mean_word_length_characters", 3.9),
        ("word_length_sd_characters", sqrt(3.49)),
        ("long_words_per_100_words", 10),
        ("short_words_per_100_words", 60),
        ("mean_sentence_length_words", 5),
        ("median_sentence_length_words", 5),
        ("sentence_length_sd_words", 0),
        ("sentence_length_cv", 0),
        ("longest_sentence_words", 5),
        ("share_long_sentences", 0),
        ("share_short_sentences", 1),
        ("share_words_in_long_sentences", 0),
        ("guiraud_root_ttr", 8 / sqrt(10)),
        ("herdan_c_ratio", log(8) / log(10)),
        ("yule_k", 600),
        ("share_repeated_bigrams", 0),
        ("exclamation_marks_per_100_words", 10),
        ("syllables_per_word", 1.2),
        ("share_polysyllabic_words", 0.1),
        ("flesch_reading_ease", 206.835 - 1.015 * 5 - 84.6 * 1.2),
        ("flesch_kincaid_grade", 0.39 * 5 + 11.8 * 1.2 - 15.59),
        ("smog_grade", 1.0430 * sqrt(15) + 3.1291),
        ("coleman_liau_grade", 0.0588 * 390 - 0.296 * 20 - 15.8),
        ("automated_readability_grade", 4.71 * 3.9 + 0.5 * 5 - 21.43),
        ("lix_points", 15),
        ("share_content_words", 0.5),
        ("paragraphs", 1),
        ("is_one_paragraph", 1),
        ("first_paragraph_share", 1),
        ("late_sentence_length_share", 0.5),
    ],
)
def test_values_of_a_small_text(name: str, expected: float) -> None:
    """Values follow from the definition by hand."""
    assert pytest.approx(expected) == measure(name, CAT)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("lower_case_starts_per_100_sentences", "i ran. It fell. he saw. Then", 50),
        ("unclosed_sentences_per_100_sentences", "It fell. Then we ran", 50),
        ("unclosed_sentences_per_100_sentences", '"It fell." (Then we ran.)', 0),
        ("lower_case_i_per_100_words", "i think i’m right but I am", 200 / 7),
        ("all_capitals_per_100_words", "I am VERY big", 25),
        ("inner_capitals_per_100_words", "We met Anna and I'm in Rome", 200 / 7),
        ("missing_spaces_per_100_words", "yes,no it is.that costs 3.5 in the U.S. now", 200 / 13),
        ("spaces_before_marks_per_100_words", "yes , no . well", 200 / 3),
        ("spaces_before_marks_per_100_words", " , yes it costs .5 and\n.", 0),
        ("double_spaces_per_100_words", "one  two.  three four", 25),
        ("commas_per_100_words", "a, b, c d", 50),
        ("dashes_per_100_words", "well-known – or - not", 200 / 3),
        ("quotation_marks_per_100_words", "he said “yes” twice", 50),
        ("repeated_marks_per_100_words", "what?! no!!! yes! ok", 50),
        ("symbols_per_100_words", "me & you 50% off", 50),
        ("apostrophe_words_per_100_words", "don’t say cant", 100 / 3),
        ("bare_contractions_per_100_words", "don’t say cant", 100 / 3),
        ("numbers_per_100_words", "in 1990 we had 2nd place", 200 / 6),
        ("doubled_words_per_100_words", "The the cat, cat sat sat 1 1 on it", 200 / 10),
        ("subordinators_per_100_words", "I stay because it rains", 20),
        ("hedges_per_100_words", "It might rain soon perhaps", 40),
        ("boosters_per_100_words", "It is very very cold", 40),
        ("general_words_per_100_words", "a good thing happened here", 40),
        ("nominalisations_per_100_words", "The government gave information in May", 200 / 6),
        ("share_unknown_words", "the xqzzkj 12 fell", 1 / 3),
        ("share_words_zipf_below_4", "the lighthouse fell xqzzkj", 0.25),
        ("mean_content_word_length_characters", "the cat saw 12 houses", 4),
        ("share_run_on_sentences", "so we ran " * 17 + ". Stop.", 0.5),
        ("share_repeated_trigrams", "a b c a b c d", 0.2),
        ("paragraphs", "One here.\n\nTwo here.\n\n\nThree", 3),
        ("paragraph_length_cv", "One here now.\n\nTwo", 0.5),
        ("last_paragraph_share", "One here now.\n\nTwo", 0.25),
        ("longest_paragraph_share", "One here now.\n\nTwo", 0.75),
        ("share_short_paragraphs", "word " * 30 + "\n\nTwo", 0.5),
        ("sentences_per_paragraph", "One. Two.\n\nThree. Four.", 2),
        ("announces_conclusion", "we like it a lot and they do too and so on to sum up good", 1),
        ("announces_conclusion", "in conclusion we like it a lot and it is good and so on", 0),
        ("announces_conclusion", "we like it a lot and it is good overalls", 0),
        ("herdan_c_ratio", "word", 1),
    ],
)
def test_what_is_counted(name: str, text: str, expected: float) -> None:
    """Each feature counts what its definition says, and no look-alikes."""
    assert pytest.approx(expected) == measure(name, text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("lix_points", "Skolan är viktig. Ungdomarna behöver utbildning.", 3 + 100 * 3 / 6),
        ("ovix_points", "en katt och en hund", log(5) / log(2 - log(4) / log(5))),
        ("ovix_points", "alla ord olika", 200),
        ("share_content_words", "Skolan är viktig för oss", 0.4),
        ("announces_conclusion", "Vi gillar skolan och lärarna men sammanfattningsvis är maten dålig", 0),
        ("announces_conclusion", "Vi gillar skolan och lärarna men maten är sammanfattningsvis dålig", 1),
        ("hedges_per_100_words", "Det kan kanske regna", 25),
        ("nominalisations_per_100_words", "Utbildningen ger frihet", 200 / 3),
        ("subordinators_per_100_words", "Jag stannar eftersom det regnar", 20),
        ("syllables_per_word", "En viktig skola", 5 / 3),
    ],
)
def test_values_of_swedish_texts(name: str, text: str, expected: float) -> None:
    """Swedish texts are measured with Swedish words."""
    assert pytest.approx(expected) == measure(name, text, language="sv")


def test_unknown_words_do_not_pass_for_rare_ones() -> None:
    """A misspelled word does not make a text look more sophisticated."""
    for name in (
        "mean_word_zipf",
        "mean_content_word_zipf",
        "mean_distinct_content_zipf",
        "rarest_tenth_zipf",
    ):
        assert measure(name, "the house fell") == measure(name, "the house fell xqzzkj")


def test_texts_of_unknown_words_alone_have_no_frequency() -> None:
    """Where no word is known, frequencies are 0 and the share of unknown words says why."""
    assert measure("mean_word_zipf", "xqzzkj") == measure("rarest_tenth_zipf", "xqzzkj") == 0
    assert measure("share_unknown_words", "xqzzkj") == 1


PROMPT = "Should students wear school uniforms?"


def test_answers_are_closer_to_their_prompt_than_other_texts() -> None:
    """A text about the task is more similar to it than one about something else, whatever the inflection."""
    about = measure("prompt_similarity", "A uniform helps each student at the school.", prompt=PROMPT)
    other = measure("prompt_similarity", "My dog sleeps in the kitchen all day.", prompt=PROMPT)
    assert about > 0.5
    assert other == 0


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("prompt_similarity", PROMPT, 1),
        ("prompt_keyword_coverage", "Students wear uniforms in schools here.", 1),
        ("prompt_keyword_coverage", "Nothing", 0),
        ("share_prompt_words", "Uniforms cost money.", 1 / 3),
        ("share_copied_prompt_trigrams", "students wear school clothes now", 1 / 3),
        ("share_copied_prompt_trigrams", "students", 0),
        ("first_paragraph_prompt_similarity", PROMPT + "\n\nDogs bark.", 1),
        ("last_paragraph_prompt_similarity", PROMPT + "\n\nDogs bark.", 0),
        ("least_paragraph_prompt_similarity", PROMPT + "\n\nDogs bark.", 0),
        ("mean_paragraph_prompt_similarity", PROMPT + "\n\nDogs bark.", 0.5),
        ("least_paragraph_prompt_similarity", "Dear Sir,\n\n" + f"{PROMPT} " * 4 + "\n\nYours", 1),
    ],
)
def test_relevance_to_the_prompt(name: str, text: str, expected: float) -> None:
    """Relevance is 1 for the prompt itself and 0 for what shares no content word with it."""
    assert pytest.approx(expected) == measure(name, text, prompt=PROMPT)


def test_prompts_of_function_words_are_compared_by_all_words() -> None:
    """A prompt without content words still has words to compare."""
    assert measure("prompt_keyword_coverage", "you are here", prompt="Who are you?") > 0.5


def test_relevance_needs_a_prompt() -> None:
    """Without a task there is nothing to be relevant to."""
    with pytest.raises(InputError, match="essay has no prompt text"):
        paragraph_similarities(build_document("Yes", language="en"))
