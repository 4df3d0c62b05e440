#!/usr/bin/env python3
"""Check that what README.md, docs/ and ops/ say is still so: links, commands, options, paths, length, words.

Prints one line for each fault, as ``file:line: what``, and exits with 1 when there is one.
"""

import importlib
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

README_LIMIT = 160
"""Lines that README.md may have."""

FORBIDDEN = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
"""Words that say that something is not finished."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*(\S*)")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$")
_INLINE_CODE = re.compile(r"(`+).+?\1")
_LINK = re.compile(r"\]\(\s*(<[^>]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:\s*(\S+)")
_HTML_TARGET = re.compile(r"<(?:a|img)\b[^>]*\b(?:href|src)=[\"']([^\"']+)[\"']")
_HTML_ANCHOR = re.compile(r"<\w+\b[^>]*\b(?:id|name)=[\"']([^\"']+)[\"']")
_SCHEME = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//)")
_SOURCE_PATH = re.compile(r"\bsrc/gradewise(?:/[\w.-]+)*")
_MAKE_TARGET = re.compile(r"^([A-Za-z0-9][\w. -]*?)\s*::?(?![=:])")
_SETTING = re.compile(r"\bGRADEWISE_[A-Z0-9_]*[A-Z0-9]\b(?!_)")
_SEPARATORS = {"|", "||", "&&", ";", "&"}

Commands = Mapping[str, "Commands"]
"""Sub-commands by name, each with its own."""
Options = Mapping[str, frozenset[str]]
"""What each command takes, by the command as it is typed: ``registry promote``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, with what surrounds it."""

    number: int
    """From 1."""
    text: str
    """As written, without the newline."""
    language: str | None
    """Of the fenced block that it stands in; ``None`` outside of one, empty when the block names none."""


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path
    """Where it is."""
    lines: tuple[Line, ...]
    """Its lines, without the fences themselves."""
    anchors: frozenset[str] = field(default=frozenset())
    """What a link may name behind ``#``."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something that is not so."""

    path: str
    """File, from the root."""
    line: int
    """Line, from 1."""
    what: str
    """What is wrong."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def read_page(path: Path) -> Page:
    """Read a Markdown file and find its fenced blocks and anchors."""
    lines = tuple(_lines(path.read_text("utf-8")))
    return Page(path, lines, frozenset(_anchors(lines)))


def _lines(text: str) -> Iterator[Line]:
    fence = ""
    language: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        match = _FENCE.match(line)
        if match and not fence:
            fence, language = match[1], match[2]
        elif match and match[1].startswith(fence) and not match[2]:
            fence, language = "", None
        else:
            yield Line(number, line, language)


def _anchors(lines: tuple[Line, ...]) -> Iterator[str]:
    """Anchors as GitHub makes them from headings, and those that HTML tags set."""
    seen: dict[str, int] = {}
    for line in lines:
        if line.language is not None:
            continue
        yield from _HTML_ANCHOR.findall(line.text)
        if heading := _HEADING.match(line.text):
            anchor = slug(heading[1])
            count = seen.get(anchor, 0)
            seen[anchor] = count + 1
            yield f"{anchor}-{count}" if count else anchor


def slug(heading: str) -> str:
    """The anchor of a heading: lower case, blanks as hyphens, no punctuation, links as their text.

    >>> slug("What `make demo` does, [step](x.md) by step")
    'what-make-demo-does-step-by-step'
    """
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def link_faults(page: Page, pages: Mapping[Path, Page], root: Path) -> Iterator[tuple[int, str]]:
    """Relative links to a file or an anchor that is not there."""
    for line in page.lines:
        if line.language is None:
            for target in _targets(line.text):
                fault = _link_fault(page, target, pages, root)
                if fault:
                    yield line.number, fault


def _targets(text: str) -> Iterator[str]:
    prose = _INLINE_CODE.sub("``", text)
    for pattern in (_LINK, _DEFINITION, _HTML_TARGET):
        for target in pattern.findall(prose):
            if not _SCHEME.match(target):
                yield target.strip("<>")


def _link_fault(page: Page, target: str, pages: Mapping[Path, Page], root: Path) -> str | None:
    name, _, anchor = unquote(target).partition("#")
    base = root if name.startswith("/") else page.path.parent
    path = (base / name.lstrip("/")).resolve() if name else page.path.resolve()
    if not path.is_relative_to(root.resolve()):
        return f"link {target!r} leaves the project"
    if not path.exists():
        return f"link {target!r}: there is no such file"
    if anchor and path in pages and anchor not in pages[path].anchors:
        return f"link {target!r}: there is no such heading"
    return None


def command_faults(
    page: Page, commands: Commands | None, targets: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Console lines that call a sub-command or a Makefile target that is not there."""
    for number, words in _console(page):
        if words[0] == "make":
            wanted = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
            yield from ((number, f"make has no target {word!r}") for word in wanted if word not in targets)
        elif words[0] == "gradewise" and commands is not None:
            fault = _subcommand_fault(words[1:], commands)
            if fault:
                yield number, fault


def _console(page: Page) -> Iterator[tuple[int, list[str]]]:
    """Commands typed in ``console`` blocks, split into words, with the line where each begins."""
    pending, start = "", 0
    for line in page.lines:
        if line.language != "console":
            continue
        if not pending:
            if not line.text.startswith("$ "):
                continue
            start = line.number
        pending += line.text.removeprefix("$ ").removesuffix("\\")
        if not line.text.endswith("\\"):
            yield from ((start, words) for words in _commands(pending))
            pending = ""


def _commands(line: str) -> Iterator[list[str]]:
    """The commands of a shell line, without assignments in front; nothing when it cannot be split."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    command: list[str] = []
    try:
        for word in [*lexer, ";"]:
            if word in _SEPARATORS:
                if command:
                    yield command
                command = []
            elif command or not re.match(r"\w+=", word):
                command.append(word)
    except ValueError:
        return


def _subcommand_fault(words: list[str], commands: Commands) -> str | None:
    """The first word that should be a sub-command and is none."""
    options_first = bool(words) and words[0].startswith("-")
    names = [word for word in words if not word.startswith("-")]
    if options_first:
        # An option before the sub-command may take a value, which looks like a name.
        names = names[next((i for i, name in enumerate(names) if name in commands), len(names)) :]
    called = "gradewise"
    for name in names:
        if not commands:
            return None
        if name not in commands:
            return f"{called} has no sub-command {name!r}"
        called, commands = f"{called} {name}", commands[name]
    return None


def option_faults(page: Page, options: Options) -> Iterator[tuple[int, str]]:
    """Options in console lines that the command does not take."""
    for number, words in _console(page):
        if words[0] == "gradewise":
            called = next((name for n in (2, 1) if (name := " ".join(words[1 : 1 + n])) in options), None)
            given = [word.partition("=")[0] for word in words if word.startswith("--")]
            wrong = [word for word in given if called and word not in options[called]]
            yield from ((number, f"gradewise {called} has no option {word}") for word in wrong)


def setting_faults(page: Page, settings: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Environment variables that are mentioned and that nothing reads."""
    for line in page.lines:
        unknown = [name for name in _SETTING.findall(line.text) if name not in settings]
        yield from ((line.number, f"nothing reads {name}") for name in unknown)


def path_faults(page: Page, root: Path) -> Iterator[tuple[int, str]]:
    """Source files that are mentioned and do not exist."""
    for line in page.lines:
        for mentioned in _SOURCE_PATH.findall(line.text):
            path = mentioned.rstrip(".")
            if not (root / path).exists():
                yield line.number, f"{path} does not exist"


def word_faults(page: Page) -> Iterator[tuple[int, str]]:
    """Words that say that something is not finished."""
    for line in page.lines:
        yield from ((line.number, f"unfinished: {word}") for word in FORBIDDEN.findall(line.text))


def make_targets(root: Path) -> frozenset[str]:
    """Names that `make` knows, from the Makefile; none when there is no Makefile."""
    makefile = root / "Makefile"
    text = makefile.read_text("utf-8") if makefile.exists() else ""
    heads = [match[1] for line in text.splitlines() if (match := _MAKE_TARGET.match(line))]
    return frozenset(name for head in heads for name in head.split())


def gradewise_commands() -> Commands | None:
    """The sub-commands that the installed gradewise has; ``None`` when it has no command line."""
    try:
        program = importlib.import_module("gradewise.cli.program").program
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] == "gradewise":
            return None
        raise
    return _command_tree(importlib.import_module("typer.main").get_command(program))


def _command_tree(command: Any) -> Commands:
    return {name: _command_tree(inner) for name, inner in getattr(command, "commands", {}).items()}


def gradewise_options() -> Options:
    """What each command of the installed gradewise takes."""
    loaded = importlib.import_module("gradewise.cli.program").loaded
    known = importlib.import_module("gradewise.cli.commands").COMMANDS
    return {name: taken for each in known for name, taken in _taken(each.name, loaded(each))}


def _taken(name: str, command: Any) -> Iterator[tuple[str, frozenset[str]]]:
    inner = getattr(command, "commands", {})
    for each, below in inner.items():
        yield from _taken(f"{name} {each}", below)
    if not inner:
        taken = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        yield name, frozenset({*taken, "--help"})


def read_settings(root: Path) -> frozenset[str]:
    """Environment variables that the source, the benchmarks or the Makefile name."""
    files = [root / "Makefile", *root.glob("src/**/*.py"), *root.glob("benchmarks/**/*.py")]
    return frozenset(
        name for path in files if path.exists() for name in _SETTING.findall(path.read_text("utf-8"))
    )


def find_faults(root: Path, commands: Commands | None, options: Options | None = None) -> list[Fault]:
    """Everything that is wrong in README.md, docs/ and ops/, by file and line."""
    paths = [
        path
        for path in (root / "README.md", *sorted(root.glob("docs/**/*.md")), *sorted(root.glob("ops/*.md")))
        if path.exists()
    ]
    pages = {path.resolve(): read_page(path) for path in paths}
    targets, settings = make_targets(root), read_settings(root)
    faults: list[Fault] = []
    for page in pages.values():
        found = [
            *link_faults(page, pages, root),
            *command_faults(page, commands, targets),
            *option_faults(page, options or {}),
            *setting_faults(page, settings),
            *path_faults(page, root),
            *word_faults(page),
        ]
        name = page.path.relative_to(root).as_posix()
        faults += [Fault(name, line, what) for line, what in found]
    return sorted([*faults, *_length_faults(root)])


def _length_faults(root: Path) -> list[Fault]:
    readme = root / "README.md"
    if not readme.exists():
        return [Fault("README.md", 1, "does not exist")]
    length = len(readme.read_text("utf-8").splitlines())
    what = f"has {length} lines; it may have {README_LIMIT}, move the rest to docs/"
    return [Fault("README.md", length, what)] if length > README_LIMIT else []


def main() -> int:
    """Print every fault; the exit code."""
    commands = gradewise_commands()
    options = None if commands is None else gradewise_options()
    faults = find_faults(Path(__file__).resolve().parent.parent, commands, options)
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
