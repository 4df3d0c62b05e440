"""English language errors by Harper, an offline checker."""

import hashlib
import json
import re
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version

import harper

from gradewise.adapters.harper_linters import TOKENS, Dialect, lint, new_linter, panics_told, spans
from gradewise.adapters.harper_rules import (
    CATEGORY_OF_KIND,
    CATEGORY_OF_RULE,
    DEFAULT_RULES,
    category_of,
)
from gradewise.adapters.harper_spelling import RULE as SPELLING_RULE
from gradewise.adapters.harper_spelling import Spelling, Verdicts
from gradewise.errors import InputError
from gradewise.features.findings import Finding

# Raised when this module changes what is found; part of the fingerprint.
REVISION = 2
# The kind that Harper files misspelt words under.
SPELLING_KIND = "Spelling"
# Flags a whole sentence for its length: it says nothing about the errors within.
SENTENCE_RULE = "LongSentences"
# Harper's time, and for one run of letters its memory, grow with the square of what has no spaces or stops:
# 200,000 letters in a row ask for 60 GB and end the process. No English word is longer than 45 letters.
UNBROKEN = re.compile(r"\S{46,}")
# A text is checked in pieces that end with a line or sentence after so many characters, some 200 words:
# threads share them, and what is found does not depend on how many threads there are.
PIECE = 1_200
# Without such an end a piece stops at a space here, some 1,800 words, so that time stays linear.
LONGEST_PIECE = 10_000
PIECE_END = re.compile(r"\n+|[.!?]['\")]?\s+")
# After so many different misspelt words, later pieces of a text of more than `LONGEST_PIECE` characters are
# not checked for spelling: such a text is no English, or no text.
UNKNOWN_WORDS = 300
# Seconds that who hands over a text waits for the threads to take it up, mostly a tenth of a millisecond:
# they need the interpreter for that, which a caller who goes on computing keeps for five milliseconds.
TAKE_UP_S = 0.002
# Asks every rule and the search for corrections, which a thread prepares when it is first needed.
WARM_UP_TEXT = "This is an book of america. We like highschool."


@dataclass(frozen=True, slots=True)
class _Linters:
    """What one thread checks with."""

    rules: harper.Linter
    """Every rule but the one for spelling."""
    spelling: Spelling | None
    """Absent where spelling is not asked."""


class HarperChecker:
    """A `LanguageChecker` for English: a fixed list of Harper's rules, in one dialect."""

    languages = frozenset({"en"})
    """English only."""

    def __init__(
        self, rules: Sequence[str] = DEFAULT_RULES, *, dialect: Dialect = "american", threads: int = 1
    ) -> None:
        """Take the rules, and how many threads share texts.

        One thread is best when many essays are checked by a process a core. With more, one essay is checked
        sooner, and several callers may share the checker: its threads go from piece to piece, whichever text
        a piece belongs to.
        """
        self._rules = tuple(sorted(set(rules)))
        self._dialect = dialect
        self._verdicts = Verdicts()
        # Harper keeps what it learns of sentences by thread, so threads stay, each with linters of its own.
        self._own = threading.local()
        self._own.linters = self._new_linters()  # refuses unknown rules
        self._n_threads = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="harper") if threads > 1 else None

    @cached_property
    def fingerprint(self) -> str:
        """Harper's version, dialect and a digest of the rules and their categories."""
        content = [REVISION, self._rules, dict(CATEGORY_OF_KIND), dict(CATEGORY_OF_RULE)]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return f"harper {version('harper-py')} {self._dialect} {len(self._rules)} rules {digest[:16]}"

    def warm_up(self) -> None:
        """Load the dictionary and what each thread needs for the first text: a second, once in a process."""
        with self._linters(0) as linters:
            if linters.spelling is not None:
                linters.spelling.warm_up()
        if self._threads is None:
            self._findings_in(WARM_UP_TEXT, (0, len(WARM_UP_TEXT)))
            return
        together = threading.Barrier(self._n_threads)

        def warm() -> None:
            together.wait()  # so that no thread takes two turns
            self._findings_in(WARM_UP_TEXT, (0, len(WARM_UP_TEXT)))

        for each in [self._threads.submit(warm) for _ in range(self._n_threads)]:
            each.result()

    def check(self, text: str) -> tuple[Finding, ...]:
        """Find errors; one place is flagged once, apart from sentences that are flagged as too long.

        Stretches of more than 45 characters without a space are passed over. Misspelt words come without a
        suggestion, which takes longer than all the rest: see `with_suggestions`.

        Raises:
            InputError: Harper failed on this text.
        """
        return self.begin(text)()

    def with_suggestions(self, findings: Sequence[Finding], text: str) -> tuple[Finding, ...]:
        """Look for what misspelt words were meant to be: some milliseconds a word.

        Raises:
            InputError: Harper failed on a word.
        """
        return tuple(
            replace(each, suggestion=self._correction(text[each.start : each.end]))
            if each.rule == SPELLING_RULE
            else each
            for each in findings
        )

    def begin(self, text: str) -> Callable[[], tuple[Finding, ...]]:
        """Begin to check in the threads of this checker, while the caller does something else.

        Returns:
            Waits for what `check` finds; with one thread it checks when it is called, by the same thread.
        """
        masked = UNBROKEN.sub(lambda run: " " * len(run.group()), text)
        found = self._begun(masked, list(_pieces(masked)), long=len(text) > LONGEST_PIECE)

        def findings() -> tuple[Finding, ...]:
            every = [finding for wait in found for finding in wait()]
            return _once_a_place(
                each for each in every if text[each.start : each.end] == masked[each.start : each.end]
            )

        return findings

    def _begun(
        self, text: str, pieces: Sequence[tuple[int, int]], *, long: bool
    ) -> list[Callable[[], list[Finding]]]:
        works = (
            [partial(self._check_long, text, pieces)]
            if long
            else [partial(self._findings_in, text, piece) for piece in pieces]
        )
        if self._threads is None:
            return list(works)
        taken = [threading.Event() for _ in works]
        waiting = [
            self._threads.submit(_tell_and_do, event, work) for event, work in zip(taken, works, strict=True)
        ]
        for event in taken[: self._n_threads]:
            if not event.wait(TAKE_UP_S):
                break  # they are busy with other texts
        return [each.result for each in waiting]

    def _check_long(self, text: str, pieces: Iterable[tuple[int, int]]) -> list[Finding]:
        found: list[Finding] = []
        unknown: set[str] = set()
        for piece in pieces:
            here = self._findings_in(text, piece, spell=len(unknown) < UNKNOWN_WORDS)
            unknown.update(text[each.start : each.end] for each in here if each.rule == SPELLING_RULE)
            found += here
        return found

    def _findings_in(self, text: str, piece: tuple[int, int], *, spell: bool = True) -> list[Finding]:
        start, end = piece
        part = text[start:end]
        with self._linters(len(part)) as linters:
            lints = lint(linters.rules, part)
            tokens = spans(lints.pop(TOKENS, ()))
            found = [_finding(each, rule, start) for rule, some in lints.items() for each in some]
            if linters.spelling is not None and spell:
                misspelt = linters.spelling.flagged(part, tokens)
                found += [_misspelt(text, start + first, start + last) for first, last in misspelt]
        return found

    def _correction(self, word: str) -> str | None:
        with self._linters(len(word)) as linters:
            found = linters.spelling and linters.spelling.correction(word)
            return _suggestion(found) if found else None

    @contextmanager
    def _linters(self, length: int) -> Iterator[_Linters]:
        """Those of the thread, made when they are first asked for; after a panic, made anew."""
        if not hasattr(self._own, "linters"):
            self._own.linters = self._new_linters()
        linters: _Linters = self._own.linters
        try:
            with panics_told(length):
                yield linters
        except InputError:
            self._own.linters = self._new_linters()
            raise

    def _new_linters(self) -> _Linters:
        rules = set(self._rules)
        if SPELLING_RULE not in rules:
            return _Linters(new_linter(self._dialect, rules), None)
        others = new_linter(self._dialect, rules - {SPELLING_RULE} | {TOKENS})
        return _Linters(others, Spelling(self._dialect, self._verdicts))


def _tell_and_do(taken: threading.Event, work: Callable[[], list[Finding]]) -> list[Finding]:
    taken.set()
    return work()


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text after lines or sentences into spans of `PIECE` characters or a little more."""
    start = 0
    while len(text) - start > PIECE:
        end = _piece_end(text, start)
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _piece_end(text: str, start: int) -> int:
    limit = min(start + LONGEST_PIECE, len(text))
    found = PIECE_END.search(text, start + PIECE, limit)
    if found:
        return found.end()
    if limit == len(text):
        return limit
    space = max(text.rfind(" ", start + PIECE, limit), text.rfind("\t", start + PIECE, limit))
    return space + 1 if space > 0 else limit


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


def _finding(found: harper.Lint, rule: str, start: int) -> Finding:
    span = found.span
    return Finding(
        start=span.start + start,
        end=span.end + start,
        category=category_of(rule, found.lint_kind),
        rule=rule,
        message=found.message,
        suggestion=_suggestion(found),
    )


def _misspelt(text: str, start: int, end: int) -> Finding:
    category = category_of(SPELLING_RULE, SPELLING_KIND)
    message = f"`{text[start:end]}` is not in the dictionary, or not spelt so there"
    return Finding(start, end, category, SPELLING_RULE, message)


def _suggestion(lint: harper.Lint) -> str | None:
    if not lint.suggestions:
        return None
    first = lint.suggestions[0]
    if first.kind == harper.SuggestionKind.INSERT_AFTER:
        return lint.problem_text + first.replacement_text
    return first.replacement_text
