"""Which texts a model has learnt from, as digests: nobody can read an essay out of them.

A run leaves them beside its bundle and the registry keeps them with the model, so that essays that a model
knows by heart can be told from those that can speak for it, long after the essays are gone.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from gradewise.essays.records import Essay
from gradewise.essays.texts import copy_hash, text_hash

LEARNT_FROM = "learnt_from.json"
"""The file under a run's ``artifacts``: a sorted JSON list of digests."""
_DIGITS = 16  # 64 bits: among a million texts, two share them once in 40 million such sets


def text_digest(text: str) -> str:
    """Names a text and its copies in other capitals, signs and blanks: 16 hex digits."""
    return copy_hash(text)[:_DIGITS]


def text_digests(essays: Iterable[Essay]) -> list[str]:
    """Digests of the texts of essays, sorted, each once."""
    return sorted({text_digest(essay.text) for essay in essays})


def read_learnt_from(run: Path) -> frozenset[str] | None:
    """The texts that the model of a run has learnt from; ``None`` where the run does not say."""
    try:
        content = json.loads((run / "artifacts" / LEARNT_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known_texts(content)


def known_texts(content: object) -> frozenset[str] | None:
    """Digests out of a JSON value; ``None`` when it holds none."""
    if not isinstance(content, list) or not all(isinstance(each, str) for each in content):
        return None
    return frozenset(content)


def knows(learnt: Collection[str], text: str) -> bool:
    """Whether a text is among those that were learnt from, of which a run or the registry kept digests.

    Runs of old kept digests that other capitals change; both kinds are looked for.
    """
    return text_digest(text) in learnt or text_hash(text)[:_DIGITS] in learnt


def unknown_to(essays: Sequence[Essay], learnt: Collection[str]) -> tuple[Essay, ...]:
    """The essays whose texts are not among those that were learnt from."""
    return tuple(essay for essay in essays if not knows(learnt, essay.text))
