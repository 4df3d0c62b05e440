"""Bundles that slots are given."""

import pytest

from served_models import made_up_files


@pytest.fixture(scope="session")
def bundle_pair() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of two bundles of one name; not to be changed."""
    first, second = made_up_files(2)
    return first, second
