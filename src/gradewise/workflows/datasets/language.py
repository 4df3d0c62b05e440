"""Whether essays are in the language in which they are to be measured."""

from collections import Counter
from collections.abc import Sequence

from gradewise.essays.records import Essay
from gradewise.essays.texts import has_words
from gradewise.features.advisories.other_languages import LANGUAGE_NAMES, guess_language
from gradewise.features.documents import build_document
from gradewise.features.words import supported_languages

LOOKED_AT = 40
"""Essays that are looked at, spread over the table: one language is the habit of a whole file."""


def other_language(essays: Sequence[Essay], expected: str) -> str | None:
    """What to say where most essays seem to be in another language than expected.

    English and Swedish alone are measured by dictionaries of their own; of others nothing is said.

    >>> other_language([Essay(id="a", text="Jag tycker att det är bra och roligt")], "en")
    'most essays seem to be in Swedish, and are measured as English: say so with --language sv (language: sv)'
    """
    if expected not in supported_languages:
        return None
    looked_at = [each for each in essays[:: max(1, len(essays) // LOOKED_AT)] if has_words(each.text)]
    guesses = Counter(guess_language(build_document(each.text, language=expected)) for each in looked_at)
    guess, n = max(guesses.items(), key=lambda item: item[1], default=("", 0))
    if not guess or 2 * n <= len(looked_at):
        return None
    codes = {name: code for code, name in LANGUAGE_NAMES.items()}
    code = codes.get(guess, "CODE")
    return (
        f"most essays seem to be in {guess}, and are measured as {LANGUAGE_NAMES[expected]}: say so with "
        f"--language {code} (language: {code})"
    )
