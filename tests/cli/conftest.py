"""Commands run in this process, in an empty directory."""

import io
from pathlib import Path

import pytest

from gradewise.cli.main import run
from trials import Command, Outcome


@pytest.fixture
def command(
    tmp_path: Path,
    cache_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Run `gradewise` with these arguments where there is nothing yet."""
    monkeypatch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
    monkeypatch.chdir(tmp_path)

    def _run(*arguments: str | Path, stdin: bytes | None = None) -> Outcome:
        if stdin is not None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return _run
