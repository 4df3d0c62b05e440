"""Explain the class of one text: how much less probable it would be without each of its words."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.records import Essay
from gradewise.essays.texts import count_words, text_sha256
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.measuring import Embedder
from gradewise.reporting.class_explanation import ClassExplanation, Place, WordPart
from gradewise.workflows.explain import explained_model
from gradewise.workflows.measuring.bundle_needs import require_same_tools
from gradewise.workflows.measuring.text_models import require_same_embedder
from gradewise.workflows.score import graded, measure_essay

MOST_WORDS = 300
"""Different words that are left out at the most, the first of the text: a second or two with a text model."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_LIMITS = (
    "Whether what the text says is true, or meant.",
    "Anything but its classes: it must choose one of them, however strange the text.",
    "Negation, irony and the order of words, where counts of words are all that it goes by.",
    "Texts unlike those that it learnt from: other topics, another language, another length.",
)


def explain_class(
    bundle: Bundle, essay: Essay, *, embedder: Embedder | None = None, explained_at: datetime
) -> ClassExplanation:
    """Tell the class of a text, and what each of its words did.

    Every different word is left out wherever it stands, and the rest is classified again: 1 and the number
    of different words texts are read, whatever the model is made of.

    Args:
        bundle: a model of classes.
        essay: the text, and the numbers that the model reads beside it.
        embedder: the text model that the bundle needs, where it does.
        explained_at: the time, with its zone.

    Raises:
        BundleError: the bundle needs other tools than those here.
        InputError: a number that the model reads is missing.

    Source: Li, Monroe & Jurafsky (2016), Understanding neural networks through representation erasure,
        arXiv:1612.08220.
    """
    require_same_tools(bundle, None)
    require_same_embedder(bundle, embedder)
    places = words_of(essay.text)
    asked = dict(list(places.items())[:MOST_WORDS]) if len(places) > 1 else {}
    shorter = [replace(essay, text=without(essay.text, found)) for found in asked.values()]
    rows = np.concatenate(
        [measure_essay(bundle, each, None, embedder=embedder)[0].values for each in (essay, *shorter)]
    )
    prediction = graded(bundle, (essay.id,), rows[:1], [()], n_reasons=0)[0]
    return ClassExplanation(
        text_id=essay.id,
        text=essay.text,
        text_sha256=text_sha256(essay.text),
        language=bundle.schema.language,
        n_words=count_words(essay.text),
        given=prediction.grade,
        probabilities=prediction.probabilities,
        in_scope=bool(prediction.in_scope),
        words=_parts(bundle, essay.text, asked, rows),
        n_left=len(places) - len(asked) if asked else 0,
        limits=_LIMITS,
        model=explained_model(bundle),
        explained_at=explained_at,
        out_of_scope=prediction.out_of_scope,
    )


def words_of(text: str) -> Mapping[str, tuple[Place, ...]]:
    """Where each different word of a text stands, in the order of their first places, whatever their case.

    >>> {word: len(places) for word, places in words_of("Card? My card's lost, card!").items()}
    {'card': 2, 'my': 1, "card's": 1, 'lost': 1}
    """
    found: dict[str, tuple[Place, ...]] = {}
    for match in _WORD.finditer(text):
        key = match.group().casefold()
        found[key] = (*found.get(key, ()), Place(match.start(), match.end()))
    return found


def without(text: str, places: tuple[Place, ...]) -> str:
    """A text without what stands at these places, which rise; one space where two would meet.

    >>> without("my lost card", (Place(3, 7),))
    'my card'
    """
    kept, reached = [], 0
    for place in places:
        kept.append(text[reached : place.start])
        reached = place.end
    return re.sub(r" {2,}", " ", "".join([*kept, text[reached:]])).strip()


def _parts(
    bundle: Bundle, text: str, asked: Mapping[str, tuple[Place, ...]], rows: NDArray[np.float32]
) -> tuple[WordPart, ...]:
    """Row 0 is the whole text, then one without each word."""
    said = bundle.overall.say(rows)
    given = int(said.codes[0])
    effects = (said.probabilities[0, given] - said.probabilities[1:, given]).tolist()
    parts = (
        WordPart(
            word=text[places[0].start : places[0].end],
            places=places,
            effect=effect,
            without=bundle.scale.grades[code],
        )
        for places, effect, code in zip(asked.values(), effects, said.codes[1:].tolist(), strict=True)
    )
    return tuple(sorted(parts, key=lambda part: -abs(part.effect)))
