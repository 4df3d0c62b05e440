"""The page on classes works as it is written."""

import json
import os
import subprocess
from pathlib import Path

from benchmarks.walkthrough import PAGE, commands

TEXTS = PAGE.parent / "classification.md"
FEW_TRIALS = "sed -i 's/# n_iter: 20/n_iter: 2/' config.yaml"
"""What makes it short."""


def test_the_commands_of_the_page_work_on_few_texts(tmp_path: Path, program: Path) -> None:
    """From the demonstration to drift: trained, used, promoted, pushed and watched."""
    page = commands(TEXTS.read_text(encoding="utf-8"))
    script = page.replace("gradewise check-data", f"{FEW_TRIALS}\ngradewise check-data")
    walked = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "TEXTS": "100",
            "WHY": "few texts",
            "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert 0 == walked.returncode, walked.stderr[-2000:]
    assert (tmp_path / "models" / "intents" / "production").exists()
    assert (tmp_path / "classes.parquet").stat().st_size > 0
    pushed = list((tmp_path / "backup" / "intents").rglob("*"))
    assert {"model.tar", "metadata.json"} == {path.name for path in pushed if path.is_file()}
    journal = (tmp_path / "output" / "experiments.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"completed"} == {json.loads(line)["state"] for line in journal}
