"""Other servers of the same ONNX file, each in an environment of its own that is made once and kept."""

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.measurements import OUTPUT
from benchmarks.serving.processes import Process, free_port, started

VENVS = OUTPUT / "venvs"
REQUIREMENTS = {
    # With a newer uvloop its default, one worker process, does not start.
    "mlserver": ("mlserver==1.7.1", "uvloop<0.22", "onnxruntime", "numpy"),
    "bentoml": ("bentoml==1.4.39", "onnxruntime", "numpy"),
}
MLSERVER = """
import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Essays(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.settings.parameters.uri, options)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0]).astype(np.float32, copy=False)
        names = [each.name for each in self.session.get_outputs()]
        said = self.session.run(names, {"features": rows})
        outputs = [NumpyCodec.encode_output(name, each) for name, each in zip(names, said)]
        return InferenceResponse(model_name=self.name, outputs=outputs)
"""
BENTOML = """
import bentoml
import numpy as np
import onnxruntime


@bentoml.service(workers=1)
class Essays:
    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession("model.onnx", options)
        self.names = [each.name for each in self.session.get_outputs()]

    @bentoml.api
    def score(self, features: np.ndarray) -> dict[str, list]:
        said = self.session.run(self.names, {"features": features.astype(np.float32)})
        return {name: each.tolist() for name, each in zip(self.names, said)}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a server is asked for a grade."""

    path: str
    """Of the request."""
    bodies: Sequence[bytes]
    """One for each row of features."""


def environment(name: str) -> Path:
    """The programs of an environment, made where it is not there yet; a minute or two."""
    directory = VENVS / name
    if not (directory / "made").exists():
        print(f"installing {' '.join(REQUIREMENTS[name])} into {directory}, once", flush=True)
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
        install: list[str | Path] = [
            directory / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            *REQUIREMENTS[name],
        ]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
        (directory / "made").touch()
    return (directory / "bin").absolute()


def versions(name: str) -> str:
    """What is installed of what matters: ``mlserver 1.7.1, onnxruntime 1.31.1``."""
    program = (
        "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    )
    packages = (name, "onnxruntime", *(("uvloop",) if name == "mlserver" else ()))
    done = subprocess.run(
        [environment(name) / "python", "-c", program, *packages], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@contextlib.contextmanager
def mlserver(scratch: Path, model: Path, *, workers: int) -> Iterator[Process]:
    """MLServer with a runtime of ten lines; no metrics, no access log."""
    directory, port = _directory(scratch, f"mlserver{workers}", model), free_port()
    (directory / "essays.py").write_text(MLSERVER, encoding="utf-8")
    _write(
        directory / "settings.json",
        host="127.0.0.1", http_port=port, grpc_port=free_port(), metrics_port=free_port(),
        metrics_endpoint=None, parallel_workers=workers, debug=False,
    )  # fmt: skip
    uri = str((directory / "model.onnx").absolute())
    _write(
        directory / "model-settings.json",
        name="essays", implementation="essays.Essays", parameters={"uri": uri},
    )  # fmt: skip
    command: list[str | Path] = [environment("mlserver") / "mlserver", "start", directory]
    with started(
        command, port=port, ready="/v2/models/essays/ready", log=directory / "log",
        extra={"PYTHONPATH": str(directory)},
    ) as process:  # fmt: skip
        yield process


@contextlib.contextmanager
def bentoml(scratch: Path, model: Path) -> Iterator[Process]:
    """BentoML with a service of ten lines; one worker, no access log, no metrics, no tracing."""
    directory, port = _directory(scratch, "bentoml", model), free_port()
    (directory / "essays.py").write_text(BENTOML, encoding="utf-8")
    quiet = {"services": {"logging": {"access": {"enabled": False}}, "metrics": {"enabled": False}}}
    _write(directory / "bento.yaml", **quiet)  # JSON is YAML
    bin_ = environment("bentoml")
    command: list[str | Path] = [
        bin_ / "bentoml", "serve", "essays:Essays", "--working-dir", directory, "--port", str(port),
        "--host", "127.0.0.1",
    ]  # fmt: skip
    with started(
        command, port=port, ready="/readyz", log=directory / "log",
        extra={
            "BENTOML_CONFIG": str((directory / "bento.yaml").absolute()), "BENTOML_DO_NOT_TRACK": "1",
            "PYTHONPATH": "", "PATH": f"{bin_}:/usr/bin:/bin", "BENTOML_HOME": str(directory / "home"),
        },
    ) as process:  # fmt: skip
        yield process


def asked_of_mlserver(rows: np.ndarray) -> Asked:
    """Rows as the open inference protocol has them, one a request."""
    return Asked(
        "/v2/models/essays/infer",
        [
            json.dumps(
                {
                    "inputs": [
                        {"name": "features", "shape": [1, len(row)], "datatype": "FP32", "data": row.tolist()}
                    ]
                }
            ).encode()
            for row in rows
        ],
    )


def asked_of_bentoml(rows: np.ndarray) -> Asked:
    """Rows as BentoML takes arrays, one a request."""
    return Asked("/score", [json.dumps({"features": [row.tolist()]}).encode() for row in rows])


def _directory(scratch: Path, name: str, model: Path) -> Path:
    directory = scratch / name
    directory.mkdir()
    shutil.copyfile(model, directory / "model.onnx")
    return directory


def _write(path: Path, **content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
