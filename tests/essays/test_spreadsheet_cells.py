"""Texts in cells of spreadsheets come back as they were."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradewise.essays.spreadsheet_cells import FORMULA_STARTS, shielded, unshielded


@settings(max_examples=50)
@given(st.text(alphabet="'=+-@\t\ra7", max_size=6))
@example("'=a")
@example("''-7")
def test_a_text_comes_back_from_its_cell_which_no_program_runs(text: str) -> None:
    """Whatever it begins with, apostrophes of its own included; others are left alone."""
    cell = shielded(text)
    assert text == unshielded(cell)
    assert not cell.startswith(FORMULA_STARTS)
    assert (text != cell) == text.lstrip("'").startswith(FORMULA_STARTS)
