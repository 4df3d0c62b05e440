"""English language errors by Harper, an offline checker."""

import hashlib
import json
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Literal

import harper

from gradewise.adapters.harper_rules import (
    CATEGORY_OF_KIND,
    CATEGORY_OF_RULE,
    DEFAULT_RULES,
    category_of,
)
from gradewise.errors import InputError, PlanError
from gradewise.features.findings import Finding

Dialect = Literal["american", "australian", "british", "canadian", "indian"]
"""Which English the dictionary spells."""

# Raised when this module changes what is found; part of the fingerprint.
REVISION = 1
SPELLING_RULE = "SpellCheck"
# Flags a whole sentence for its length: it says nothing about the errors within.
SENTENCE_RULE = "LongSentences"
# Harper's time, and for one run of letters its memory, grow with the square of what has no spaces or stops:
# 200,000 letters in a row ask for 60 GB and end the process. No English word is longer than 45 letters.
UNBROKEN = re.compile(r"\S{46,}")
# Characters checked in one go, some 1,800 words: longer texts are cut, so that time stays linear.
PIECE = 10_000
PIECE_END = re.compile(r"\n\s*\n|\n|[.!?]\s|\s")
# An unknown word costs up to 10 ms, and an essay has a few dozen; after so many different ones, later pieces
# are no longer checked for spelling.
UNKNOWN_WORDS = 300
# Meets no near neighbour, so that the wider search, a second for the first word only, is paid here.
WARM_UP_TEXT = "xqzzkj highschool"


class HarperChecker:
    """A `LanguageChecker` for English: a fixed list of Harper's rules, in one dialect."""

    languages = frozenset({"en"})
    """English only."""

    def __init__(self, rules: Sequence[str] = DEFAULT_RULES, *, dialect: Dialect = "american") -> None:
        self._rules = tuple(sorted(set(rules)))
        self._dialect = dialect
        self._linter = self._new_linter()

    @property
    def fingerprint(self) -> str:
        """Harper's version, dialect and a digest of the rules and their categories."""
        content = [REVISION, self._rules, dict(CATEGORY_OF_KIND), dict(CATEGORY_OF_RULE)]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return f"harper {version('harper-py')} {self._dialect} {len(self._rules)} rules {digest[:16]}"

    def warm_up(self) -> None:
        """Load the dictionary and build the spelling index: about a second, once in a process."""
        self._lint(WARM_UP_TEXT)

    def check(self, text: str) -> tuple[Finding, ...]:
        """Find errors; one place is flagged once, apart from sentences that are flagged as too long.

        Stretches of more than 45 characters without a space are passed over. Texts of more than 10,000
        characters are checked in pieces.

        Raises:
            InputError: Harper failed on this text.
        """
        masked = UNBROKEN.sub(lambda run: " " * len(run.group()), text)
        found: list[Finding] = []
        unknown: set[str] = set()
        try:
            for start, end in _pieces(masked):
                self._spell(on=len(unknown) < UNKNOWN_WORDS)
                found += self._findings(masked[start:end], start)
                unknown.update(text[each.start : each.end] for each in found if each.rule == SPELLING_RULE)
        finally:
            self._spell(on=True)
        visible = [each for each in found if text[each.start : each.end] == masked[each.start : each.end]]
        return _once_a_place(visible)

    def _findings(self, text: str, offset: int) -> Iterator[Finding]:
        for rule, lints in self._lint(text).items():
            for lint in lints:
                yield Finding(
                    start=lint.span.start + offset,
                    end=lint.span.end + offset,
                    category=category_of(rule, lint.lint_kind),
                    rule=rule,
                    message=lint.message,
                    suggestion=_suggestion(lint),
                )

    def _lint(self, text: str) -> dict[str, list[harper.Lint]]:
        try:
            # Harper's own removal of overlaps would drop every error in a sentence that is too long.
            return self._linter.organized_lints(text, language="plaintext", dedup=False)
        except BaseException as error:
            # A panic in Rust reaches Python as a BaseException whose class cannot be imported.
            if type(error).__name__ != "PanicException":
                raise
            self._linter = self._new_linter()
            raise InputError(
                f"the language checker failed on a text of {len(text)} characters; leave it out or check "
                f"it without the errors group"
            ) from error

    def _new_linter(self) -> harper.Linter:
        dialects = {each.name.lower(): each for each in harper.Dialect}
        if self._dialect not in dialects:
            raise PlanError(
                f"{self._dialect!r} is no dialect of Harper's; choose one of {' '.join(dialects)}"
            )
        linter = harper.Linter(dialects[self._dialect])
        known = linter.get_lint_config()
        unknown = [rule for rule in self._rules if rule not in known]
        if unknown:
            raise PlanError(
                f"Harper {version('harper-py')} has no rule {unknown[0]!r}; see its list of rules"
            )
        linter.set_lint_config({rule: rule in self._rules for rule in known})
        self._spelling = True
        return linter

    def _spell(self, *, on: bool) -> None:
        if on == self._spelling or SPELLING_RULE not in self._rules:
            return
        self._linter.set_lint_config({**self._linter.get_lint_config(), SPELLING_RULE: on})
        self._spelling = on


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text into spans of at most `PIECE` characters, at the best place in the last half of each."""
    start = 0
    while len(text) - start > PIECE:
        ends: dict[str, int] = {}
        for found in PIECE_END.finditer(text, start + PIECE // 2, start + PIECE):
            mark = found.group()
            ends["\n" if "\n" in mark else mark[0] if not mark[0].isspace() else " "] = found.end()
        best = ends.get("\n") or max((ends.get(mark, 0) for mark in ".!?"), default=0) or ends.get(" ", 0)
        end = best or start + PIECE
        yield start, end
        start = end
    yield start, len(text)


def _once_a_place(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of findings that overlap keep one: the particular before the general, the longer before the shorter."""
    found = set(findings)
    sentences = [each for each in found if each.rule == SENTENCE_RULE]
    kept: list[Finding] = []
    for each in sorted(found - set(sentences), key=_precedence):
        place = bisect_left(kept, each.start, key=lambda other: other.start)
        clear_before = place == 0 or kept[place - 1].end <= each.start
        clear_after = place == len(kept) or each.end <= kept[place].start
        if clear_before and clear_after:
            insort(kept, each, key=lambda other: other.start)
    return tuple(sorted(kept + sentences, key=lambda each: (each.start, each.end, each.rule)))


def _precedence(finding: Finding) -> tuple[bool, int, int, str, str]:
    length = finding.end - finding.start
    return finding.rule == SPELLING_RULE, -length, finding.start, finding.rule, finding.message


def _suggestion(lint: harper.Lint) -> str | None:
    if not lint.suggestions:
        return None
    first = lint.suggestions[0]
    if first.kind == harper.SuggestionKind.INSERT_AFTER:
        return lint.problem_text + first.replacement_text
    return first.replacement_text
