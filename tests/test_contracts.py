"""The architecture's contracts hold because a breach is seen."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BREACHES = {
    "essays/breach.py": "import gradewise.models.trees\n",
    "features/breach.py": "import sqlite3\n",
    "workflows/breach.py": "import gradewise.adapters.csv_file\nimport gradewise.settings\n",
}
CONTRACTS = (
    "Rooms import downwards only",
    "Pure rooms know no database",
    "Only bootstrap names adapters",
    "Nobody below the edge reads settings",
)


def test_each_contract_is_seen_to_break(tmp_path: Path) -> None:
    """In a copy of the source in which some module breaches it, each is reported broken."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for relative, content in BREACHES.items():
        (tmp_path / "src" / "gradewise" / relative).write_text(
            f'"""A breach."""\n\n{content}', encoding="utf-8"
        )
    command = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [command, "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0
    lines = checked.stdout.splitlines()
    for contract in CONTRACTS:
        assert any(line.startswith(contract) and "BROKEN" in line for line in lines), contract
