"""The service by HTTP, asked over a socket: answers, errors, and what every answer has in common."""

import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import httpx
import pytest

from gradewise.errors import UnavailableError
from gradewise.service_events import AccessRefused, LogState, RequestAnswered
from gradewise.serving.http.problems import problem_of
from gradewise.serving.http.running import Listening
from gradewise.serving.limits import Limits
from gradewise.workflows.scoring.failures import NoModelError
from listening_service import Listener, listening_service

LIMITS = Limits(body_bytes=10_000, batch_bytes=20_000, drain_s=5)
ESSAY = "A perfectly ordinary essay of some words"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """A service that asks for no tokens."""
    with listening_service(tmp_path_factory.mktemp("service"), Listening(port=0, limits=LIMITS)) as listener:
        yield listener


@pytest.fixture(scope="module")
def client(service: Listener) -> Iterator[httpx.Client]:
    """Asks it."""
    with httpx.Client(base_url=service.url, timeout=30) as client:
        yield client


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem details of an answer of that status."""
    content: dict[str, Any] = answer.json()
    assert status == answer.status_code, content
    assert "application/problem+json" == answer.headers["content-type"]
    assert {"type", "title", "status", "detail", "correlation_id"} == set(content)
    assert status == content["status"]
    assert answer.headers["x-correlation-id"] == content["correlation_id"]
    return content


def wait_for(service: Listener, route: str, status: int) -> RequestAnswered:
    """What is told of a request, which may be a little later than its answer is there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for each in reversed(service.small.heard):
            if isinstance(each, RequestAnswered) and (route, status) == (each.route, each.status):
                return each
        time.sleep(0.005)
    raise AssertionError(f"{route} {status} was not told")


def scored(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """A graded essay."""
    answer = client.post("/v1/score", json={"text": ESSAY, **body})
    assert 200 == answer.status_code, answer.text
    content: dict[str, Any] = answer.json()
    return content


def test_an_essay_is_graded(client: httpx.Client, service: Listener) -> None:
    """The answer has the grade, what it rests on, what happens to it, and the one model that gave it."""
    answer = scored(client, essay_id="e1", unit="class 7b", prompt="p", prompt_text="Write.", given={"n": 1})
    assert {
        "score_id", "essay_id", "grade", "confidence", "probabilities", "grade_set", "score", "agreement",
        "released", "route", "cuts", "traits", "advisories", "reasons", "model", "arm", "cached", "lacks",
    } == set(answer)  # fmt: skip
    assert ("e1", "D", "review", "champion") == tuple(
        answer[k] for k in ("essay_id", "grade", "route", "arm")
    )
    identity = service.small.model.identity
    assert {"name": identity.name, "version": identity.version, "digest": identity.digest} == answer["model"]


def test_a_batch_is_answered_in_its_order(client: httpx.Client) -> None:
    """Every essay by its own id."""
    essays = [{"text": "word " * n, "essay_id": f"e{n}"} for n in (9, 1, 4)]
    answer = client.post("/v1/score/batch", json={"essays": essays, "batch_id": "b1"}).json()
    assert ["e9", "e1", "e4"] == [each["essay_id"] for each in answer["scores"]]


def test_an_essay_without_a_name_is_named_by_its_text(client: httpx.Client) -> None:
    """The same text has the same name."""
    assert scored(client)["essay_id"] == scored(client)["essay_id"]


def test_an_answer_is_found_again(client: httpx.Client) -> None:
    """With its place in the log, and without the essay."""
    score_id = scored(client, essay_id="again")["score_id"]
    record = client.get(f"/v1/scores/{score_id}")
    assert ("again", "D") == (record.json()["essay_id"], record.json()["grade"])
    assert ESSAY not in record.text
    for unknown in (uuid.uuid4().hex, score_id[:8], "no such id"):
        problem(client.get(f"/v1/scores/{unknown}"), 404)


def test_a_correction_takes_an_answer_from_the_queue(client: httpx.Client) -> None:
    """What waits is shown most urgent first; what a teacher decided waits no more, and stays once."""
    score_id = scored(client, essay_id="queued")["score_id"]
    assert score_id in [
        each["score_id"] for each in client.get("/v1/review-queue?limit=500").json()["waiting"]
    ]
    body = {
        "score_id": score_id,
        "grade": "A",
        "corrected_by": "anna",
        "reason": "why",
        "id": uuid.uuid4().hex,
    }
    told = client.post("/v1/corrections", json=body)
    assert ("D", "A", False) == tuple(told.json()[key] for key in ("model_grade", "grade", "confirms"))
    for again in (body, {key: value for key, value in body.items() if key != "id"}):
        assert {**told.json(), "already": True} == client.post("/v1/corrections", json=again).json()
    assert not told.json()["already"]
    queue = client.get("/v1/review-queue?route=review&limit=500").json()
    assert score_id not in [each["score_id"] for each in queue["waiting"]]
    assert 0 == len(client.get("/v1/review-queue?route=audit").json()["waiting"])


def test_corrections_of_nothing_and_to_no_grade_are_refused(client: httpx.Client) -> None:
    """404 for an unknown answer, 422 for a grade that there is not."""
    unknown = {"score_id": uuid.uuid4().hex, "grade": "A", "corrected_by": "anna"}
    problem(client.post("/v1/corrections", json=unknown), 404)
    score_id = scored(client, essay_id="to no grade")["score_id"]
    told = {"score_id": score_id, "grade": "Z", "corrected_by": "anna"}
    assert "Z" in problem(client.post("/v1/corrections", json=told), 422)["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=1&limit=2", "route=none"])
def test_the_queue_is_asked_properly(client: httpx.Client, query: str) -> None:
    """Anything else is the client's mistake."""
    problem(client.get(f"/v1/review-queue?{query}"), 400)


@pytest.mark.parametrize(("body", "status"), [
    (b"", 400), (b"{", 400), (b'{"text": "\xff"}', 400), (b'{"text": "\\ud800"}', 400), (b"nonsense", 400),
    (b'{"text": "a"} {}', 400), (b"[]", 422), (b'{"text": 1}', 422), (b"{}", 422), (b'{"text": ""}', 422),
    (b'{"text": " \\n"}', 422), (b'{"text": "a", "txt": "b"}', 422), (b'{"text": "a", "reasons": -1}', 422),
    (b'{"text": "a", "given": {"x": 1e999}}', 422), (b'{"text": "a", "given": {"x": NaN}}', 400),
    (b'{"text": "a", "essay_id": "' + b"x" * 201 + b'"}', 422), (b'{"text":' * 1000, 422),
    (b'{"text": "a", "given": {"' + b"k" * 5000 + b'": "x"}}', 422), (b'{"' + b"k" * 5000 + b'": 1}', 422),
], ids=[
    "empty", "open", "latin", "surrogate", "nonsense", "two", "list", "number", "nothing", "no_text", "blank",
    "unknown_field", "negative", "infinite", "nan", "long_id", "nested", "long_key", "long_field",
])  # fmt: skip
def test_what_is_no_essay_is_the_clients_mistake(client: httpx.Client, body: bytes, status: int) -> None:
    """Malformed JSON is 400, other JSON 422; the detail is short, whatever was sent."""
    answer = client.post("/v1/score", content=body, headers={"Content-Type": "application/json"})
    assert 250 > len(problem(answer, status)["detail"])


@pytest.mark.parametrize("headers", [
    {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": ""}, {"Content-Type": "application/json", "Content-Encoding": "gzip"},
], ids=["text", "form", "none", "gzip"])  # fmt: skip
def test_only_plain_json_is_read(client: httpx.Client, headers: dict[str, str]) -> None:
    """415 for anything else, such as what a page of another site may send without being asked."""
    problem(client.post("/v1/score", content=b'{"text": "a"}', headers=headers), 415)


def test_a_batch_names_each_essay_once(client: httpx.Client) -> None:
    """The message names the essay that comes twice."""
    essays = [{"text": "a", "essay_id": "twin"}, {"text": "b", "essay_id": "twin"}]
    assert "twin" in problem(client.post("/v1/score/batch", json={"essays": essays}), 422)["detail"]
    problem(client.post("/v1/score/batch", json={"essays": []}), 422)


@pytest.mark.parametrize(("essay_id", "status"), [("busy", 429), ("late", 504), ("bug", 500)])
def test_errors_have_statuses_and_quote_nothing(
    client: httpx.Client, service: Listener, essay_id: str, status: int
) -> None:
    """Each family has its own; an unexpected one is told to the log by kind and place, and not to clients."""
    secret = "unmistakable words of an essay"  # noqa: S105 - an essay
    body = {"text": secret, "essay_id": essay_id}
    answer = client.post("/v1/score", json=body, headers={"X-Correlation-ID": f"c-{essay_id}"})
    assert secret not in problem(answer, status)["detail"]
    if status == 429:
        assert "2" == answer.headers["retry-after"]
    told = wait_for(service, "POST /v1/score", status)
    assert (essay_id == "bug") == bool(told.stack)
    assert secret not in repr(service.small.heard)


def test_a_deadline_may_be_asked_for(client: httpx.Client) -> None:
    """In milliseconds or seconds; nobody gets more than the service gives."""
    body = {"text": "a", "essay_id": "late"}
    for header, value, seconds in (("Deadline-Ms", "1500", 1.5), ("X-Request-Timeout", "2.5", 2.5),
                                   ("Deadline-Ms", "999999999", 120.0)):  # fmt: skip
        answer = client.post("/v1/score", json=body, headers={header: value})
        assert f"within {seconds} s" in problem(answer, 504)["detail"]
    for value in ("0", "-1", "soon", "1e", "9" * 10, "nan", "", ".5", "1_0", "٣"):
        problem(client.post("/v1/score", json=body, headers={b"Deadline-Ms": value.encode()}), 400)


def test_more_than_can_wait_is_told_to_come_back(service: Listener) -> None:
    """While essays wait, another one is refused at once; then they are all answered."""
    service.hold()
    with ThreadPoolExecutor(4) as pool, httpx.Client(base_url=service.url, timeout=30) as client:
        asked = [
            pool.submit(client.post, "/v1/score", json={"text": "a", "essay_id": "slow"}) for _ in range(4)
        ]
        answered = as_completed(asked, timeout=20)
        for _ in range(2):
            problem(next(answered).result(), 429)
        service.release()
        assert [200, 200] == [each.result().status_code for each in answered]


def test_correlation_ids_are_taken_over_or_made(client: httpx.Client) -> None:
    """One that could break a log line is replaced."""

    def answered(said: str | None) -> str:
        headers = {} if said is None else {"X-Correlation-ID": said}
        return client.get("/livez", headers=headers).headers["x-correlation-id"]

    assert "abc.1-2:3_4" == answered("abc.1-2:3_4")
    for other in (None, "", "a b", "x" * 129, '"}{'):
        assert re.fullmatch("[0-9a-f]{32}", answered(other))


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/livez", "/nothing", "/v1/score"])
def test_every_answer_protects_its_reader(client: httpx.Client, path: str) -> None:
    """Nothing is kept, framed or fetched; no page of another site may read it."""
    headers = client.get(path).headers
    assert "nosniff" == headers["x-content-type-options"]
    assert "no-store" == headers["cache-control"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_pages_fetch_nothing(client: httpx.Client) -> None:
    """The start page and the description are whole: no script, no second file."""
    for path in ("/", "/docs"):
        page = client.get(path)
        assert "text/html; charset=utf-8" == page.headers["content-type"]
        assert not re.search(r"<script|<link|<img|src=|@import|url\(", page.text)
    shown = client.get("/docs").text
    assert "POST /v1/score/batch" in shown
    assert "curl -s THIS-ADDRESS/v1/score -H" in shown


def test_unknown_places_and_methods_are_problems(client: httpx.Client) -> None:
    """404 and 405, as every other error."""
    problem(client.get("/v1/nothing"), 404)
    answer = client.get("/v1/score")
    problem(answer, 405)
    assert "POST" == answer.headers["allow"]
    for probe in ("/v1/scores/../../etc/passwd", "/%2e%2e/etc/passwd", "//v1/score", "/v1/score/"):
        problem(client.get(probe), 404)


def test_another_host_name_is_refused(client: httpx.Client, service: Listener) -> None:
    """A page of the web that leads its own name to this machine gets no answer where there are no tokens."""
    problem(client.get("/v1/models", headers={"Host": "evil.example"}), 421)
    assert AccessRefused("host") in service.small.heard
    for host in ("localhost", "127.0.0.1:1", "[::1]:8080", "LOCALHOST"):
        assert 200 == client.get("/v1/models", headers={"Host": host}).status_code


def test_models_are_shown_and_looked_for(client: httpx.Client, service: Listener) -> None:
    """What answers, since when; a reload that finds nothing new says so."""
    (slot,) = client.get("/v1/models").json()["slots"]
    assert service.small.model.identity.digest == slot["model"]["digest"]
    (told,) = client.post("/v1/models/reload").json()["reloads"]
    assert ("champion", "same") == (told["slot"], told["outcome"])


def test_health_is_honest(client: httpx.Client, service: Listener) -> None:
    """Ready while test rows come out as they should; 503 and unhealthy when they do not."""
    assert {"status": "alive"} == client.get("/livez").json()
    assert "ready" == client.get("/readyz").json()["status"]
    healthy = client.get("/healthz").json()
    assert {"status", "timestamp", "ml_model", "score_log"} == set(healthy)
    assert {"loaded", "version", "loaded_at", "error"} == set(healthy["ml_model"])
    assert ("healthy", True, None) == (
        healthy["status"],
        healthy["ml_model"]["loaded"],
        healthy["ml_model"]["error"],
    )
    service.small.model.sound = False
    try:
        ready, health = client.get("/readyz"), client.get("/healthz")
    finally:
        service.small.model.sound = True
    assert (503, "not ready") == (ready.status_code, ready.json()["status"])
    assert ["grades"] == [each["check"] for each in ready.json()["checks"] if not each["passed"]]
    assert (200, "unhealthy") == (health.status_code, health.json()["status"])
    assert "test rows" in health.json()["ml_model"]["error"]


def test_a_model_that_hangs_is_told_to_whoever_starts_services(
    client: httpx.Client, service: Listener
) -> None:
    """Neither alive nor ready: only another process would answer."""
    service.small.hanging.append(True)
    try:
        alive, ready = client.get("/livez"), client.get("/readyz")
    finally:
        service.small.hanging.pop()
    assert "start the service again" in problem(alive, 503)["detail"]
    assert (503, ["grades"]) == (
        ready.status_code, [each["check"] for each in ready.json()["checks"] if not each["passed"]]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [("kept", 200, "healthy"), ("away", 200, "degraded"), ("unwritable", 503, "unhealthy")],
)
def test_health_says_where_answers_go(
    client: httpx.Client, service: Listener, state: LogState, status: int, said: str
) -> None:
    """A file of this machine will do for a while; where nothing can be written no essay is to be sent."""
    service.small.log_states.append(state)
    try:
        ready, health = client.get("/readyz"), client.get("/healthz").json()
    finally:
        service.small.log_states.pop()
    assert (status, said, state) == (ready.status_code, health["status"], health["score_log"])
    assert None is health["ml_model"]["error"]
    failed = [each["check"] for each in ready.json()["checks"] if not each["passed"]]
    assert failed == (["log"] if state == "unwritable" else [])


def test_metrics_are_text(client: httpx.Client) -> None:
    """In the form that Prometheus reads."""
    assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")


def test_a_judged_batch_becomes_final(client: httpx.Client) -> None:
    """What it came to is shown; a batch that there is not is 404."""
    result = client.post("/v1/batches/b1/finalize").json()
    assert ("b1", "bt_only", None) == tuple(result[key] for key in ("batch_id", "scoring_method", "model"))
    assert ["no_model"] == [each["reason"] for each in result["essays"]]
    problem(client.post("/v1/batches/b2/finalize"), 404)


def test_requests_are_told_by_route_alone(client: httpx.Client, service: Listener) -> None:
    """What varies in an address, and what was sent, is not in what logs and metrics hear."""
    client.get(f"/v1/scores/{'ab' * 16}?secret=1")
    client.get("/some/where")
    wait_for(service, "GET /v1/scores/{score_id}", 404)
    wait_for(service, "other", 404)
    routes = {each.route for each in service.small.heard if isinstance(each, RequestAnswered)}
    assert not {route for route in routes if re.search("abab|secret|some", route)}


def test_what_does_not_answer_is_named_in_the_log_alone() -> None:
    """A client is told that something is away, not which database lies where."""
    told = problem_of(UnavailableError("postgresql://grader@db.school/essays does not answer"))
    assert (503, False) == (int(told.status), "db.school" in told.detail)
    assert "no model" in problem_of(NoModelError("no model yet")).detail


FROM_ELSEWHERE = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "another port": {"Sec-Fetch-Site": "same-site"},
    "an old browser": {"Origin": "https://evil.example"},
    "a file": {"Origin": "null"},
}


@pytest.mark.parametrize("headers", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_pages_of_other_sites_bring_nothing_about(
    client: httpx.Client, service: Listener, headers: dict[str, str]
) -> None:
    """A browser sends what needs no body without asking first, and here nobody is asked for a token."""
    service.small.heard.clear()
    for path in ("/v1/batches/b1/finalize", "/v1/models/reload"):
        problem(client.post(path, headers=headers), 403)
    assert AccessRefused("host") in service.small.heard
    assert 200 == client.get("/v1/models", headers=headers).status_code


def test_its_own_pages_and_programs_may_ask_for_anything(client: httpx.Client, service: Listener) -> None:
    """They say that they come from there, or nothing."""
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": service.url}):
        assert 200 == client.post("/v1/models/reload", headers=headers).status_code
