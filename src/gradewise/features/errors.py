"""How many language errors there are, and of what kind, as a language checker found them.

Every feature reads the findings alone, by category, so that it means the same whichever checker made them.
"""

from bisect import bisect_right
from collections import Counter
from functools import partial
from math import inf

from gradewise.errors import InputError
from gradewise.features.documents import Document
from gradewise.features.feature import Feature, per_100_words
from gradewise.features.findings import CATEGORIES, Finding
from gradewise.features.schema import FeatureSpec

STYLE = "style"
# A finding over so many words is about a whole sentence: it runs on.
LONG_FINDING_WORDS = 20


def _findings(document: Document) -> tuple[Finding, ...]:
    if document.findings is None:
        raise InputError("essay was not checked for errors; check it, or leave the feature group errors out")
    return document.findings


def errors(document: Document) -> tuple[Finding, ...]:
    """The findings that are errors: all but those of style."""
    return tuple(finding for finding in _findings(document) if finding.category != STYLE)


def counts(document: Document) -> Counter[str]:
    """Findings by category."""
    return Counter(finding.category for finding in _findings(document))


def erroneous_sentences(document: Document) -> Counter[int]:
    """Errors by the sentence in which they start; one between two sentences belongs to the first."""
    return _by_sentence(document, errors(document))


def _by_sentence(document: Document, findings: tuple[Finding, ...]) -> Counter[int]:
    starts = [start for start, _ in document.sentences]
    return Counter(max(bisect_right(starts, finding.start) - 1, 0) for finding in findings)


def _of_category(document: Document, category: str) -> float:
    return per_100_words(document.once(counts)[category], document)


def _errors(document: Document) -> float:
    return per_100_words(len(document.once(errors)), document)


def _rules(document: Document) -> float:
    return per_100_words(len({finding.rule for finding in document.once(errors)}), document)


def _misspellings(document: Document) -> float:
    misspelled = {
        document.text[finding.start : finding.end].lower()
        for finding in document.once(errors)
        if finding.category == "spelling"
    }
    return per_100_words(len(misspelled), document)


def _flagged_sentences(document: Document) -> float:
    return len(_by_sentence(document, _findings(document))) / len(document.sentences)


def _error_free_sentences(document: Document) -> float:
    return 1 - len(document.once(erroneous_sentences)) / len(document.sentences)


def _errors_where_any(document: Document) -> float:
    by_sentence = document.once(erroneous_sentences)
    return by_sentence.total() / len(by_sentence) if by_sentence else 0.0


def _words_that_run_on(document: Document) -> float:
    """Words inside long findings; findings come in order, so overlaps are counted once."""
    starts = document.word_starts
    flagged = counted_to = 0
    for finding in _findings(document):
        first, last = bisect_right(starts, finding.start - 1), bisect_right(starts, finding.end - 1)
        if last - first >= LONG_FINDING_WORDS:
            flagged += max(last - max(first, counted_to), 0)
            counted_to = max(counted_to, last)
    return flagged / document.n_words


# More errors of one kind, all else equal, must never raise a grade; style is a matter of taste.
_spec = partial(FeatureSpec, group="errors", low=0, direction=-1)
_rate = partial(_spec, unit="errors per 100 words", high=inf)
_share = partial(_spec, unit="share", high=1)

FEATURES = (
    *(
        Feature(
            _rate(
                f"{category}_errors_per_100_words",
                definition=f"Findings of {category.replace('_', ' ')} per 100 words.",
                direction=0 if category == "style" else -1,
            ),
            partial(_of_category, category=category),
        )
        for category in CATEGORIES
    ),
    Feature(_rate("errors_per_100_words", definition="Findings other than style per 100 words."), _errors),
    Feature(
        _rate(
            "distinct_error_rules_per_100_words",
            definition="Different rules that were broken, style apart, per 100 words.",
        ),
        _rules,
    ),
    Feature(
        _rate(
            "distinct_misspellings_per_100_words",
            definition="Different strings flagged for spelling per 100 words; twice the same counts once.",
        ),
        _misspellings,
    ),
    Feature(
        _share(
            "share_sentences_with_finding",
            definition="Share of sentences in which a finding starts.",
            direction=0,
        ),
        _flagged_sentences,
    ),
    Feature(
        _share(
            "share_error_free_sentences",
            definition="Share of sentences in which no error other than style starts.",
            source="Wolfe-Quintero, Inagaki & Kim (1998), Second Language Development in Writing",
            direction=1,
        ),
        _error_free_sentences,
    ),
    Feature(
        _spec(
            "errors_per_erroneous_sentence",
            unit="errors",
            high=inf,
            definition="Mean errors, style apart, of the sentences that have any; 0 when none has.",
        ),
        _errors_where_any,
    ),
    Feature(
        _share(
            "share_words_in_long_findings",
            definition="Share of words inside findings over 20 words or more: sentences that run on.",
        ),
        _words_that_run_on,
    ),
)
