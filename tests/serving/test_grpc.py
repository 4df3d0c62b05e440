"""The service by gRPC, called over a real channel: answers, codes, tokens, health."""

import json
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import grpc
import grpc_tools
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_tools import protoc

import gradewise
from calling_service import Called, called_service
from gradewise.errors import InputError, PlanError, UnavailableError
from gradewise.service_events import RequestAnswered
from gradewise.serving.grpc import gradewise_pb2 as pb
from gradewise.serving.grpc.gradewise_pb2_grpc import ScoringStub
from gradewise.serving.grpc.running import GrpcListening
from gradewise.serving.limits import Limits
from gradewise.serving.tokens import TokenFile

ESSAY = "A perfectly ordinary essay of some words"
PATIENCE_S = 30.0
LISTENING = GrpcListening(limits=Limits(batch_bytes=300_000, drain_s=5), health_every_s=0.02)
Stub = Any
AUDIT = pb.ReviewQueueRequest(route="audit")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    """A service that asks for no tokens."""
    with called_service(tmp_path_factory.mktemp("called"), LISTENING) as called:
        yield called


@pytest.fixture(scope="module")
def channel(service: Called) -> Iterator[grpc.Channel]:
    """Calls it."""
    with grpc.insecure_channel(service.address) as channel:
        yield channel


@pytest.fixture(scope="module")
def stub(channel: grpc.Channel) -> Stub:
    """Its methods."""
    return ScoringStub(channel)  # type: ignore[no-untyped-call]  # generated


def refused(call: Callable[[], object]) -> grpc.RpcError:
    """The error that a call ends in."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def essay(**fields: Any) -> pb.ScoreRequest:
    """A request for one essay."""
    return pb.ScoreRequest(essay=pb.Essay(text=fields.pop("text", ESSAY), **fields))


def test_an_essay_is_graded(stub: Stub, service: Called) -> None:
    """The answer has the grade, its probabilities in order, and the one model that gave it."""
    answer = stub.Score(essay(essay_id="e1", prompt="p", given={"n": 1.0}), timeout=PATIENCE_S)
    identity = service.small.model.identity
    assert ("e1", "D", "review", "champion") == (answer.essay_id, answer.grade, answer.route, answer.arm)
    assert (identity.name, identity.digest) == (answer.model.name, answer.model.digest)
    assert list(service.small.model.scale.grades) == [each.grade for each in answer.probabilities]
    assert 1 == pytest.approx(sum(each.probability for each in answer.probabilities))


def test_a_batch_is_answered_in_its_order(stub: Stub) -> None:
    """Every essay by its own id; two of one name are refused."""
    essays = [pb.Essay(text="word " * n, essay_id=f"e{n}") for n in (9, 1, 4)]
    answer = stub.ScoreBatch(pb.ScoreBatchRequest(essays=essays, batch_id="b1"))
    assert ["e9", "e1", "e4"] == [each.essay_id for each in answer.scores]
    error = refused(lambda: stub.ScoreBatch(pb.ScoreBatchRequest(essays=essays[:1] * 2)))
    assert grpc.StatusCode.INVALID_ARGUMENT == error.code()
    assert "comes twice" in error.details()


def test_a_batch_becomes_final(stub: Stub) -> None:
    """What has no value is not set; a batch that there is not is not found."""
    result = stub.Finalize(pb.FinalizeRequest(batch_id="b1"))
    assert ("bt_only", 2026, "no_model") == (
        result.scoring_method,
        result.finalized_at.ToDatetime().year,
        result.essays[0].reason,
    )
    assert not result.HasField("model")
    assert not result.essays[0].HasField("ml_grade")
    assert (
        grpc.StatusCode.NOT_FOUND == refused(lambda: stub.Finalize(pb.FinalizeRequest(batch_id="no"))).code()
    )


def test_a_correction_is_kept_once(stub: Stub) -> None:
    """Told twice, under one id or without, it is the same, and the answer says so."""
    score_id = stub.Score(essay(essay_id="c1")).score_id
    told = pb.CorrectRequest(score_id=score_id, grade="A", corrected_by="anna", id=uuid.uuid4().hex)
    first = stub.Correct(told)
    assert ("D", "A", False) == (first.model_grade, first.grade, first.confirms)
    kept = pb.Correction()
    kept.CopyFrom(first)
    kept.already = True
    without_id = pb.CorrectRequest(score_id=score_id, grade="A", corrected_by="anna")
    assert (False, kept, kept) == (first.already, stub.Correct(told), stub.Correct(without_id))
    unknown = pb.CorrectRequest(score_id=uuid.uuid4().hex, grade="A", corrected_by="anna")
    assert grpc.StatusCode.NOT_FOUND == refused(lambda: stub.Correct(unknown)).code()


def test_what_waits_and_what_was_answered_is_shown(stub: Stub) -> None:
    """An answer as it is kept, also at its place in the queue; another id, route or too many are refused."""
    given = stub.Score(essay(essay_id="w1"))
    kept = stub.FindScore(pb.FindScoreRequest(score_id=given.score_id))
    assert ("w1", "D", given.model) == (kept.essay_id, kept.grade, kept.model)
    assert {each.grade: each.probability for each in given.probabilities} == json.loads(kept.prediction)[
        "probabilities"
    ]
    queue = stub.ReviewQueue(pb.ReviewQueueRequest(limit=500, route="review"))
    assert kept in queue.waiting
    assert (queue.n_review, 0) == (len(queue.waiting), len(stub.ReviewQueue(AUDIT).waiting))
    for part, code in ((given.score_id[:31], "NOT_FOUND"), ("%", "NOT_FOUND")):
        error = refused(partial(stub.FindScore, pb.FindScoreRequest(score_id=part)))
        assert code == error.code().name
    for asked in (pb.ReviewQueueRequest(route="x"), pb.ReviewQueueRequest(limit=501)):
        assert "INVALID_ARGUMENT" == refused(partial(stub.ReviewQueue, asked)).code().name


def test_models_are_shown(stub: Stub, service: Called) -> None:
    """What answers, since when."""
    (slot,) = stub.Models(pb.ModelsRequest()).slots
    assert ("champion", service.small.model.identity.digest, "") == (
        slot.slot, slot.model.digest, slot.refused,
    )  # fmt: skip
    assert slot.HasField("loaded_at")


def test_another_model_is_looked_for(stub: Stub, service: Called) -> None:
    """Nothing else is there, so that the same goes on."""
    told = stub.Reload(pb.ReloadRequest()).reloads
    assert [("champion", "same")] == [(each.slot, each.outcome) for each in told]
    assert service.small.model.identity.digest == told[0].model.digest


@pytest.mark.parametrize(("request_of", "code"), [
    (lambda: essay(text=""), "INVALID_ARGUMENT"),
    (lambda: essay(text="  "), "INVALID_ARGUMENT"),
    (lambda: essay(essay_id="x" * 201), "INVALID_ARGUMENT"),
    (lambda: essay(given={"n": float("nan")}), "INVALID_ARGUMENT"),
    (lambda: essay(text="word " * 100_000), "RESOURCE_EXHAUSTED"),
    (lambda: essay(essay_id="busy"), "RESOURCE_EXHAUSTED"),
    (lambda: essay(essay_id="late"), "DEADLINE_EXCEEDED"),
    (lambda: essay(essay_id="bug"), "INTERNAL"),
], ids=["empty", "blank", "name", "number", "size", "busy", "late", "bug"])  # fmt: skip
def test_errors_have_codes(stub: Stub, request_of: Callable[[], pb.ScoreRequest], code: str) -> None:
    """And no word of the essay in them."""
    error = refused(lambda: stub.Score(request_of(), timeout=PATIENCE_S))
    assert code == error.code().name
    assert "perfectly" not in error.details()


def test_a_full_service_says_when_to_come_back(stub: Stub) -> None:
    """In the metadata that clients with a retry policy obey."""
    error = refused(lambda: stub.Score(essay(essay_id="busy")))
    assert "1500" == dict(error.trailing_metadata())["grpc-retry-pushback-ms"]


def test_the_deadline_is_the_calls_own(stub: Stub, service: Called) -> None:
    """An answer that nobody waits for any more is given up; the service goes on."""
    error = refused(lambda: stub.Score(essay(essay_id="slow"), timeout=0.05))
    assert grpc.StatusCode.DEADLINE_EXCEEDED == error.code()
    service.do(setattr, service.small.scores, "under_way", 0)
    assert "D" == stub.Score(essay()).grade


def test_a_call_has_one_correlation_id(stub: Stub, service: Called) -> None:
    """The caller's own where it is one; it comes back, and the call is told of."""
    _, call = stub.Score.with_call(essay(), metadata=(("x-correlation-id", "mine-1"),))
    assert "mine-1" == dict(call.trailing_metadata())["x-correlation-id"]
    error = refused(lambda: stub.Score(essay(text=""), metadata=(("x-correlation-id", "no good"),)))
    assert 32 == len(dict(error.trailing_metadata())["x-correlation-id"])
    told = [each for each in service.small.heard if isinstance(each, RequestAnswered)]
    assert {("gRPC Score", 200), ("gRPC Score", 422)} <= {(each.route, each.status) for each in told}


def test_health_follows_the_model(channel: grpc.Channel, service: Called) -> None:
    """SERVING while essays can be graded, of the whole and of the one service."""
    health: Any = health_pb2_grpc.HealthStub(channel)

    def status(name: str) -> str:
        answer = health.Check(health_pb2.HealthCheckRequest(service=name))
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))

    assert ["SERVING", "SERVING"] == [status(name) for name in ("", "gradewise.v1.Scoring")]
    assert grpc.StatusCode.NOT_FOUND == refused(lambda: status("other")).code()
    service.small.model.sound = False
    try:
        deadline = time.monotonic() + PATIENCE_S
        while status("gradewise.v1.Scoring") != "NOT_SERVING":
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        service.small.model.sound = True


def test_the_service_describes_itself(channel: grpc.Channel) -> None:
    """By reflection."""
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = stub.ServerReflectionInfo(iter([asked]))
    found = {each.name for each in answer.list_services_response.service}
    assert {"gradewise.v1.Scoring", "grpc.health.v1.Health"} <= found


def test_roles_decide_who_may(tmp_path: Path) -> None:
    """Without a token nobody; with one, what its role may."""
    tokens = TokenFile(tmp_path / "tokens.json")
    clock = partial(datetime.now, UTC)
    headers = {
        role: (("authorization", f"Bearer {tokens.add(role, role, clock=clock)}"),)
        for role in ("score", "review", "admin")
    }  # fmt: skip
    with (
        called_service(tmp_path, LISTENING, tokens) as called,
        grpc.insecure_channel(called.address) as channel,
    ):
        stub: Any = ScoringStub(channel)  # type: ignore[no-untyped-call]  # generated
        correct = partial(stub.Correct, pb.CorrectRequest(score_id="0" * 32, grade="A", corrected_by="a"))
        outcomes = [
            refused(partial(stub.Score, essay())).code().name,
            refused(partial(stub.Score, essay(), metadata=(("authorization", "Bearer no"),))).code().name,
            stub.Score(essay(), metadata=headers["score"]).grade,
            refused(partial(correct, metadata=headers["score"])).code().name,
            refused(partial(correct, metadata=headers["review"])).code().name,
            refused(partial(stub.Reload, pb.ReloadRequest(), metadata=headers["review"])).code().name,
            stub.Reload(pb.ReloadRequest(), metadata=headers["admin"]).reloads[0].outcome,
            refused(partial(stub.ReviewQueue, AUDIT, metadata=headers["score"])).code().name,
            refused(partial(stub.FindScore, pb.FindScoreRequest())).code().name,
            refused(partial(stub.Models, pb.ModelsRequest())).code().name,
            *(
                bool(stub.Models(pb.ModelsRequest(), metadata=headers[role]).slots[0].place)
                for role in headers
            ),
        ]
    assert [
        "UNAUTHENTICATED", "UNAUTHENTICATED", "D", "PERMISSION_DENIED", "NOT_FOUND", "PERMISSION_DENIED",
        "same", "PERMISSION_DENIED", "UNAUTHENTICATED", "UNAUTHENTICATED", False, False, True,
    ] == outcomes  # fmt: skip


def silent(channel: grpc.Channel, method: str) -> Any:
    """A call that has begun, and sends nothing until it is cancelled."""

    def nothing() -> Iterator[bytes]:
        Event().wait(PATIENCE_S)
        yield b""

    return channel.stream_unary(method, request_serializer=bytes).future(nothing())


SCORE = "/gradewise.v1.Scoring/Score"
CHECK = "/grpc.health.v1.Health/Check"


def test_who_may_not_call_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    """So that nobody without a token takes the memory or the places of those who have one."""
    file = TokenFile(tmp_path / "tokens.json")
    file.add("a", "score", clock=lambda: datetime.now(UTC))
    with called_service(tmp_path, LISTENING, file) as called, grpc.insecure_channel(called.address) as calls:
        call = silent(calls, SCORE)
        assert "UNAUTHENTICATED" == call.exception(PATIENCE_S).code().name
        call.cancel()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    """A service that lets little go on at once, and waits for nobody."""
    limits = Limits(connections=9, body_within_s=0.2, headers_within_s=0.2, bodies_bytes=200, drain_s=1)
    listening = GrpcListening(limits=limits, health_every_s=5)
    with called_service(tmp_path_factory.mktemp("narrow"), listening) as called:
        yield called


def test_connections_have_a_bound(tmp_path: Path) -> None:
    """One too many is closed at once, so that descriptors are left for others; those before it go on."""
    listening = GrpcListening(limits=Limits(connections=3, headers_within_s=PATIENCE_S))
    with called_service(tmp_path, listening) as called, ExitStack() as kept:
        host, _, port = called.address.rpartition(":")
        for _ in range(2):
            kept.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE_S))
        with grpc.insecure_channel(called.address, [("grpc.use_local_subchannel_pool", 1)]) as calls:
            stub = ScoringStub(calls)  # type: ignore[no-untyped-call]  # generated
            stub.Score(essay(), timeout=PATIENCE_S)
            late = kept.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE_S))
            with suppress(ConnectionResetError):
                assert b"" == late.recv(1)
            assert "D" == stub.Score(essay(), timeout=PATIENCE_S).grade


def test_a_connection_that_says_nothing_ends(narrow: Called) -> None:
    """So that it does not take the place of one that does."""
    host, _, port = narrow.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as silent_:
        while silent_.recv(1000):
            pass


@pytest.mark.parametrize("method", [SCORE, CHECK], ids=["grading", "health"])
def test_a_call_that_sends_nothing_ends(narrow: Called, method: str) -> None:
    """It takes a place, which is free again soon."""
    with grpc.insecure_channel(narrow.address) as calls:
        call = silent(calls, method)
        assert "DEADLINE_EXCEEDED" == call.exception(PATIENCE_S).code().name
        call.cancel()


def test_those_who_watch_leave_room_for_those_who_are_graded(narrow: Called) -> None:
    """However many watch, or look around: beyond some they are told to come back; health is told still."""
    with ExitStack() as kept:
        health = []
        for _ in range(2 * 9):
            channel = kept.enter_context(grpc.insecure_channel(narrow.address))
            health.append(health_pb2_grpc.HealthStub(channel))
        first = health[0].Watch(health_pb2.HealthCheckRequest())
        assert health_pb2.HealthCheckResponse.SERVING == next(first).status
        for each in health[1:]:
            watch = each.Watch(health_pb2.HealthCheckRequest())
            assert "RESOURCE_EXHAUSTED" == refused(partial(next, watch)).code().name
        reflected = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        )
        assert "RESOURCE_EXHAUSTED" == refused(partial(next, reflected)).code().name
        assert "D" == ScoringStub(channel).Score(essay(), timeout=PATIENCE_S).grade  # type: ignore[no-untyped-call]  # generated
        assert (
            health_pb2.HealthCheckResponse.SERVING == health[1].Check(health_pb2.HealthCheckRequest()).status
        )
        first.cancel()


def test_messages_together_have_a_bound(narrow: Called) -> None:
    """What there is no room for is told to come back."""
    with grpc.insecure_channel(narrow.address) as calls:
        stub = ScoringStub(calls)  # type: ignore[no-untyped-call]  # generated
        error = refused(partial(stub.Score, essay(text="word " * 60), timeout=PATIENCE_S))
    assert "RESOURCE_EXHAUSTED" == error.code().name


@pytest.mark.parametrize(
    "message", [b"\xff\xff\xff", b"\x0a\x04\x0a\x02\xff\xfe"], ids=["garbage", "no_utf8"]
)
def test_what_is_no_message_is_the_callers_fault(channel: grpc.Channel, message: bytes) -> None:
    """It is told which message was expected, and nothing of what was sent."""
    call = channel.unary_unary(SCORE, request_serializer=bytes)
    error = refused(partial(call, message, timeout=PATIENCE_S))
    assert ("INVALID_ARGUMENT", "the message is no ScoreRequest; send what gradewise.proto says") == (
        error.code().name,
        error.details(),
    )


def test_too_many_at_once_are_told_to_come_back(stub: Stub, service: Called) -> None:
    """The others are answered."""
    service.do(service.small.scores.held.clear)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(stub.Score, essay(essay_id="slow"), timeout=PATIENCE_S) for _ in range(6)]
        deadline = time.monotonic() + PATIENCE_S
        while sum(call.done() for call in calls) < 4:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        service.do(service.small.scores.held.set)
    ended = [call.exception() for call in calls]
    assert 2 == sum(error is None for error in ended)
    assert {"RESOURCE_EXHAUSTED"} == {
        error.code().name for error in ended if isinstance(error, grpc.RpcError)
    }


def test_where_it_cannot_listen_it_says_so(tmp_path: Path, service: Called) -> None:
    """A port that is taken, a key without its certificate, files that are not there."""
    taken = GrpcListening(port=int(service.address.rpartition(":")[2]))
    with pytest.raises(UnavailableError, match="--grpc-port"), called_service(tmp_path, taken):
        pass
    with pytest.raises(PlanError, match="--grpc-key"):
        GrpcListening(certificate=tmp_path / "cert.pem")
    nowhere = GrpcListening(certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem")
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match="PEM"), called_service(tmp_path / "b", nowhere):
        pass


def test_calls_are_encrypted_with_a_certificate(tmp_path: Path) -> None:
    """Whoever trusts it is answered."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    listening = GrpcListening(certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem")
    chain = certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "cert.pem").write_bytes(chain)
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with called_service(tmp_path, listening) as called:
        port = called.address.rpartition(":")[2]
        with grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(chain)) as channel:
            assert "D" == ScoringStub(channel).Score(essay()).grade  # type: ignore[no-untyped-call]  # generated


def test_the_generated_code_is_current(tmp_path: Path) -> None:
    """As `make grpc` makes it."""
    source, name = Path(gradewise.__file__).parents[1], "gradewise/serving/grpc/gradewise"
    out = [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    known = Path(grpc_tools.__file__).parent / "_proto"
    assert 0 == protoc.main(["protoc", f"-I{source}", f"-I{known}", *out, str(source / f"{name}.proto")])
    for ending in ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py"):
        assert (tmp_path / f"{name}{ending}").read_bytes() == (source / f"{name}{ending}").read_bytes()
