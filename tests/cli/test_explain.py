"""`gradewise explain`: printed, as a page, as a record."""

import json
import os
from pathlib import Path

import pytest

from trials import Command, Trained, essay_rows, write_csv

ESSAY = "I like my friend becuase she is kind. i have alot of fun with here , and we play in the park."


@pytest.fixture
def essay() -> Path:
    """An essay in a file."""
    path = Path("my essay.txt")
    path.write_text(ESSAY, encoding="utf-8-sig")
    return path


def names() -> set[str]:
    """Files where the command was given."""
    return {path.name for path in Path().iterdir()}


def test_an_essay_is_explained_and_a_page_written(command: Command, trained: Trained, essay: Path) -> None:
    """The terminal says why; the page, named after the essay, says it with pictures."""
    outcome = command("explain", essay, "-m", trained.run)
    assert 0 == outcome.code, outcome.err
    assert "Why this grade? my essay.txt" in outcome.out
    assert "average essay" in outcome.out
    assert "becuase[S" in outcome.out
    assert outcome.err.endswith("page written to my-essay.explained.html\n")
    page = Path("my-essay.explained.html").read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    assert "becuase</mark>" in page


def test_without_a_page_nothing_is_written(command: Command, trained: Trained, essay: Path) -> None:
    """Only print."""
    outcome = command("explain", essay, "-m", trained.run, "--no-page")
    assert 0 == outcome.code
    assert {essay.name} == names()


def test_the_record_is_printed_for_programs(command: Command, trained: Trained, essay: Path) -> None:
    """Standard output is one JSON value, no page is written, and the grade is that of `score`."""
    outcome = command("explain", essay, "-m", trained.run, "-f", "json")
    record = json.loads(outcome.out)
    scored = json.loads(command("score", essay, "-m", trained.run, "-f", "jsonl").out)
    assert (scored["grade"], scored["score"]) == (record["grade"], record["score"])
    assert record["score"] == pytest.approx(record["start"] + sum(part["effect"] for part in record["parts"]))
    assert {essay.name} == names()
    marked = [ESSAY[each["start"] : each["end"]] for each in record["findings"]]
    assert "becuase" in marked


def test_the_file_says_by_its_name_what_is_written(command: Command, trained: Trained, essay: Path) -> None:
    """A page or a record, in a directory that need not exist; nothing besides."""
    assert 0 == command("explain", essay, "-m", trained.run, "-o", "deep/why.html").code
    outcome = command("explain", essay, "-m", trained.run, "-o", "deep/why.json")
    assert "record written to deep/why.json" in outcome.err
    assert {essay.name, "deep"} == names()
    assert {"why.html", "why.json"} == {path.name for path in Path("deep").iterdir()}
    assert "grade" in json.loads(Path("deep/why.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(("--text", ESSAY), "essay.explained.html"), (("-",), "essay.explained.html")],
)
def test_essays_come_as_option_or_on_standard_input(
    command: Command, trained: Trained, arguments: tuple[str, ...], name: str
) -> None:
    """As with `score`; the page then has a name of its own."""
    outcome = command("explain", *arguments, "-m", trained.run, stdin=ESSAY.encode())
    assert 0 == outcome.code
    assert {name} == names()


def test_one_essay_of_a_table(command: Command, trained: Trained) -> None:
    """Chosen by its id, whose letters that no file name may have are replaced; bad rows do not matter."""
    rows = essay_rows(3)
    rows[1]["id"] = "../b/<2>"
    rows.append({**rows[0], "id": "empty", "text": " "})
    write_csv(Path("class.csv"), rows)
    outcome = command("explain", "class.csv", "--essay", "../b/<2>", "-m", trained.run)
    assert 0 == outcome.code, outcome.err
    assert {"class.csv", "b-2.explained.html"} == names()
    assert 2 == command("explain", "class.csv", "--essay", "empty", "-m", trained.run).code


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("my essay.txt", "-f", "xml"), "cannot explain as 'xml'; choose --format text or --format json"),
        (("my essay.txt", "-o", "my essay.txt"), "cannot write my essay.txt; name a page (.html)"),
        (("page.html", "-o", "./page.html"), "page.html is the essay itself; write somewhere else"),
        (("my essay.txt", "-o", "a.html", "--no-page"), "contradict each other"),
        (("my essay.txt", "--essay", "e1"), "--essay e1 chooses from a table"),
        (("my essay.txt", "--text", "Words."), "both my essay.txt and --text hold an essay"),
        (
            ("class.csv",),
            "class.csv holds 2 essays, and one is explained at a time; say which: --essay e",
        ),
        (("class.csv", "--essay", "e9"), "class.csv: no essay 'e9' among the 2 that can be graded"),
        (("gone.txt",), "gone.txt: no such file; check the path"),
        ((), "no essay given"),
    ],
)
def test_what_cannot_be_done_is_refused(
    command: Command, trained: Trained, essay: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    """One line that says what and what to do instead; the essay is as it was, and nothing is written."""
    write_csv(Path("class.csv"), essay_rows(2))
    Path("page.html").write_text(ESSAY, encoding="utf-8")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    outcome = command("explain", *arguments, "-m", trained.run)
    assert 2 == outcome.code
    assert complaint in outcome.complaint
    assert before == {path: path.read_bytes() for path in Path().iterdir()}


def test_no_page_is_half_written(
    command: Command, trained: Trained, essay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the old page stays, and nothing is left beside it."""
    assert 0 == command("explain", essay, "-m", trained.run).code
    before = {path: path.read_bytes() for path in Path().iterdir()}

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        outcome = command("explain", essay, "-m", trained.run)
    assert 1 == outcome.code
    assert "No space left on device; make room" in outcome.complaint
    assert before == {path: path.read_bytes() for path in Path().iterdir()}
