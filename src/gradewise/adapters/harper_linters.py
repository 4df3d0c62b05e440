"""Linters of Harper as the checker and its spelling use them: one dialect, plain text, a list of rules."""

import io
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Literal

import harper

from gradewise.errors import InputError, PlanError

Dialect = Literal["american", "australian", "british", "canadian", "indian"]
"""Which English the dictionary spells."""
TOKENS = "GradewiseTokens"
"""A rule of ours that reports every token but blanks: Harper shows them in no other way."""
TOKENS_RULE = """
expr main !( )
let message "a token"
let description "Reports every token but blanks."
let kind "Miscellaneous"
let becomes ""
"""


def new_linter(dialect: Dialect, rules: Collection[str]) -> harper.Linter:
    """A linter that asks the given rules and no other; `TOKENS` may be one of them.

    Raises:
        PlanError: Harper has no such dialect or rule.
    """
    dialects = {each.name.lower(): each for each in harper.Dialect}
    if dialect not in dialects:
        raise PlanError(f"{dialect!r} is no dialect of Harper's; choose one of {' '.join(dialects)}")
    linter = harper.Linter(dialects[dialect])
    if TOKENS in rules:
        linter.load_weirpack(_tokens_pack())
    known = linter.get_lint_config()
    unknown = sorted(set(rules) - set(known))
    if unknown:
        raise PlanError(f"Harper {version('harper-py')} has no rule {unknown[0]!r}; see its list of rules")
    linter.set_lint_config({rule: rule in rules for rule in known})
    return linter


def lint(linter: harper.Linter, text: str) -> dict[str, list[harper.Lint]]:
    """What each rule reports of a plain text, overlaps included; nothing, by no rule, of an empty one.

    Harper's own removal of overlaps would drop every error in a sentence that is too long.
    """
    return linter.organized_lints(text, language="plaintext", dedup=False)


def spans(lints: Iterable[harper.Lint]) -> list[tuple[int, int]]:
    """First character of each, and one past its last."""
    return [(span.start, span.end) for span in (each.span for each in lints)]


@contextmanager
def panics_told(length: int) -> Iterator[None]:
    """Turn a panic in Rust, which reaches Python as a class that cannot be imported, into an `InputError`.

    A linter that panicked is not to be used again.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(
            f"the language checker failed on a text of {length} characters; leave it out or check "
            f"it without the errors group"
        ) from error


def _tokens_pack() -> bytes:
    """The rule as Harper loads rules: a zip with a manifest."""
    manifest = {"author": "gradewise", "version": "1", "description": "tokens", "license": "MIT"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("manifest.json", json.dumps(manifest))
        pack.writestr(f"{TOKENS}.weir", TOKENS_RULE)
    return packed.getvalue()
