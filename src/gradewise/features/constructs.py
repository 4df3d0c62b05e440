"""What a teacher calls each side of writing, and which features belong to it.

The groups of the catalogue follow how things are measured; a construct follows how a teacher thinks. Spelling
and grammar, say, come from one checker and are two constructs.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureSchema, FeatureSpec

LENGTH_CONSTRUCT = "length"
"""The construct that quality must not be mistaken for."""
WORDING_CONSTRUCT = "wording"
"""The construct of what models learn from words and phrases themselves."""
EMBEDDING_CONSTRUCT = "what a text model sees"
"""The construct of a text model's vector, whose single numbers mean nothing to anybody."""
GIVEN_CONSTRUCT = "given with the essay"
"""The construct of numbers that come with essays and are measured by nobody here."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        LENGTH_CONSTRUCT: "how much was written",
        WORDING_CONSTRUCT: "the words and phrases themselves, compared with those of graded essays",
        "vocabulary": "how varied, long and rare the words are, and whether they are the right ones",
        "spelling": "words that are spelled wrong, or that no list knows",
        "grammar": "agreement, articles, verb forms, words left out or doubled",
        "punctuation and capitals": "marks, spaces and capital letters, used and misused",
        "errors of every kind": "all errors together, and how many sentences are free of them",
        "sentence structure": "how long and how varied sentences are, subordinate clauses, run-on sentences",
        "organisation and cohesion": "paragraphs, connectives, and how sentences hang together",
        "reading difficulty": "formulas that combine the length of words and sentences",
        "answer to the task": "how much the text shares with the task that was set",
        GIVEN_CONSTRUCT: "numbers that came with the essay from elsewhere; nothing that was seen in its text",
        EMBEDDING_CONSTRUCT: "the text as a whole, as a language model compares it with others; what "
        "counts in it cannot be named",
        "traits learnt elsewhere": "marks that teachers of other essays would give, learnt from those",
    }
)
"""Every construct with what belongs to it, in the order in which a teacher might go through them."""

_BY_GROUP: Mapping[str, str] = MappingProxyType(
    {
        "length": LENGTH_CONSTRUCT,
        "surface": "sentence structure",
        "mechanics": "punctuation and capitals",
        "diversity": "vocabulary",
        "lexical": "vocabulary",
        "readability": "reading difficulty",
        "structure": "organisation and cohesion",
        "cohesion": "organisation and cohesion",
        "errors": "errors of every kind",
        "prompt": "answer to the task",
        WORDING: WORDING_CONSTRUCT,
        GIVEN: GIVEN_CONSTRUCT,
        EMBEDDING: EMBEDDING_CONSTRUCT,
        AUXILIARY: "traits learnt elsewhere",
    }
)
_MEMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vocabulary": (
            "mean_word_length_characters",
            "word_length_sd_characters",
            "long_words_per_100_words",
            "short_words_per_100_words",
            "syllables_per_word",
            "share_polysyllabic_words",
            "ovix_points",
            "numbers_per_100_words",
            "word_choice_errors_per_100_words",
        ),
        "spelling": (
            "spelling_errors_per_100_words",
            "distinct_misspellings_per_100_words",
            # In learners' essays it goes with misspellings (r = .90 over 1,664 of them), not with rare words.
            "share_unknown_words",
        ),
        "grammar": ("grammar_errors_per_100_words", "doubled_words_per_100_words"),
        "punctuation and capitals": (
            "punctuation_errors_per_100_words",
            "capitalisation_errors_per_100_words",
        ),
        "sentence structure": (
            # Nine in ten findings of style are sentences that are too long.
            "style_errors_per_100_words",
            "share_words_in_long_findings",
            "late_sentence_length_share",
            "sentence_opening_variety",
            "share_repeated_openings",
        ),
    }
)
_BY_FEATURE: Mapping[str, str] = MappingProxyType(
    {feature: construct for construct, features in _MEMBERS.items() for feature in features}
)


def construct_of(spec: FeatureSpec) -> str:
    """The construct that a feature belongs to; a group that is not known here goes by its own name.

    >>> construct_of(FeatureSpec("spelling_errors_per_100_words", "", "errors", 0, 1, ""))
    'spelling'
    >>> construct_of(FeatureSpec("brush_strokes", "", "hand_writing", 0, 1, ""))
    'hand writing'
    """
    known = _BY_FEATURE.get(spec.name) or _BY_GROUP.get(spec.group)
    return known or spec.group.replace("_", " ")


def has_name(spec: FeatureSpec) -> bool:
    """Whether a person can be told of a feature by itself; a text model's numbers count together alone.

    >>> has_name(FeatureSpec("embedding_017", "coordinate", "embedding", -1, 1, ""))
    False
    """
    return spec.group != EMBEDDING


def constructs_of(schema: FeatureSchema) -> tuple[str, ...]:
    """The constructs that a schema measures: those of `MEANINGS` in its order, then others."""
    present = dict.fromkeys(construct_of(spec) for spec in schema.specs)
    known = [name for name in MEANINGS if name in present]
    return (*known, *(name for name in present if name not in MEANINGS))


def sum_by_construct(contributions: NDArray[np.float64], schema: FeatureSchema) -> NDArray[np.float64]:
    """What each construct adds to scores: contributions summed over its features, nothing lost.

    Args:
        contributions: of features, shape ``(n, n_features)``, in grade steps.
        schema: what the columns mean.

    Returns:
        Shape ``(n, n_constructs)``, columns as in `constructs_of`.
    """
    names = constructs_of(schema)
    belongs = np.zeros((len(schema), len(names)))
    for row, spec in enumerate(schema.specs):
        belongs[row, names.index(construct_of(spec))] = 1
    return contributions @ belongs
