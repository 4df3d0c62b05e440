"""Commands of the research bench that follow no plan of classes say what to do instead."""

from pathlib import Path

import pytest

from gradewise.cli.main import REFUSED, run
from gradewise.testing.class_bundles import CLASSES, made_up_texts
from trials import write_csv


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("tune", "--search bayesian"),
        ("sweep", "method: grid"),
        ("ablation", "gradewise compare-cv-runs"),
        ("drop-column", "gradewise cv"),
    ],
    ids=["tune", "sweep", "ablation", "drop-column"],
)
def test_what_compares_grades_names_what_compares_classes(
    command: str, instead: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal comes before anything is read, and names the way that there is."""
    texts, codes = made_up_texts(8)
    rows = [{"text": text, "label": CLASSES.grades[code]} for text, code in zip(texts, codes, strict=True)]
    file = write_csv(tmp_path / "texts.csv", rows)
    config = tmp_path / "plan.yaml"
    config.write_text(f"name: intents\ntask: nominal\ndata: {{train: {file}}}\n", encoding="utf-8")
    assert REFUSED == run([command, str(config)])
    told = " ".join(capsys.readouterr().err.split())
    assert "this plan has `task: nominal`" in told
    assert instead in told
