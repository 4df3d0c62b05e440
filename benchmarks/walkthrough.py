"""`make walkthrough`: run the commands of docs/research.md, as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "research.md"
"""Where the commands stand."""
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEEDED = ("KIND", "TRAIN")
"""Variables without which nothing can be run; `TEST`, `PROMPT` and others may be there."""


def commands(page: str) -> str:
    """The shell commands of a page, in order; each is shown as it is run; the first failure ends all."""
    return "\n".join(["set -euxo pipefail", *_BLOCK.findall(page)])


def main() -> int:
    """Run them where one stands, with the variables of the environment; the exit code of the shell."""
    lacking = [name for name in NEEDED if not os.environ.get(name)]
    if lacking:
        print(
            f"{' and '.join(lacking)} must be set: "
            "make walkthrough KIND=csv TRAIN=essays.csv [TEST=test.csv] [PROMPT=1]"
        )
        return 2
    paths = {name: str(Path(path).resolve()) for name in ("TRAIN", "TEST") if (path := os.environ.get(name))}
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = commands(PAGE.read_text(encoding="utf-8"))
    environment = {**os.environ, **paths, "PATH": beside}
    return subprocess.run(["bash", "-c", script], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
