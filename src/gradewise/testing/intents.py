"""Short made-up texts with an intent, for demonstrations: labels without an order, and texts of no intent."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from random import Random

from gradewise.testing.dice import Dice

NO_INTENT = "none_of_these"
"""Label of texts that belong to no intent."""
COLUMNS = ("id", "text", "intent", "timestamp")
"""Of a table of such texts."""
OUTSIDE, SHARED, TYPOS, WRONG = 0.08, 0.05, 0.10, 0.02
"""Shares of texts: of no intent, that could be of any, with a letter missing, with a wrong label."""
_BEGAN = datetime(2025, 1, 1, 8, tzinfo=UTC)
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One text."""

    id: str
    """Its name."""
    text: str
    """What somebody wrote."""
    intent: str
    """What it is about, or `NO_INTENT`."""
    timestamp: datetime
    """When it was written."""

    def row(self) -> tuple[str, ...]:
        """As a row of a table with `COLUMNS`."""
        return self.id, self.text, self.intent, self.timestamp.isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class _Messages:
    openings: tuple[str, ...]
    endings: tuple[str, ...]
    shared: tuple[str, ...]
    outside: tuple[str, ...]
    intents: dict[str, tuple[str, ...]]


def generate_intents(n: int, *, seed: int) -> list[LabelledText]:
    """Messages to a bank, none twice.

    They are not all easy: some could be of any intent, some have a mistake in them, a few a wrong label.

    Args:
        n: how many, of all intents and of none.
        seed: the same seed makes the same texts on every platform.
    """
    dice, messages = Dice(Random(seed)), _messages()
    found: dict[str, LabelledText] = {}
    while len(found) < n:
        intent = NO_INTENT if dice.chance(OUTSIDE) else dice.pick(tuple(messages.intents))
        text = _text(intent, messages, dice)
        if intent != NO_INTENT and dice.chance(WRONG):
            intent = dice.pick(tuple(messages.intents))
        number = len(found) + 1
        moment = _BEGAN + timedelta(minutes=37 * number)
        found.setdefault(text.casefold(), LabelledText(f"text-{number:05d}", text, intent, moment))
    return list(found.values())


def _text(intent: str, messages: _Messages, dice: Dice) -> str:
    if intent == NO_INTENT:
        said: Sequence[str] = messages.outside
    elif dice.chance(SHARED):
        said = messages.shared
    else:
        said = messages.intents[intent]
    parts = (dice.pick(messages.openings), dice.pick(said), dice.pick(messages.endings))
    text = "".join(_CHOICE.sub(lambda choice: dice.pick(choice[1].split("|")), part) for part in parts)
    return _with_mistake(text, dice) if dice.chance(TYPOS) else text


def _with_mistake(text: str, dice: Dice) -> str:
    """The text without one of its letters."""
    at = 1 + int(dice.roll() * (len(text) - 2))
    return text[:at] + text[at + 1 :]


@lru_cache(maxsize=1)
def _messages() -> _Messages:
    raw = tomllib.loads(files("gradewise.testing").joinpath("phrases", "intents.toml").read_text("utf-8"))
    return _Messages(
        openings=tuple(raw["openings"]),
        endings=tuple(raw["endings"]),
        shared=tuple(raw["shared"]),
        outside=tuple(raw["outside"]),
        intents={name: tuple(said) for name, said in raw["intents"].items()},
    )
