"""Facts and rows in columns, as lines of plain text; apart from `rendering`, which loads what it shows."""

from collections.abc import Mapping, Sequence


def listed(facts: Mapping[str, object]) -> str:
    """Facts by name, a line each that can be copied whole."""
    width = max(len(name) for name in facts)
    return "\n".join(f"{name:<{width}}  {fact}" for name, fact in facts.items())


def in_columns(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    r"""One line a row, the first the heading, in columns that a pipe does not break.

    Args:
        rows: cells, as many in each row.
        right: columns whose cells stand at the right.

    >>> in_columns([("name", "n"), ("a", "10"), ("bc", "5")], right=[1])
    'name   n\na     10\nbc      5'
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
