"""What anybody may ask about a service tells how it fares, and nothing of the machine that it runs on."""

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from gradewise.serving.http.running import Listening
from gradewise.serving.tokens import ROLES, TokenFile
from gradewise.testing.judged import NOON
from gradewise.workflows.scoring.readiness import Readiness, find_readiness
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.slot_status import Refusal, SlotStatus
from listening_service import listening_service
from small_service import small_service


def test_health_names_no_directory(tmp_path: Path) -> None:
    """Why a model is refused is told with a token, and in the log."""
    with (
        listening_service(tmp_path, Listening(port=0)) as service,
        httpx.Client(base_url=service.url) as asking,
    ):
        (service.small.bundle / "model_metadata.json").write_bytes(b"{}")
        (told,) = asking.post("/v1/models/reload").json()["reloads"]
        health, asked = asking.get("/healthz").json(), asking.get("/v1/models").text
    assert ("degraded", True) == (health["status"], health["ml_model"]["loaded"])
    assert health["ml_model"]["error"].startswith(f"{told['reason']}: another model is wanted and refused")
    assert str(tmp_path) in asked
    assert str(tmp_path) not in str(health)


def test_directories_are_named_to_those_who_keep_the_service(tmp_path: Path) -> None:
    """Whoever may only ask for grades is told which model answers, and that another one is refused."""
    tokens = TokenFile(tmp_path / "tokens.json")
    headers = {
        role: {"Authorization": f"Bearer {tokens.add(role, role, clock=lambda: NOON)}"} for role in ROLES
    }
    with (
        listening_service(tmp_path, Listening(port=0, tokens=tokens.path)) as service,
        httpx.Client(base_url=service.url) as asking,
    ):
        (service.small.bundle / "model_metadata.json").write_bytes(b"{}")
        asking.post("/v1/models/reload", headers=headers["admin"])
        told = {role: asking.get("/v1/models", headers=headers[role]) for role in ROLES}
    assert [False, False, True] == [str(tmp_path) in told[role].text for role in ROLES]
    (slot,), (whole,) = told["score"].json()["slots"], told["admin"].json()["slots"]
    assert ("", "") == (slot["place"], slot["detail"])
    assert slot == whole | {"place": "", "detail": ""}
    assert all(whole[name] for name in ("model", "refused", "detail"))


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "absent"])
def test_readiness_names_no_directory(tmp_path: Path, *, refused: bool) -> None:
    """Where there is no model yet, as little."""

    async def _asked() -> Readiness:
        async with small_service(tmp_path) as small:
            why = Refusal(
                reason="format",
                detail=f"{tmp_path} is cut off",
                at=small.serving.clock(),
                place=str(tmp_path),
            )
            status = SlotStatus(slot="champion", place=str(tmp_path), refusal=why if refused else None)
            champion = cast("ModelSlot", SimpleNamespace(status=status, current=None))
            return await find_readiness(replace(small.serving, champion=champion))

    found = asyncio.run(_asked())
    assert not found.ready
    assert ("(format)" in found.checks[0].detail) is refused
    assert str(tmp_path) not in str(found)
