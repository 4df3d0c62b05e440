"""Names of traits as parts of names of columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.models.targets import slug


@given(st.text(max_size=40))
def test_a_slug_is_plain(name: str) -> None:
    """Lower-case ASCII letters, digits and single ``_`` between them, or a refusal."""
    try:
        found = slug(name)
    except InputError:
        return
    assert found.isascii()
    assert found == found.lower() == slug(found)
    assert all(part.isalnum() for part in found.split("_"))


@pytest.mark.parametrize("name", ["", "语法", "…", "_"])
def test_a_name_without_letters_is_refused(name: str) -> None:
    """Columns need a name that every tool can read."""
    with pytest.raises(InputError, match="no ASCII letter or digit"):
        slug(name)
