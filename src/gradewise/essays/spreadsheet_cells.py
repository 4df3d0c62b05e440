"""Texts that a spreadsheet program would run as formulas, kept from it by an apostrophe, and read back."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How what such a program runs begins."""
_SHIELD = "'"


def shielded(text: str) -> str:
    """A text as a cell that no spreadsheet program runs.

    >>> shielded("-7"), shielded("essay-7")
    ("'-7", 'essay-7')
    """
    return f"{_SHIELD}{text}" if _could_run(text) else text


def unshielded(cell: str) -> str:
    """The text that a cell stands for: `shielded` undone.

    >>> unshielded("'-7"), unshielded("'t-hooft")
    ('-7', "'t-hooft")
    """
    return cell[len(_SHIELD) :] if cell.startswith(_SHIELD) and _could_run(cell) else cell


def _could_run(text: str) -> bool:
    # Behind apostrophes of its own, too: one that begins '= would be read back as one that begins =.
    return text.lstrip(_SHIELD).startswith(FORMULA_STARTS)
