"""Tables of intent data in which rows are malformed in known ways, among sound ones."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

Row = dict[str, str]
Break = Callable[[Row, Random], None]

WIDTH = 8
"""Numbers of a sentence vector here."""
LABELS = ("card_lost", "refund", "transfer", "älter")
COLUMNS = (
    "id", "text", "intent", "confidence", "timestamp", "text_length", "word_count", "has_personal_info",
    "formality_score", "urgency_score", "embeddings",
)  # fmt: skip
WORDS = ("my", "card", "was", "lost", "on", "the", "träin", "please", "send", "a", "refund", "now")
SPELLINGS = (("true", "false"), ("Yes", "no"), ("1", "0"))


@dataclass(frozen=True, slots=True)
class Table:
    """A file and what is wrong with it."""

    content: bytes
    """As stored."""
    reasons: Mapping[int, str]
    """By number of a malformed row, why it is."""
    sound_ids: frozenset[str]
    """Of the other rows."""


def sound_row(number: int, random: Random) -> Row:
    """A row that holds what it should, its times and vectors written in several ways."""
    text = " ".join(random.choices(WORDS, k=random.randint(3, 9))) + random.choice(
        (", thanks", ' "now"', "", "?")
    )
    numbers = [f"{random.gauss(0, 1):.4f}" for _ in range(WIDTH)]
    vector = random.choice((f"[{', '.join(numbers)}]", f"({', '.join(numbers)})", f"[{' '.join(numbers)}]"))
    return {
        "id": f"t{number}",
        "text": f"{number} {text}",
        "intent": random.choice(LABELS),
        "confidence": f"{random.random():.3f}",
        "timestamp": f"2025-0{random.randint(1, 9)}-1{random.randint(0, 9)}T08:30:00+02:00",
        "text_length": str(len(f"{number} {text}")),
        "word_count": str(len(f"{number} {text}".split())),
        "has_personal_info": random.choice(random.choice(SPELLINGS)),
        "formality_score": "0.5",
        "urgency_score": "1",
        "embeddings": vector,
    }


def _sets(column: str, *values: str) -> Break:
    def act(row: Row, random: Random) -> None:
        row[column] = random.choice(values)

    return act


def _vector(change: Callable[[list[str]], str]) -> Break:
    def act(row: Row, _random: Random) -> None:
        row["embeddings"] = change([f"0.{place + 1}" for place in range(WIDTH)])

    return act


CELLS: Mapping[str, tuple[str, Break]] = {
    "empty text": ("empty text", _sets("text", "", "  ", "NaN", "null")),
    "endless text": ("text too long", _sets("text", "word " * 50_000)),
    "no id": ("no id", _sets("id", "", " ")),
    "endless id": ("no id", _sets("id", "x" * 300)),
    "no label": ("no label", _sets("intent", "", "\t")),
    "unknown label": ("unknown label", _sets("intent", "crad_lost", "7")),
    "time of another form": (
        "bad date",
        _sets("timestamp", "14/05/2025", "yesterday", "1716000000", "2025-13-01"),
    ),
    "no time": ("empty cell", _sets("timestamp", "")),
    "a word for a number": ("not a number", _sets("confidence", "high", "0.5.1", "--")),
    "share above one": ("out of range", _sets("confidence", "1.01", "97", "-0.2")),
    "not a number at all": ("number not finite", _sets("formality_score", "inf", "-Infinity", "1e999")),
    "half a word": ("not a whole number", _sets("word_count", "3.5")),
    "neither true nor false": ("not a boolean", _sets("has_personal_info", "maybe", "2", "ja")),
    "vector too short": ("wrong width", _vector(lambda numbers: f"[{', '.join(numbers[1:])}]")),
    "vector too long": ("wrong width", _vector(lambda numbers: f"[{', '.join(numbers * 2)}]")),
    "vector with a hole": ("number not finite", _vector(lambda numbers: f"[{', '.join(numbers[1:])}, nan]")),
    "vector in a vector": ("nested vector", _vector(lambda numbers: f"[[{', '.join(numbers)}]]")),
    "vector cut short": ("shortened vector", _vector(lambda numbers: f"[{numbers[0]} ... {numbers[1]}]")),
    "code for a vector": ("not a vector", _sets("embeddings", "[__import__('os')]", "0.1", "{}", "[0.1, x]")),
    "length of another text": ("wrong text length", _sets("text_length", "999", "1")),
    "count of another text": ("wrong word count", _sets("word_count", "99", "0")),
}
"""By kind: the reason, and what is done to a sound row; what any kind of file can hold."""

CSV_KINDS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "too few cells": ("too few cells", lambda line: line.split(b",", 1)[1]),
    "too many cells": ("too many cells", lambda line: b"x," + line),
    "quote not closed": ("broken quotes", lambda line: b'"' + line),
    "quote in a cell": ("broken quotes", lambda line: b'"a" b,' + line),
    "bytes that are no UTF-8": ("not UTF-8", lambda line: line.replace(b" ", b" \xe5\xff ", 1)),
    "zero bytes": ("NUL character", lambda line: line.replace(b" ", b"\x00", 1)),
}
JSON_KINDS: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "cut off": ("not JSON", lambda line: line[: len(line) // 2]),
    "single quotes": ("not JSON", lambda line: line.replace(b'"', b"'")),
    "a list": ("not an object", lambda line: b"[" + line + b"]"),
    "a number": ("not an object", lambda _line: b"42"),
    "too deep": ("nested too deeply", lambda _line: b'{"text": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "a key twice": ("key twice", lambda line: line[:-1] + b', "id": "other"}'),
    "bytes that are no UTF-8": ("not UTF-8", lambda line: line.replace(b" ", b" \xe5\xff ", 1)),
    "zero bytes": ("NUL character", lambda line: line.replace(b'"text": "', b'"text": "\\u0000', 1)),
}
"""By kind: the reason, and what is done to the line of a sound row."""


def csv_table(seed: int, *, of_each: int, n_sound: int) -> Table:
    """A CSV file with so many rows of each kind, in random order."""
    header = _csv_line(list(COLUMNS))
    return _table(seed, of_each, n_sound, CSV_KINDS, lambda row: _csv_line(list(row.values())), header=header)


def json_table(seed: int, *, of_each: int, n_sound: int) -> Table:
    """The same as JSON Lines."""
    return _table(
        seed,
        of_each,
        n_sound,
        JSON_KINDS,
        lambda row: json.dumps(row, ensure_ascii=False).encode(),
        header=b"",
    )


def _csv_line(values: Sequence[str]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="").writerow(values)
    return written.getvalue().encode()


def _table(
    seed: int,
    of_each: int,
    n_sound: int,
    of_lines: Mapping[str, tuple[str, Callable[[bytes], bytes]]],
    written: Callable[[Row], bytes],
    *,
    header: bytes,
) -> Table:
    random = Random(seed)
    kinds = [*([*CELLS, "id of another row", *of_lines] * of_each), *[""] * n_sound]
    random.shuffle(kinds)
    kinds.insert(0, "")  # whose id others have
    lines, reasons, sound = [header] if header else [], dict[int, str](), set[str]()
    for number, kind in enumerate(kinds, start=1):
        row = sound_row(number, random)
        if kind in CELLS:
            reasons[number] = CELLS[kind][0]
            CELLS[kind][1](row, random)
        elif kind == "id of another row":
            reasons[number] = "same id"
            row["id"] = "t1"
        line = written(row)
        if kind in of_lines:
            reasons[number], change = of_lines[kind]
            line = change(line)
        elif not kind:
            sound.add(row["id"])
        lines.append(line)
    return Table(b"\n".join(lines) + b"\n", reasons, frozenset(sound))
