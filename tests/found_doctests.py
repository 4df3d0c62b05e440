"""Where examples in docstrings are looked for: in files that have one."""

from collections.abc import Generator
from pathlib import Path

import pytest

PROMPT = b">>> "

Found = list[pytest.Collector]


class FoundDoctests:
    """A hook of pytest that saves looking through every object of every module for what few of them have."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Generator[None, Found, Found]:
        """Of a file without examples, what is no module of examples, which is a kind of module to pytest."""
        found = yield
        if file_path.suffix != ".py" or PROMPT in file_path.read_bytes():
            return found
        return [each for each in found if not isinstance(each, pytest.Module) or type(each) is pytest.Module]
