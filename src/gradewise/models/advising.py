"""Advisories on an essay: what there is in it that the model's training did not prepare it for."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.features.advisories.advisory import ADVISORIES, Advisory
from gradewise.features.advisories.alerts import find_alerts
from gradewise.features.advisories.other_languages import guess_language
from gradewise.features.advisories.ranges import OddFeature
from gradewise.features.advisories.signs import RUN, copied_share, listed_share, symbol_share
from gradewise.features.advisories.topics import key_lemmas
from gradewise.features.documents import Document, build_document
from gradewise.features.word_runs import repeated_share, word_numbers
from gradewise.models.essay_reference import FEWEST_WORDS, EssayReference

NAMED_FEATURES = 3
"""Features that an advisory names."""

_CERTAIN = 0.8  # from this share on, a duplicate is said to be a copy

Row = NDArray[np.float32]
"""What was measured of an essay: shape ``(n_features,)``."""


def find_advisories(
    essay: Essay, row: Row, reference: EssayReference, *, document: Document | None = None
) -> tuple[Advisory, ...]:
    """Say what speaks against believing the grade of an essay, most urgent first; mostly nothing.

    About two milliseconds at most for 400 words. What follows from another advisory is left out: of a text
    that is no essay, or not in the language of the model, it is not said that it is off topic.

    Args:
        essay: the essay; with its task's text, copying from it is seen.
        row: what was measured of it, by the schema of the training essays.
        reference: what the training essays were like.
        document: the essay, when it was cut into words already; made here otherwise.

    Raises:
        InputError: the text holds no word, or the row has another number of features.
    """
    if document is None:
        document = build_document(essay.text, language=reference.code, prompt_text=essay.prompt_text)
    return with_measured(text_advisories(essay, document, reference), row, reference)


def text_advisories(essay: Essay, document: Document, reference: EssayReference) -> tuple[Advisory, ...]:
    """What the text alone says, before it was measured: the greater part of `find_advisories`."""
    found = [advisory for check in _ALWAYS for advisory in check(document, reference)]
    if document.n_words >= FEWEST_WORDS:
        found += [advisory for check in _ON_WORDS for advisory in check(document, reference)]
        if _readable(found):
            found += _off_topic(document, essay.prompt, reference)
    return tuple(found)


def with_measured(of_text: Sequence[Advisory], row: Row, reference: EssayReference) -> tuple[Advisory, ...]:
    """Add what the measurements say to `text_advisories`: together, what `find_advisories` finds."""
    found = [*of_text, *(_unusual(row, reference) if _readable(of_text) else ())]
    return tuple(sorted(found, key=lambda advisory: _URGENCY[advisory.code]))


def _readable(found: Sequence[Advisory]) -> bool:
    return not _UNREADABLE & {advisory.code for advisory in found}


def _alert(document: Document, reference: EssayReference) -> Iterator[Advisory]:
    if kinds := find_alerts(document.lowered, reference.alerts):
        yield Advisory(
            code="alert",
            message=f"it may speak of {' and '.join(kinds)}: a person must read it, whatever its grade",
            value=len(kinds),
            limit=0,
        )


def _length(document: Document, reference: EssayReference) -> Iterator[Advisory]:
    n, limits = document.n_words, reference.limits
    learnt = f"{n:,} words; the model learnt from essays of {limits.fewest_words:,} to {limits.most_words:,}"
    if n < limits.fewest_words:
        yield Advisory(code="too_short", message=learnt, value=n, limit=limits.fewest_words)
    if n > limits.most_words:
        yield Advisory(code="too_long", message=learnt, value=n, limit=limits.most_words)


def _near_duplicate(document: Document, reference: EssayReference) -> Iterator[Advisory]:
    shared, limit = reference.runs.most_shared(document.lowered), reference.limits.shared
    if shared is None or shared.share < limit:
        return
    kind = "it is nearly" if shared.share >= _CERTAIN else "it shares passages with"
    yield Advisory(
        code="near_duplicate",
        message=f"{kind} training essay number {shared.number + 1}: about {_percent(shared.share)} of its "
        "runs of five words stand there",
        value=shared.share,
        limit=limit,
    )


def _form(document: Document, reference: EssayReference) -> Iterator[Advisory]:
    """The first reason why a text is no essay in the model's language."""
    limits = reference.limits
    symbols, listed = symbol_share(document.text), listed_share(document)
    if symbols > limits.symbols:
        message = f"{_percent(symbols)} of its characters are symbols as in code or tables; usual are none"
        yield Advisory(code="not_an_essay", message=message, value=symbols, limit=limits.symbols)
    elif listed > limits.listed:
        message = f"{_percent(listed)} of its words stand on lines of a few words, as in a list"
        yield Advisory(code="not_an_essay", message=message, value=listed, limit=limits.listed)
    elif other := _other_words(document, reference):
        yield other
    elif (order := reference.language.order(document.lowered)) < limits.order:
        message = "its words stand in no order: neighbours fit together no better than by chance"
        yield Advisory(code="not_an_essay", message=message, value=order, limit=limits.order)


def _other_words(document: Document, reference: EssayReference) -> Advisory | None:
    language, limits = reference.language, reference.limits
    everyday, strange = language.everyday_share(document.lowered), language.strange_share(document.lowered)
    if everyday < limits.everyday:
        value, limit, code = everyday, limits.everyday, "not_an_essay"
        seen = f"{_percent(everyday)} of its words are everyday words, usual are {_percent(2 * limit)}"
        otherwise = "a list of words, or no language"
    elif strange > limits.strange:
        value, limit, code = strange, limits.strange, "strange_words"
        seen = f"{_percent(strange)} of its words are spelled like no word of the training essays"
        otherwise = "many mistakes or names, or partly no language"
    else:
        return None
    guess = guess_language(document, known=frozenset(language.everyday))
    if guess:
        code, otherwise = "other_language", f"it seems to be in {guess}, at least partly"
    return Advisory(code=code, message=f"{seen}: {otherwise}", value=value, limit=limit)


def _copied_prompt(document: Document, reference: EssayReference) -> Iterator[Advisory]:
    if document.prompt is None:
        return
    share, limit = copied_share(document.lowered, document.prompt.lowered), reference.limits.copied
    if share > limit:
        message = f"{_percent(share)} of its words are copied from the task, five and more in a row"
        yield Advisory(code="copied_prompt", message=message, value=share, limit=limit)


def _repetition(document: Document, reference: EssayReference) -> Iterator[Advisory]:
    share = repeated_share(document.once(word_numbers), size=RUN)
    limit = reference.limits.repeated
    if share > limit:
        message = (
            f"{_percent(share)} of its runs of five words are not new; usual are up to {_percent(limit)}"
        )
        yield Advisory(code="repetition", message=message, value=share, limit=limit)


def _off_topic(document: Document, prompt: str | None, reference: EssayReference) -> Iterator[Advisory]:
    topics, limits = reference.topics, reference.limits
    vector = topics.vector_of(key_lemmas(document))
    on_prompt = topics.likeness(vector, prompt)
    others, part = "the training essays", "it"
    if on_prompt is None:
        value, limit = topics.likeness_to_all(vector), limits.to_all
    else:
        value, limit = on_prompt, limits.to_prompt
        others += f" on {quotable(prompt or '')!r}"
        if value >= limit:
            value, limit, part = (
                _worse_half(document, prompt, reference),
                limits.half_to_prompt,
                "one half of it",
            )
    if value < limit:
        message = (
            f"{part} has little of the vocabulary of {others}: likeness {value:.2f}, usual from {limit:.2f}"
        )
        yield Advisory(
            code="off_topic", message=message + _other_prompt(vector, reference), value=value, limit=limit
        )


def _worse_half(document: Document, prompt: str | None, reference: EssayReference) -> float:
    """The likeness to its prompt, which has a direction, of that half of an essay which is less like it."""
    middle = document.n_words // 2
    halves = (
        reference.topics.vector_of(lemmas)
        for lemmas in (key_lemmas(document, last=middle), key_lemmas(document, first=middle))
    )
    return min(reference.topics.likeness(half, prompt) or 0.0 for half in halves)


def _other_prompt(vector: NDArray[np.float64], reference: EssayReference) -> str:
    """What an essay that is off topic may be an answer to instead."""
    nearest = reference.topics.nearest_prompt(vector)
    if nearest is None or nearest[1] < reference.limits.typical:
        return ""
    return f"; it reads like an answer to {quotable(nearest[0])!r}"


def _unusual(row: Row, reference: EssayReference) -> Iterator[Advisory]:
    ranges, limit = reference.ranges, reference.limits.beyond
    beyond = ranges.beyond(row)
    if beyond > limit:
        odd = "; ".join(map(_odd_feature, ranges.oddest(row, most=NAMED_FEATURES)))
        message = f"it measures like none of the training essays, most of all: {odd}"
        yield Advisory(code="unusual_features", message=message, value=beyond, limit=limit)


def _odd_feature(odd: OddFeature) -> str:
    name = odd.name.replace("_", " ")
    return f"{name} {_number(odd.value)} (training essays {_number(odd.low)} to {_number(odd.high)})"


def _number(value: float) -> str:
    """Three significant digits, never in powers of ten.

    >>> _number(0.12345), _number(1234.5), _number(0.0)
    ('0.123', '1,234', '0')
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 three digits are a hundred


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


_URGENCY = {code: place for place, code in enumerate(ADVISORIES)}
_UNREADABLE = frozenset({"not_an_essay", "other_language", "strange_words"})

Check = Callable[[Document, EssayReference], Iterator[Advisory]]

_ALWAYS: tuple[Check, ...] = (_alert, _length, _near_duplicate)
_ON_WORDS: tuple[Check, ...] = (_form, _copied_prompt, _repetition)
