"""The documentation check finds what has rotted, and only that."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "check.py"
COMMANDS: dict[str, Any] = {"train": {}, "models": {"list": {}, "promote": {}}}
MAKEFILE = "BIN := .venv/bin\n.PHONY: demo\ndemo: x ## run\n\techo $(BIN)\ntest lint: y\nNAME = a:b\n"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_check", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check = _load()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a Makefile, a source file and a page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "src/gradewise/essays").mkdir(parents=True)
    (tmp_path / "src/gradewise/essays/records.py").touch()
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "docs/plan.md").write_text('# The plan\n\n## Keys\n\n## Keys\n\n<a id="old"></a>\n')
    return tmp_path


def _faults(root: Path, readme: str) -> list[str]:
    (root / "README.md").write_text(readme)
    return [str(fault) for fault in check.find_faults(root, COMMANDS)]


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/plan.md) ![b](/docs/plan.md 'title') [c](<docs/plan.md>)",
        "[a](docs/plan.md#the-plan) [b](docs/plan.md#keys-1) [c](docs/plan.md#old)",
        "# A `b` c!\n[a](#a-b-c)",
        "[a](https://example.org/x#y) [b](mailto:x@example.org) [c](//example.org)",
        "[a]: docs/plan.md#keys",
        "`[a](nowhere.md)` and ``[b](`c`)``",
        "```markdown\n[a](nowhere.md)\n# no heading\n```",
        '<img src="docs/plan.md">',
        "[^1]: a footnote",
        "[a](src/gradewise/essays/records.py#L3)",
    ],
)
def test_good_links_pass(root: Path, text: str) -> None:
    """Files, headings, repeated headings, HTML anchors, other schemes and code are left in peace."""
    assert _faults(root, text) == []


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("README.md:1: link 'docs/no.md': there is no such file", "[a](docs/no.md)"),
        ("README.md:2: link 'docs/plan.md#no': there is no such heading", "\n[a](docs/plan.md#no)"),
        ("README.md:1: link '#no': there is no such heading", "[a](#no)"),
        ("README.md:1: link '../x.md': there is no such file", "[a](../x.md)"),
        ("README.md:1: link 'no.png': there is no such file", '<img alt="b" src="no.png">'),
        ("README.md:1: link 'no.md': there is no such file", "[a]: no.md"),
        ("README.md:4: link '#code': there is no such heading", "```\n# Code\n```\n[a](#code)"),
    ],
)
def test_a_dead_link_is_named_with_its_line(root: Path, expected: str, text: str) -> None:
    """The fault says where the link stands and what it misses."""
    outside = "README.md:1: link '../x.md' leaves the project"
    assert [outside if "../" in text else expected] == _faults(root, text)


@pytest.mark.parametrize(
    "line",
    [
        "$ gradewise train plan.yaml",
        "$ gradewise models list --all | head",
        "$ gradewise --help",
        "$ gradewise --log-level debug train plan.yaml",
        "$ A=1 make demo DATA=essays.csv -j2 && gradewise train",
        "$ make test lint",
        "$ cat 'unbalanced",
        "$ ls  # make nothing",
        "gradewise nonsense is output",
    ],
)
def test_good_commands_pass(root: Path, line: str) -> None:
    """Known sub-commands and targets pass, and so does what another program does."""
    assert _faults(root, f"```console\n{line}\n```\n") == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("gradewise has no sub-command 'trian'", "$ gradewise trian plan.yaml"),
        ("gradewise models has no sub-command 'lsit'", "$ gradewise models lsit"),
        ("gradewise has no sub-command 'x'", "$ make demo; gradewise x"),
        ("make has no target 'deom'", "$ make \\\n  deom"),
        ("make has no target 'BIN'", "$ make BIN"),
    ],
)
def test_an_unknown_command_is_named(root: Path, what: str, line: str) -> None:
    """A mistyped sub-command or target in a console block is a fault at the line where it begins."""
    assert [f"README.md:2: {what}"] == _faults(root, f"```console\n{line}\n```\n")


def test_commands_count_in_console_blocks_only(root: Path) -> None:
    """Other blocks may show anything."""
    assert _faults(root, "```text\n$ make nothing\n```\n$ gradewise nothing\n") == []


def test_without_a_command_line_sub_commands_are_not_checked(root: Path) -> None:
    """Makefile targets still are."""
    (root / "README.md").write_text("```console\n$ gradewise x\n$ make x\n```\n")
    assert [str(f) for f in check.find_faults(root, None)] == ["README.md:3: make has no target 'x'"]


def test_a_source_path_must_exist(root: Path) -> None:
    """A path at the end of a sentence is read without the full stop."""
    text = "See `src/gradewise/essays/` and src/gradewise/essays/records.py.\n`src/gradewise/models/x.py`"
    assert _faults(root, text) == ["README.md:2: src/gradewise/models/x.py does not exist"]


def test_unfinished_words_are_faults_on_every_page(root: Path) -> None:
    """Whole words in capitals count, in docs/ as well."""
    (root / "docs/later.md").write_text("a\nTO" + "DO: write\n")
    assert _faults(root, "Todos and " + "X" * 4) == ["docs/later.md:2: unfinished: TO" + "DO"]


def test_the_readme_has_a_limit_and_exists(root: Path) -> None:
    """160 lines pass, 161 do not, and a project has a README."""
    assert [str(f) for f in check.find_faults(root, COMMANDS)] == ["README.md:1: does not exist"]
    assert _faults(root, "a\n" * 160) == []
    assert _faults(root, "a\n" * 161) == [
        "README.md:161: has 161 lines; it may have 160, move the rest to docs/"
    ]


def test_a_project_without_a_makefile_has_no_targets(tmp_path: Path) -> None:
    """Nothing to read is nothing to know."""
    assert frozenset() == check.make_targets(tmp_path)


def test_targets_are_read_from_the_makefile(root: Path) -> None:
    """Variables, recipes and special targets are none."""
    assert frozenset({"demo", "test", "lint"}) == check.make_targets(root)


def test_sub_commands_are_read_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups are followed; a plain command has none below it."""
    typer = pytest.importorskip("typer")
    models = typer.Typer()
    app = typer.Typer()
    app.add_typer(models, name="models")
    for parent, names in ((app, ["train"]), (models, ["list", "promote"])):
        for name in names:
            parent.command(name)(lambda: None)
    module = ModuleType("gradewise.cli.program")
    module.__dict__["program"] = app
    monkeypatch.setitem(sys.modules, "gradewise.cli.program", module)
    assert check.gradewise_commands() == COMMANDS


def test_an_option_that_a_command_does_not_take_is_named(root: Path) -> None:
    """Of the command itself or of one below a group; options of other programs are left in peace."""
    (root / "README.md").write_text(
        "```console\n$ gradewise train x.csv --seed=1 --depth 3\n"
        "$ gradewise models list --limit 3 --all | sort --unique\n```\n"
    )
    options = {"train": frozenset({"--seed"}), "models list": frozenset({"--limit"})}
    assert [str(each) for each in check.find_faults(root, COMMANDS, options)] == [
        "README.md:2: gradewise train has no option --depth",
        "README.md:3: gradewise models list has no option --all",
    ]


def test_a_setting_that_nothing_reads_is_named(root: Path) -> None:
    """A variable is known when the source names it; the beginning of several is none."""
    (root / "src/gradewise/essays/records.py").write_text('environ["GRADEWISE_USER"]')
    said = "`GRADEWISE_USER`, `GRADEWISE_SERVE_*`, `GRADEWISE_USERS`"
    assert _faults(root, said) == ["README.md:1: nothing reads GRADEWISE_USERS"]


def test_options_are_those_of_the_commands() -> None:
    """A command below a group goes by both names."""
    options = check.gradewise_options()
    assert "--stage" in options["registry promote"]
    assert "--output" in options["train"]


@pytest.mark.parametrize("missing", ["gradewise", "gradewise.cli.program"])
def test_no_command_line_is_no_fault(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Without gradewise or its command line there is nothing to compare with."""

    def fail(name: str) -> ModuleType:
        raise ModuleNotFoundError(name, name=missing)

    monkeypatch.setattr(check.importlib, "import_module", fail)
    assert check.gradewise_commands() is None


def test_a_broken_command_line_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dependency that is missing is an error, never silence."""

    def fail(name: str) -> ModuleType:
        raise ModuleNotFoundError(name, name="typer")

    monkeypatch.setattr(check.importlib, "import_module", fail)
    with pytest.raises(ModuleNotFoundError):
        check.gradewise_commands()


def test_the_script_prints_faults_and_exits_with_one(root: Path) -> None:
    """Faults go to standard output, one a line; without any it is silent and exits with 0."""
    copy = root / "docs/check.py"
    copy.write_text(SCRIPT.read_text("utf-8"))
    (root / "README.md").write_text("[a](b.md)\n[c](d.md)\n")
    run = [sys.executable, str(copy)]
    bad = subprocess.run(run, capture_output=True, text=True, check=False)
    (root / "README.md").write_text("fine\n")
    good = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (bad.returncode, len(bad.stdout.splitlines())) == (1, 2)
    assert (good.returncode, good.stdout) == (0, "")
