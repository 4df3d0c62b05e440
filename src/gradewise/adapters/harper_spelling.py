"""Which words Harper's dictionary lacks, without its search for what they might have been.

Harper's rule for spelling looks for corrections of each word that it flags, one to ten milliseconds a word,
and offers no way to leave that out. What it flags can be told without: a word that the dictionary lacks in
any case and dialect is flagged wherever it stands, and the dictionary can be asked in a microsecond. Only
what is known in another case or dialect, or is more than letters, is shown to the rule, once for each form.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import harper
import wordfreq

from gradewise.adapters.harper_linters import Dialect, lint, new_linter, spans

RULE = "SpellCheck"
"""Harper's rule."""
Span = tuple[int, int]
"""First character, and one past the last."""

LETTERS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-zÀ-ÖØ-öø-ÿ]+)*")
# What is spelt by itself, whatever stands beside it: of letters, digits and apostrophes.
ALONE = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ'’]+")
# The one sort of word that is not in the dictionary and is not flagged.
LAUGHTER = re.compile(r"(?:ha)+h?", re.IGNORECASE)
# An ending that may be left out, "the essay(s)": the rule forgives it by what stands before.
OPTIONAL_PLURAL = re.compile(r"\(s\)", re.IGNORECASE)
# Around a token whose spelling depends on what stands beside it, such as "U.S." or the "m." of "p. m.".
BESIDE = 12
# Words that are shown to the rule at once: a text is read in time that grows with its length.
AT_ONCE = 50
N_COMMON, N_AT_START = 2_000, 300
"""Commonest words that are shown ahead, and how many of them as they begin a sentence."""
COMMON = 3.0
"""Zipf frequency from which a word is shown at once: it is in the dictionary, in one case or another."""
MOST_FORMS = 100_000
"""Forms that are remembered, some ten megabytes; past that, all are forgotten."""


class Verdicts:
    """What is known of word forms: whether the rule flags them. Threads may share it."""

    def __init__(self) -> None:
        """Know nothing."""
        self._flagged: dict[str, bool] = {}

    def __call__(self, forms: Iterable[str]) -> dict[str, bool]:
        """Those of them that are known."""
        flagged = self._flagged
        return {form: flagged[form] for form in forms if form in flagged}

    def add(self, verdicts: Mapping[str, bool]) -> None:
        """Remember some."""
        if len(self._flagged) + len(verdicts) > MOST_FORMS:
            self._flagged = {}  # whoever is reading the old ones goes on
        self._flagged.update(verdicts)


class Spelling:
    """Harper's rule for spelling, asked by one thread at a time: it flags the same, sooner."""

    def __init__(self, dialect: Dialect, verdicts: Verdicts) -> None:
        """Take what is known already, which may be shared by several of the same dialect."""
        self._linter, self._verdicts = new_linter(dialect, {RULE}), verdicts

    def warm_up(self) -> None:
        """Find out about the commonest words: a quarter of a second, once for all who share it."""
        common = [word for word in wordfreq.top_n_list("en", N_COMMON) if LETTERS.fullmatch(word)]
        self._known({*common, *(word.capitalize() for word in common[:N_AT_START])})

    def flagged(self, text: str, tokens: Sequence[Span]) -> list[Span]:
        """Which of all tokens of a text, blanks apart, the rule flags."""
        if OPTIONAL_PLURAL.search(text):
            return self._flagged_by_rule(text)
        forms = [text[start:end] for start, end in tokens]
        verdicts = self._known({*forms})
        beside = [span for span, form in zip(tokens, forms, strict=True) if form not in verdicts]
        found = {span for span, form in zip(tokens, forms, strict=True) if verdicts.get(form, False)}
        if beside:
            found |= set(self._flagged_by_rule(_only_around(text, beside))) & set(beside)
        return sorted(found)

    def correction(self, word: str) -> harper.Lint | None:
        """What the rule says of a word that stands alone, likely corrections among it; ``None``: nothing."""
        return next(iter(lint(self._linter, word).get(RULE, ())), None)

    def _known(self, forms: set[str]) -> dict[str, bool]:
        """Verdicts on all forms but those that depend on what stands beside them."""
        verdicts = self._verdicts(forms)
        new: dict[str, bool] = {}
        unsure: list[str] = []
        for form in forms.difference(verdicts):
            if not any(map(str.isalnum, form)):
                new[form] = False
            elif LETTERS.fullmatch(form) and not self._is_known_somehow(form):
                new[form] = LAUGHTER.fullmatch(form) is None
            elif ALONE.fullmatch(form):
                unsure.append(form)
        new.update(self._shown(unsure))
        if new:
            self._verdicts.add(new)
        return verdicts | new

    def _is_known_somehow(self, form: str) -> bool:
        """Whether the dictionary has a word in some case and dialect, or a common one is worth a try."""
        common = wordfreq.zipf_frequency(form, "en") >= COMMON
        return common or self._linter.is_likely_english(form)

    def _shown(self, forms: Sequence[str]) -> dict[str, bool]:
        """What the rule says of forms, a line each."""
        verdicts: dict[str, bool] = {}
        for first in range(0, len(forms), AT_ONCE):
            some = forms[first : first + AT_ONCE]
            flagged = {start for start, _ in self._flagged_by_rule("\n".join(some))}
            start = 0
            for form in some:
                verdicts[form] = start in flagged
                start += len(form) + 1
        return verdicts

    def _flagged_by_rule(self, text: str) -> list[Span]:
        return spans(lint(self._linter, text).get(RULE, ()))


def _only_around(text: str, tokens: Iterable[Span]) -> str:
    """The text with blanks for all words that stand far from the given tokens."""
    kept = [" "] * len(text)
    for start, end in tokens:
        first = text.rfind(" ", 0, max(start - BESIDE, 0)) + 1
        last = text.find(" ", end + BESIDE)
        near = slice(first, len(text) if last < 0 else last)
        kept[near] = text[near]
    return "".join(kept)
