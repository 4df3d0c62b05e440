"""`gradewise serve`: the whole service, with a trained model, asked over HTTP while it runs."""

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

from gradewise.cli.service.serving import failures_told, hear_service, unharmed
from gradewise.service_events import RequestAnswered, ScoreLogChanged
from gradewise.serving.grpc import gradewise_pb2 as pb
from gradewise.serving.grpc.gradewise_pb2_grpc import ScoringStub
from serving_command import PATIENCE_S, answers, free_port, wait_until, while_serving
from trials import Command, Trained

EVERYWHERE = "0.0.0.0"  # noqa: S104 - where it must not listen without tokens
ESSAY = "I think that school should begin later. Pupils who sleep well learn more, and they are happier too."


def test_what_a_service_cannot_do_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a log, too, whoever runs it reads why essays are refused; again once it was well."""
    hear = failures_told()

    def answered(status: int, reason: str | None = None, route: str = "POST /v1/score") -> None:
        hear(RequestAnswered(route=route, status=status, seconds=0.1, reason=reason))

    for _ in "12":
        answered(503, "the disk is full")
    answered(503, "no", "GET /readyz")
    answered(422)
    answered(200)
    answered(503, "the disk is full")
    said = "POST /v1/score is answered with 503: the disk is full"
    assert [said, said] == capsys.readouterr().err.splitlines()


def test_a_terminal_that_cannot_be_written_harms_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Where answers go is said once; words that lead to a full disk are lost, and nothing else."""

    def full(event: object) -> None:
        raise OSError(28, "No space left on device")

    unharmed(full)(ScoreLogChanged("unwritable"))
    for event in (ScoreLogChanged("unwritable", "it is full"), ScoreLogChanged("kept")):
        hear_service(event)
    said = "score log: answers can be written down nowhere, so that essays are refused: it is full"
    assert [said, "score log: answers are written down again"] == capsys.readouterr().err.splitlines()


def test_a_model_is_served_until_sigterm(
    command: Command, trained: Trained, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Essays are graded, kept, found again; SIGHUP looks for another model; the last request is finished."""
    log, grpc_port = tmp_path / "log.jsonl", free_port()
    monkeypatch.setenv("GRADEWISE_LOG_FILE", str(log))
    monkeypatch.setenv("GRADEWISE_STATE_DIR", str(tmp_path / "state"))

    def ask(url: str) -> dict[str, Any]:
        with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
            first, again = (client.post("/v1/score", json={"text": ESSAY, "reasons": 2}).json() for _ in "12")
            batch = client.post("/v1/score/batch", json={"essays": [{"text": ESSAY}, {"text": "Short one."}]})
            found = {
                "first": first, "again": again, "batch": batch.json()["scores"],
                "record": client.get(f"/v1/scores/{first['score_id']}").json(),
                "ready": client.get("/readyz").json(), "models": client.get("/v1/models").json()["slots"],
                "unknown batch": client.post("/v1/batches/b1/finalize").status_code,
                "metrics": client.get("/metrics").text,
                "by gRPC": _called(grpc_port),
            }  # fmt: skip
        os.kill(os.getpid(), signal.SIGHUP)
        wait_until(lambda: '"asked_by": "signal"' in log.read_text())
        return {**found, "last": _asked_at_the_end(url)}

    (tmp_path / "damaged").mkdir()
    options = (
        "--model", trained.bundle, "--poll", "0", "--grpc-port", str(grpc_port),
        "--challenger", "damaged", "--shadow",
    )  # fmt: skip
    outcome, found = while_serving(command, ask, *options)
    assert 0 == outcome.code, outcome.err
    assert "challenger: no model is served: " in outcome.err
    assert (None, True) == (found["models"][1]["model"], bool(found["models"][1]["detail"]))
    assert 'cj_ml_model_loaded{slot="challenger"} 0.0' in found["metrics"]
    assert 2 == len(found["first"]["reasons"])
    assert (False, True) == (found["first"]["cached"], found["again"]["cached"])
    assert (
        found["first"]["probabilities"]
        == found["again"]["probabilities"]
        == found["batch"][0]["probabilities"]
    )
    assert 1 == len({each["model"]["digest"] for each in found["batch"]})
    assert found["first"]["grade"] == found["record"]["grade"]
    assert ["model", "grades", "fresh", "log"] == [
        each["check"] for each in found["ready"]["checks"] if each["passed"]
    ]
    assert found["models"][0]["model"]["digest"] == found["first"]["model"]["digest"]
    assert 404 == found["unknown batch"]
    assert 'cj_ml_answers_total{arm="champion"} 4.0' in found["metrics"]
    assert 1 == found["metrics"].count("\ncj_ml_active_model_version{")
    called = found["by gRPC"]
    assert found["first"]["probabilities"] == {each.grade: each.probability for each in called.probabilities}
    assert (found["first"]["model"]["digest"], found["first"]["score"]) == (called.model.digest, called.score)
    assert b"HTTP/1.1 200" in found["last"]
    assert ESSAY not in log.read_text()
    listed = command("scores", "list", "--json")
    assert 6 == len(json.loads(listed.out)["scores"])  # the one at the end as well


def _called(port: int) -> Any:
    """The answer to the same by gRPC."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = ScoringStub(channel)  # type: ignore[no-untyped-call]  # generated
        return stub.Score(pb.ScoreRequest(essay=pb.Essay(text=ESSAY)), timeout=PATIENCE_S)


def _asked_at_the_end(url: str) -> bytes:
    """The answer to a request that is only half sent when the service is asked to end."""
    body = json.dumps({"text": "The last essay of the day.", "essay_id": "last"}).encode()
    with socket.create_connection(
        ("127.0.0.1", int(url.rpartition(":")[2])), timeout=PATIENCE_S
    ) as connection:
        head = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(b"POST /v1/score HTTP/1.1\r\n" + head.encode() + body[:10])
        wait_until(lambda: answers(url))  # by then it has begun
        os.kill(os.getpid(), signal.SIGTERM)
        wait_until(lambda: not answers(url))
        connection.sendall(body[10:])
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(("options", "said"), [
    (["--host", EVERYWHERE], "gradewise tokens new"),
    (["--tokens", "nowhere.json"], "gradewise tokens new"),
    (["--model", "a", "--name", "b"], "both model"),
    (["--model", "a:b/c"], "nothing is at"),
    (["--model", "nobody"], "error: nobody@production leads to no model; see what there is"),
    ([], "which model?"),
    (["--share", "0.1", "--name", "a"], "--challenger"),
    (["--challenger", "a", "--name", "b"], "would do nothing"),
], ids=["host", "tokens", "two", "path", "unknown", "none", "share", "idle"])  # fmt: skip
def test_what_cannot_be_served_is_told_at_once(command: Command, options: list[str], said: str) -> None:
    """With what to do about it."""
    outcome = command("serve", "--port", "0", *options)
    assert 2 == outcome.code
    assert said in outcome.err


def test_tokens_are_made_listed_and_revoked(command: Command, tmp_path: Path) -> None:
    """The token alone is on standard output, once."""
    made = command("tokens", "new", "--name", "anna", "--role", "admin")
    assert made.out.startswith("gradewise_")
    assert "shown only now" in made.err
    listed = command("tokens", "list")
    assert ["name", "role", "made", "anna", "admin"] == listed.out.split()[:5]
    assert made.out.strip() not in listed.out + (tmp_path / "tokens.json").read_text()
    assert "revoked" in command("tokens", "revoke", "--name", "anna").out
    assert 2 == command("tokens", "revoke", "--name", "anna").code
