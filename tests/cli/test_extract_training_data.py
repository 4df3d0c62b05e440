"""`gradewise extract-training-data`."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from gradewise.adapters.parquet_file import ParquetFile
from gradewise.bootstrap import services_from
from gradewise.settings import Settings, source_url_in
from gradewise.telemetry import Event, Notice
from gradewise.testing.synthetic import generate_essays
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, parse_plan
from gradewise.workflows.plans.template import commented_plan
from gradewise.workflows.runs.identity import identify
from schools import JUDGEMENT, School, essays_school
from trials import Command

PASSWORD = "not-for-eyes"  # noqa: S105 - looked for in what is shown


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    """A database that the environment names, with 60 graded essays and a vector each."""
    (tmp_path / "school.sqlite").touch()
    school = School(f"sqlite:///{tmp_path / 'school.sqlite'}")
    monkeypatch.setenv("GRADEWISE_SOURCE_URL", school.url)
    return school


def graded(school: School, *, origin: str = "grade") -> None:
    """Tables of 60 essays with a vector of two numbers each."""
    essays = generate_essays(60, seed=3)
    school.run(
        f"CREATE TABLE essays (essay_id TEXT, text_content TEXT, {origin} TEXT, created_at TEXT, task TEXT)",
        "CREATE TABLE features (essay_id TEXT, feature_vector TEXT)",
    )
    school.insert_all(
        "essays",
        [
            {
                "essay_id": essay.id,
                "text_content": essay.text,
                origin: essay.label,
                "created_at": "2025-12-01",
                "task": essay.prompt,
            }
            for essay in essays
        ],
    )
    school.insert_all(
        "features", [{"essay_id": essay.id, "feature_vector": [len(essay.text), 1]} for essay in essays]
    )


def prepared(path: Path, cache: Path) -> tuple[Plan, list[str]]:
    """What training sees of a file with no further option, and what it says."""
    heard: list[Event] = []
    plan = make_plan({"data": {"train": path}}, location="test")
    with services_from(Settings(cache_directory=cache, workers=1)) as services:
        dataset = prepare_dataset(plan, services, heard.append)
    return dataset.plan, [event.message for event in heard if isinstance(event, Notice)]


def test_a_file_is_made_that_training_reads_with_no_further_option(
    command: Command, school: School, tmp_path: Path
) -> None:
    """Columns and scale are found; the plan trains on what it extracts; labels by teachers need no notice."""
    graded(school)
    plan = {"data": {"train": "training.parquet"}, "source": {"columns": {"prompt": "task"}}}
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan))
    shown = command("extract-training-data", "--config", "plan.yaml")
    assert 0 == shown.code, shown.err
    assert "60 of 60 read; the filters left 0 out" in shown.out
    assert "2 columns given_…" in shown.out
    assert "gradewise train " in shown.out
    found, said = prepared(tmp_path / "training.parquet", tmp_path / "cache")
    columns = found.data.columns
    assert ("text", "grade", "essay_id", "prompt", "written_at", "swedish8") == (
        columns.text, columns.label, columns.id, columns.prompt, columns.written_at, found.scale,
    )  # fmt: skip
    assert not [line for line in said if "judgement" in line]


def test_labels_of_judgement_are_said_when_training_reads_them(
    command: Command, school: School, tmp_path: Path
) -> None:
    """The file says who gave its labels, and training passes it on."""
    graded(school, origin="primary_grade")
    shown = command(
        "extract-training-data", "--label-from", "primary_grade", "--output-path", "data/t.parquet", "-q"
    )
    assert 0 == shown.code
    record = json.loads((tmp_path / "data" / "t.provenance.json").read_text())
    assert ("judgement", False) == (record["label"]["origin"], record["label"]["circular"])
    _, said = prepared(tmp_path / "data" / "t.parquet", tmp_path / "cache")
    assert any("come of comparative judgement, not from teachers" in line for line in said)


def test_the_earlier_command_line_is_refused_as_a_circle_with_the_ways_out(
    command: Command, school: School, tmp_path: Path
) -> None:
    """Projected grades beside scores: refused by name; without scores, or asked for by name, it is done."""
    school.run(JUDGEMENT)
    asked = ("extract-training-data", "--schema", "judgement", "--since-days", "3650",
             "--min-comparisons", "2", "--output", "training.parquet")  # fmt: skip
    refused = command(*asked)
    assert 2 == refused.code
    assert refused.complaint.startswith("circular label: ")
    assert [] == list(tmp_path.glob("*training*"))
    assert 0 == command(*asked, "--no-judgement-features").code
    assert ["essay_id", "text", "grade", "prompt", "written_at", "batch"] == pq.read_schema(
        "training.parquet"
    ).names
    shown = command(*asked, "--allow-circular-label", "--status", "COMPLETE_*")
    assert "note: the label follows from features beside it" in shown.err
    assert "columns beside it decide the label" in ParquetFile(Path("training.parquet")).notices[0]


def test_a_url_on_the_command_line_is_warned_of_and_never_shown(command: Command, tmp_path: Path) -> None:
    """Shells keep what is typed; exit 1 says that the database is not there."""
    url = f"postgresql://teacher:{PASSWORD}@127.0.0.1:1/essays"
    shown = command("extract-training-data", "-o", "training.parquet", "--source-url", url)
    assert 1 == shown.code
    assert "stays in the shell's history" in shown.err
    assert PASSWORD not in shown.err + shown.out
    assert [] == list(tmp_path.glob("*training*"))


def test_what_is_missing_on_the_command_line_is_said(command: Command, tmp_path: Path) -> None:
    """Which database, which file, and no URL in a plan."""
    assert "set GRADEWISE_SOURCE_URL" in command("extract-training-data", "-o", "a.parquet").complaint
    assert "name a plan, or the file to write" in command("extract-training-data").complaint
    assert "no name of a Parquet file" in command("extract-training-data", "-o", "a.csv").complaint
    (tmp_path / "plan.yaml").write_text(
        f"data: {{train: a.parquet}}\nsource: {{url_variable: 'postgresql://u:{PASSWORD}@h/d'}}"
    )
    refused = command("extract-training-data", "plan.yaml").complaint
    assert "name an environment variable" in refused
    assert PASSWORD not in refused
    both = command("extract-training-data", "-o", "a.parquet", "--since", "2025-01-01", "--since-days", "9")
    assert "write one of them" in both.complaint


def test_a_plan_may_name_the_variable() -> None:
    """Machines that read from several schools have several URLs."""
    assert "sqlite:///a" == source_url_in("SCHOOL_B", {"SCHOOL_B": "sqlite:///a"})


def test_the_source_is_a_circumstance_and_stands_in_the_template() -> None:
    """A run is known by its essays, not by where they once came from; each key is explained."""
    bare = make_plan({"data": {"train": "a.parquet"}}, location="test")
    sourced = make_plan({"data": {"train": "a.parquet"}, "source": {"preset": "judgement"}}, location="test")
    plans = [identify(each, "train", versions={}, content="x").plan for each in (bare, sourced)]
    assert plans[0] == plans[1]
    template = commented_plan(bare)
    assert "min_comparisons:" in template
    assert bare == parse_plan(template, location="template")
    assert sourced == parse_plan(commented_plan(sourced), location="template")


def test_records_of_others_are_passed_over(tmp_path: Path) -> None:
    """A file may hold anything under any name."""
    for n, record in enumerate([b"no json", b"[]", b"{}", b'{"label": 3}']):
        path = tmp_path / f"{n}.parquet"
        table = pa.table({"a": ["x"]}).replace_schema_metadata({b"gradewise.provenance": record})
        pq.write_table(table, path)
        assert () == ParquetFile(path).notices


def test_small_essays_school_is_the_preset(command: Command, school: School) -> None:
    """No plan at all: the tables of the preset."""
    essays_school(school, {"essay_id": "a"}, vectors=False)
    shown = command("extract-training-data", "--output", "training.parquet")
    assert "there is no table 'features': no features" in shown.err
    assert "C 1 (from teacher)" in shown.out
