"""Mistakes that learners make, put into correct text."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

from gradewise.testing.dice import Dice
from gradewise.testing.phrasebook import ErrorTable

BREAK = "\n\n"
"""Stands between paragraphs in a list of words."""

_REACH = 40
"""How many words further a mistake may land when the first cannot bear it."""

_FEWEST_LETTERS = 5
"""Shorter words are misspelt from the table only; a slip in them mostly gives another word."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Which mistakes a writer is prone to, as weights; only their ratios count."""

    spelling: float
    """Wrong letters and confused words."""
    grammar: float
    """Wrong forms, missing little words."""
    capitals: float
    """Lower case where a capital belongs."""
    punctuation: float
    """Lost commas, full stops and apostrophes."""


def draw_habits(dice: Dice) -> Habits:
    """The habits of a random writer: spelling first on average, but everybody differs."""
    return Habits(
        spelling=0.42 * exp(0.5 * dice.normal()),
        grammar=0.30 * exp(0.5 * dice.normal()),
        capitals=0.10 * exp(0.8 * dice.normal()),
        punctuation=0.18 * exp(0.5 * dice.normal()),
    )


def add_errors(
    words: list[str], *, per_100_words: float, habits: Habits, dice: Dice, table: ErrorTable
) -> list[str]:
    """Put mistakes into a text.

    Args:
        words: The text split at blanks, with `BREAK` between paragraphs; punctuation stays with its word.
        per_100_words: How many mistakes.
        habits: Which kinds.
        dice: Where and which.
        table: The language's own mistakes.

    Returns:
        New words, of which some may hold a blank (two words for one); none is empty.
    """
    damaged = list(words)
    for _ in range(dice.whole(per_100_words * len(words) / 100)):
        damage = _kind(habits, dice)
        start = int(dice.roll() * len(words))
        for step in range(min(_REACH, len(words))):
            if damage(damaged, (start + step) % len(words), dice, table):
                break
    return [word for word in damaged if word]


Damage = Callable[[list[str], int, Dice, ErrorTable], bool]


def _kind(habits: Habits, dice: Dice) -> Damage:
    kinds: tuple[tuple[float, Damage], ...] = (
        (habits.spelling, _misspell),
        (habits.grammar, _misform),
        (habits.capitals, _lower),
        (habits.punctuation, _mispunctuate),
    )
    left = dice.roll() * sum(weight for weight, _ in kinds)
    for weight, damage in kinds[:-1]:
        left -= weight
        if left < 0:
            return damage
    return kinds[-1][1]


def _core(word: str) -> tuple[str, str]:
    """A word and the punctuation after it."""
    core = word.rstrip(".,!?;:")
    return core, word[len(core) :]


def _recased(wrong: str, right: str) -> str:
    return wrong[:1].upper() + wrong[1:] if right[:1].isupper() else wrong


def _misspell(words: list[str], at: int, dice: Dice, table: ErrorTable) -> bool:
    core, tail = _core(words[at])
    known = table.spelling.get(core.lower())
    if known:
        words[at] = _recased(dice.pick(known), core) + tail
        return True
    if len(core) < _FEWEST_LETTERS or not core.isalpha():
        return False
    words[at] = _slip(core, dice, table) + tail
    return words[at] != core + tail


def _slip(core: str, dice: Dice, table: ErrorTable) -> str:
    """Spell by ear where the language has a trap, else drop, double or swap an inner letter."""
    traps = [letters for letters in table.sounds if letters in core[1:]]
    if traps and dice.chance(0.6):
        letters = dice.pick(traps)
        return core[0] + core[1:].replace(letters, dice.pick(table.sounds[letters]), 1)
    at = 1 + int(dice.roll() * (len(core) - 2))
    return dice.pick((
        core[:at] + core[at + 1 :],
        core[:at] + core[at] + core[at:],
        core[:at] + core[at + 1] + core[at] + core[at + 2 :],
    ))  # fmt: skip


def _misform(words: list[str], at: int, dice: Dice, table: ErrorTable) -> bool:
    core, tail = _core(words[at])
    wrong = dice.pick(table.grammar.get(core.lower(), ("",)))
    if core.lower() not in table.grammar or (not wrong and (tail or core != core.lower())):
        return False
    words[at] = _recased(wrong, core) + tail if wrong else ""
    return True


def _lower(words: list[str], at: int, _dice: Dice, _table: ErrorTable) -> bool:
    word = words[at]
    words[at] = word[:1].lower() + word[1:]
    return words[at] != word


def _mispunctuate(words: list[str], at: int, dice: Dice, _table: ErrorTable) -> bool:
    word = words[at]
    if "'" in word:
        words[at] = word.replace("'", "")
    elif word.endswith(","):
        words[at] = word[:-1]
    elif word.endswith(".") and at + 1 < len(words) and words[at + 1] not in {BREAK, ""}:
        words[at] = word[:-1] + dice.pick((",", ""))
        following = words[at + 1]
        words[at + 1] = following if following == "I" else following[0].lower() + following[1:]
    else:
        return False
    return True
