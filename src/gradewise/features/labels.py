"""Features in a teacher's words: a label for each, and its value as it would be said."""

import re
from collections.abc import Mapping
from math import exp, inf, isfinite
from types import MappingProxyType

from gradewise.features.catalogue import AUXILIARY, CATALOGUE, WORDING
from gradewise.features.constructs import EMBEDDING_CONSTRUCT, GIVEN_CONSTRUCT, has_name
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureSpec

_LABELS: Mapping[str, str] = MappingProxyType(
    {
        # Length. The logarithm is the same thing said twice to a model, and once to a teacher.
        "words": "words",
        "log_words": "words",
        "sentences": "sentences",
        "distinct_words": "different words",
        # Shape of words and sentences.
        "mean_word_length_characters": "letters in a word",
        "word_length_sd_characters": "how much word length varies, in letters",
        "long_words_per_100_words": "words of more than 6 letters in 100",
        "short_words_per_100_words": "words of at most 3 letters in 100",
        "mean_sentence_length_words": "words in a sentence",
        "median_sentence_length_words": "words in the middlemost sentence",
        "sentence_length_sd_words": "how much sentence length varies, in words",
        "sentence_length_cv": "how much sentence length varies, for its mean",
        "longest_sentence_words": "words in the longest sentence",
        "share_long_sentences": "sentences of more than 30 words",
        "share_run_on_sentences": "sentences of more than 50 words",
        "share_short_sentences": "sentences of at most 8 words",
        "share_words_in_long_sentences": "words that stand in sentences of more than 30",
        "subordinators_per_100_words": "words that open a subordinate clause, in 100",
        # Capitals, spaces and marks.
        "lower_case_starts_per_100_sentences": "sentences in 100 that start with a small letter",
        "unclosed_sentences_per_100_sentences": "sentences in 100 without an end mark",
        "lower_case_i_per_100_words": "“I” written small, in 100 words",
        "all_capitals_per_100_words": "words all in capitals, in 100",
        "inner_capitals_per_100_words": "words with a capital inside sentences, in 100",
        "missing_spaces_per_100_words": "spaces missing after a mark, in 100 words",
        "spaces_before_marks_per_100_words": "spaces before a mark, in 100 words",
        "double_spaces_per_100_words": "double spaces in 100 words",
        "commas_per_100_words": "commas in 100 words",
        "semicolons_per_100_words": "semicolons in 100 words",
        "colons_per_100_words": "colons in 100 words",
        "dashes_per_100_words": "dashes in 100 words",
        "quotation_marks_per_100_words": "quotation marks in 100 words",
        "question_marks_per_100_words": "question marks in 100 words",
        "exclamation_marks_per_100_words": "exclamation marks in 100 words",
        "repeated_marks_per_100_words": "runs of ! or ? in 100 words",
        "parentheses_per_100_words": "parentheses in 100 words",
        "symbols_per_100_words": "symbols such as & or % in 100 words",
        "apostrophe_words_per_100_words": "words with an apostrophe, in 100",
        "bare_contractions_per_100_words": "contractions without their apostrophe, in 100 words",
        "numbers_per_100_words": "numbers written in digits, in 100 words",
        "doubled_words_per_100_words": "words doubled by mistake, in 100",
        # Variety and choice of words.
        "mtld_words": "words before repetition sets in (MTLD)",
        "hdd_ratio": "different words among 42 drawn at random (HD-D)",
        "mattr_50_ratio": "different words in every 50 in a row (MATTR)",
        "guiraud_root_ttr": "different words, for the length of the text (Guiraud)",
        "herdan_c_ratio": "different words, for the length of the text (Herdan)",
        "yule_k": "repetition of words (Yule’s K)",
        "share_repeated_bigrams": "pairs of words that came before",
        "share_repeated_trigrams": "groups of three words that came before",
        "mean_word_zipf": "how common its words are (Zipf, 1 rare to 7 common)",
        "word_zipf_sd": "how much words vary between rare and common (Zipf)",
        "mean_content_word_zipf": "how common its content words are (Zipf, 1 rare to 7 common)",
        "mean_distinct_content_zipf": "how common its different content words are (Zipf, 1 rare to 7 common)",
        "rarest_tenth_zipf": "how common its rarest words are (Zipf, 1 rare to 7 common)",
        "share_words_zipf_below_3": "words rarer than one in a million",
        "share_words_zipf_below_4": "words rarer than ten in a million",
        "share_unknown_words": "words that no list knows",
        "share_content_words": "words that carry content",
        "mean_content_word_length_characters": "letters in a content word",
        "content_lemma_root_ttr": "different content words, for the length of the text",
        "nominalisations_per_100_words": "nouns made from verbs and adjectives, in 100 words",
        "hedges_per_100_words": "cautious words (perhaps, seems), in 100",
        "boosters_per_100_words": "emphatic words (certainly, very), in 100",
        "general_words_per_100_words": "all-purpose words (thing, good, get), in 100",
        # Reading difficulty.
        "syllables_per_word": "syllables in a word",
        "share_polysyllabic_words": "words of three syllables or more",
        "flesch_reading_ease": "reading ease (Flesch; high is easy)",
        "flesch_kincaid_grade": "reading level in school years (Flesch–Kincaid)",
        "smog_grade": "reading level in school years (SMOG)",
        "coleman_liau_grade": "reading level in school years (Coleman–Liau)",
        "automated_readability_grade": "reading level in school years (ARI)",
        "lix_points": "reading difficulty (LIX; high is hard)",
        "ovix_points": "variety of words (OVIX)",
        # Paragraphs.
        "paragraphs": "paragraphs",
        "is_one_paragraph": "one single paragraph",
        "mean_paragraph_length_words": "words in a paragraph",
        "paragraph_length_cv": "how much paragraph length varies, for its mean",
        "first_paragraph_share": "the text that is in the first paragraph",
        "last_paragraph_share": "the text that is in the last paragraph",
        "longest_paragraph_share": "the text that is in the longest paragraph",
        "share_short_paragraphs": "paragraphs of fewer than 25 words",
        "sentences_per_paragraph": "sentences in a paragraph",
        "late_sentence_length_share": "sentence length in the second half (50 % is even)",
        "announces_conclusion": "an ending that is announced",
        # Cohesion.
        "addition_connectives_per_100_words": "connectives of addition (also, moreover), in 100 words",
        "contrast_connectives_per_100_words": "connectives of contrast (but, however), in 100 words",
        "cause_connectives_per_100_words": "connectives of cause (because, therefore), in 100 words",
        "sequence_connectives_per_100_words": "connectives of order (first, then), in 100 words",
        "example_connectives_per_100_words": "connectives of example (such as), in 100 words",
        "conclusion_connectives_per_100_words": "connectives of conclusion (in short), in 100 words",
        "connectives_per_100_words": "connectives in 100 words",
        "distinct_connectives_per_100_words": "different connectives in 100 words",
        "share_connective_functions": "kinds of connective that are used",
        "share_sentences_opened_by_connective": "sentences that open with a connective",
        "adjacent_sentence_overlap": "content words shared with the sentence before",
        "adjacent_sentence_overlap_sd": "how much the sharing between sentences varies",
        "share_unlinked_sentences": "sentences that share no content word with the one before",
        "adjacent_paragraph_overlap": "content words shared with the paragraph before",
        "share_given_lemmas": "content words that an earlier sentence holds",
        "sentence_opening_variety": "different first words of sentences",
        "share_repeated_openings": "sentences that open like the one before",
        "share_sentences_opened_by_pronoun": "sentences that open with a pronoun",
        "first_person_singular_pronouns_per_100_words": "first-person pronouns (I, me, my) in 100 words",
        "first_person_plural_pronouns_per_100_words": "first-person pronouns (we, us, our) in 100 words",
        "second_person_pronouns_per_100_words": "second-person pronouns (you, your) in 100 words",
        "third_person_pronouns_per_100_words": "third-person pronouns (he, she, they) in 100 words",
        "pronouns_per_100_words": "pronouns in 100 words",
        "demonstratives_per_100_words": "demonstratives (this, these, those) in 100 words",
        # Errors.
        "spelling_errors_per_100_words": "spelling errors in 100 words",
        "grammar_errors_per_100_words": "grammar errors in 100 words",
        "punctuation_errors_per_100_words": "punctuation errors in 100 words",
        "capitalisation_errors_per_100_words": "capital letters wrong or missing, in 100 words",
        "word_choice_errors_per_100_words": "wrong words in 100",
        "style_errors_per_100_words": "remarks on style (mostly sentences too long) in 100 words",
        "errors_per_100_words": "errors in 100 words",
        "distinct_error_rules_per_100_words": "different kinds of error in 100 words",
        "distinct_misspellings_per_100_words": "different misspelled words in 100",
        "share_sentences_with_finding": "sentences in which something was marked",
        "share_error_free_sentences": "sentences without an error",
        "errors_per_erroneous_sentence": "errors in each sentence that has any",
        "share_words_in_long_findings": "words inside sentences that run on",
        # The task.
        "prompt_similarity": "likeness to the task, by its words (0 to 1)",
        "first_paragraph_prompt_similarity": "likeness of the first paragraph to the task (0 to 1)",
        "last_paragraph_prompt_similarity": "likeness of the last paragraph to the task (0 to 1)",
        "least_paragraph_prompt_similarity": "likeness of the farthest paragraph to the task (0 to 1)",
        "mean_paragraph_prompt_similarity": "likeness of paragraphs to the task (0 to 1)",
        "prompt_keyword_coverage": "content words of the task that are used",
        "share_prompt_words": "content words that are the task’s own",
        "share_copied_prompt_trigrams": "groups of three words copied from the task",
        # Wording.
        "wording_words_grade_steps": "grade that its words and word pairs suggest, in steps from the lowest",
        "wording_characters_grade_steps": "grade that its runs of letters suggest, in steps from the lowest",
        "wording_runs_grade_steps": "grade that its longer runs of letters suggest, in steps from the lowest",
    }
)
_READ = {"words": "words and word pairs", "characters": "runs of letters", "runs": "longer runs of letters"}
_OF_TRAIT = re.compile(r"wording_(?P<kind>words|characters|runs)_(?P<trait>.+)_grade_steps")
# From here on so many decimals are enough.
_WHOLE, _TENTHS = 100, 10


def label_of(spec: FeatureSpec) -> str:
    """What is measured, as a teacher would say it; a feature that is not known here goes by its own name.

    >>> label_of(FeatureSpec("log_words", "log words", "length", 0, 1, ""))
    'words'
    >>> label_of(FeatureSpec("brush_strokes", "strokes", "hand", 0, 1, ""))
    'brush strokes'
    """
    if not has_name(spec):
        return EMBEDDING_CONSTRUCT
    return _LABELS.get(spec.name) or _made(spec) or spec.name.replace("_", " ")


def named_spec(name: str) -> FeatureSpec:
    """What is known of a feature by its name alone: enough for `label_of` and `amount`.

    >>> label_of(named_spec("wording_words_grade_steps"))
    'grade that its words and word pairs suggest, in steps from the lowest'
    """
    if name in CATALOGUE:
        return CATALOGUE[name].spec
    group = next((group for group in (AUXILIARY, GIVEN) if name.startswith(f"{group}_")), WORDING)
    return FeatureSpec(name, "", group, -inf, inf, "")


def _made(spec: FeatureSpec) -> str:
    """The label of a column that was learnt from grades of a trait or other essays, or given with these."""
    if found := _OF_TRAIT.fullmatch(spec.name):
        return f"grade for {found['trait'].replace('_', ' ')} that its {_READ[found['kind']]} suggest"
    if spec.group == AUXILIARY:
        return f"{spec.name.removeprefix(AUXILIARY).replace('_', ' ').strip()}, as other essays teach it"
    if spec.group == GIVEN:
        return f"{spec.name.removeprefix('given_').replace('_', ' ')}, {GIVEN_CONSTRUCT}"
    return ""


def amount(spec: FeatureSpec, value: float) -> str:
    """A value of a feature, or its mean over essays, as a teacher would say it.

    >>> amount(FeatureSpec("words", "words", "length", 1, 9_999, ""), 1234.5)
    '1,234'
    >>> amount(FeatureSpec("is_one_paragraph", "yes or no", "structure", 0, 1, ""), 1.0)
    'yes'
    """
    if not isfinite(value):
        return "–"
    if spec.unit == "yes or no" and value in {0.0, 1.0}:
        return "yes" if value else "no"
    if spec.unit in {"share", "yes or no"}:
        return f"{_number(100 * value, finest=1)}\N{NARROW NO-BREAK SPACE}%"
    return _number(exp(value) if spec.unit == "log words" else value, finest=2)


def _number(value: float, *, finest: int) -> str:
    digits = finest - (abs(value) >= _TENTHS) - (abs(value) >= _WHOLE)
    if value == round(value):
        digits = 0
    return f"{round(value, digits) + 0.0:,.{max(digits, 0)}f}".replace("-", "\N{MINUS SIGN}")
