"""Which essays are meant: one as a file, as an option or on standard input, or a table of many."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit

from gradewise.errors import InputError, PlanError
from gradewise.essays.given_columns import spread_given
from gradewise.essays.given_names import parse_given
from gradewise.essays.intake import MAX_CHARACTERS, ColumnMap, take_in
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import repair_text
from gradewise.models.bundles.metadata import TrainingColumns
from gradewise.protocols.tables import EssaySource
from gradewise.redaction import bare_addresses
from gradewise.telemetry import Listener, Notice, stage
from gradewise.workflows.datasets.guesses import find_columns
from gradewise.workflows.datasets.remembered import as_trained
from gradewise.workflows.datasets.renamed_source import renamed
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.services import Services

LARGEST_TABLE = 2**30
"""Bytes that are fetched of a file of many essays at most."""
NO_COLUMNS = TrainingColumns()
"""Of a model that does not say what its columns were called."""
TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".gz")
MAX_BYTES = 2_000_000
"""Largest text taken for one essay before it is decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEssays:
    """What was typed about essays.

    Raises:
        PlanError: two essays are given where one is meant, or one essay's numbers for a table of many.
    """

    source: Path | None
    """File, or ``-``."""
    address: str | None = None
    """Of a file in a store, in place of one here, see `typed_source`."""
    text: str | None = None
    """The essay itself."""
    prompt_text: str | None = None
    """The task."""
    text_column: str | None = None
    """Column of essays."""
    id_column: str | None = None
    """Column of ids."""
    set_aside: bool = False
    """Leave unusable rows out."""
    given: Mapping[str, float] = field(default_factory=dict)
    """Numbers that come with the one essay, by name."""

    def __post_init__(self) -> None:
        if self.named is not None and self.text is not None:
            raise PlanError(f"both {self.named} and --text hold an essay; give one of them")
        if self.given and self.is_table:
            raise PlanError(
                f"--given {next(iter(self.given))} belongs to one essay, and {self.named} holds many; give "
                "each its number in a column of that name"
            )

    @property
    def is_table(self) -> bool:
        """Whether a file of many essays is meant."""
        return self.named is not None and PurePath(self.named).suffix.lower() in TABLE_SUFFIXES

    @property
    def named(self) -> str | None:
        """What holds the essays, for messages: a file, or an address without its secrets."""
        if self.address is not None:
            return bare_addresses(self.address)
        return None if self.source is None else str(self.source)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a model wants of each row of a table."""

    given: tuple[str, ...]
    """Numbers beside the text, each a column."""
    needs_words: bool
    """Whether there must be a word in the text."""
    trained: TrainingColumns
    """What the columns were called when it was trained."""


def typed_source(typed: str | None) -> tuple[Path | None, str | None]:
    """A file here, or the address of one in a store; ``file://`` leads to a file here.

    >>> typed_source("s3://school/essays.csv"), typed_source("essays.csv")
    ((None, 's3://school/essays.csv'), (PosixPath('essays.csv'), None))

    Raises:
        PlanError: a ``file://`` address is of another machine.
    """
    if typed is None or "://" not in typed:
        return (None if typed is None else Path(typed)), None
    parts = urlsplit(typed)
    if parts.scheme.lower() != "file":
        return None, typed
    if parts.netloc not in {"", "localhost"}:
        raise PlanError(f"{bare_addresses(typed)} is on another machine; write file:///path for one here")
    return Path(unquote(typed.partition("://")[2].removeprefix(parts.netloc))), None


def given_numbers(typed: Sequence[str]) -> Mapping[str, float]:
    """Numbers that were typed as ``NAME=NUMBER``, by name; a truth, a time or a list may stand there too.

    Raises:
        PlanError: one is not of this form, or a name comes twice.
    """
    numbers: dict[str, Mapping[str, float]] = {}
    for each in typed:
        name, _, number = each.rpartition("=")
        if not name or name in numbers:
            raise PlanError(f"--given {quotable(each)!r}: write NAME=NUMBER, each name once")
        try:
            numbers[name] = spread_given({name: number})
        except InputError as error:
            detail = str(error).removeprefix(f"{quotable(name)}: ")
            raise PlanError(f"--given {quotable(each)!r}: {detail}") from error
    return {name: number for spread in numbers.values() for name, number in spread.items()}


def read_essays(
    asked: AskedEssays,
    services: Services,
    listener: Listener,
    *,
    given: Sequence[str] = (),
    needs_words: bool = False,
    trained: TrainingColumns = NO_COLUMNS,
) -> Sequence[Essay]:
    """The essays that are meant, at least one.

    Args:
        asked: what was typed.
        services: open files.
        listener: hears how a table was read.
        given: numbers that the model reads beside the text, each a column of a table.
        needs_words: whether a row of a table without a word in its text cannot be used, as for grades.
        trained: what the columns were called when the model was trained.

    Raises:
        InputError: there is none, or one cannot be read; the message names it.
        PlanError: a number was typed that the model does not read.
    """
    times = {parsed.column for parsed in map(parse_given, given) if parsed.part}
    read_with = {name for name in asked.given if parse_given(name).part and parse_given(name).column in times}
    if strange := [name for name in asked.given if name not in given and name not in read_with]:
        raise PlanError(
            f"--given {quotable(strange[0])}: the model reads no such number, but "
            f"{', '.join(given) or 'none'}; leave it out"
        )
    if asked.text is not None:
        return [_one("text", asked.text, asked)]
    wanted = _Wanted(tuple(given), needs_words, trained)
    if asked.address is not None:
        return _from_store(asked.address, asked, services, listener, wanted=wanted)
    if asked.source is None:
        raise InputError("no essay given; name a file, pass --text '…', or use - for standard input")
    if str(asked.source) == "-":
        return [
            _one("standard input", _decode(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"), asked)
        ]
    if asked.is_table:
        return _from_table(services.open_source(asked.source), asked, listener, wanted=wanted)
    return [_one(asked.source.name, _read_text(asked.source), asked)]


def _one(name: str, text: str, asked: AskedEssays) -> Essay:
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"{name}: the text has {len(text):,} characters, too long for one essay (at most "
            f"{MAX_CHARACTERS:,}); grade its parts one by one"
        )
    repaired = repair_text(text).text
    if not repaired.strip():
        raise InputError(f"{name}: the text is empty; give an essay with words in it")
    return Essay(id=name, text=repaired, prompt_text=asked.prompt_text, given=asked.given)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _decode(file.read(MAX_BYTES + 1), str(path))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise InputError(
            f"{path}: no such file; check the path, or give the words themselves: --text WORDS"
        ) from error


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise InputError(
            f"{name}: more than {MAX_BYTES:,} bytes, too long for one essay; grade its parts one by one, or "
            "save many essays as .csv"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8 text") from error


def _from_store(
    address: str, asked: AskedEssays, services: Services, listener: Listener, *, wanted: _Wanted
) -> Sequence[Essay]:
    """The essays of a file in a store, which is here while they are read."""
    named, most = asked.named or address, LARGEST_TABLE if asked.is_table else MAX_BYTES
    with ExitStack() as stack:
        with stage(listener, "fetching texts"):
            copy = stack.enter_context(services.fetch_texts(address, most))
        if not asked.is_table:
            return [_one(PurePath(named).name, _decode(copy.read_bytes(), named), asked)]
        return _from_table(renamed(services.open_source, copy, named), asked, listener, wanted=wanted)


def _from_table(
    source: EssaySource, asked: AskedEssays, listener: Listener, *, wanted: _Wanted
) -> Sequence[Essay]:
    for notice in source.notices:
        listener(Notice(notice))
    columns = _columns(source, asked, listener, wanted)
    intake = take_in(
        source.records(),
        source.columns(),
        columns,
        None,
        location=source.location,
        on_bad_rows="set_aside" if asked.set_aside else "stop",
        needs_words=wanted.needs_words,
    )
    for row in intake.set_aside:
        listener(Notice(f"row {row.row} (essay {row.essay_id!r}) is not graded: {row.detail}"))
    return [
        essay if essay.prompt_text else replace(essay, prompt_text=asked.prompt_text)
        for essay in intake.essays
    ]


def _columns(source: EssaySource, asked: AskedEssays, listener: Listener, wanted: _Wanted) -> ColumnMap:
    """Which columns of a table are read: what is named, what the training read, and what is plain."""
    named = ColumnsPlan(text=asked.text_column, id=asked.id_column)
    named, given = as_trained(named, wanted.trained, source, listener), wanted.given
    columns = find_columns(source, named, ("text",)).model_copy(update={"writer": None})
    if columns.id is None and (others := _unread(source.columns(), columns, given)):
        listener(
            Notice(f"essays are named by their rows; --id-column says what names them: {', '.join(others)}")
        )
    return ColumnMap(
        text=columns.text or "",
        id=columns.id,
        prompt=columns.prompt,
        prompt_text=columns.prompt_text,
        given=given,
    )


def _unread(present: Sequence[str], read: ColumnsPlan, given: Sequence[str]) -> list[str]:
    """Columns of which nothing is read."""
    held = {*read.model_dump(exclude={"groups", "traits"}).values(), *given}
    return [quotable(column) for column in present if column not in held]
