"""What the description promises is kept, whatever is asked: examples are made from it, good ones and bad."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import schemathesis.openapi
from hypothesis import HealthCheck, Phase
from starlette.testclient import TestClient

from gradewise.serving.http.app import build_app
from gradewise.serving.limits import Limits
from small_service import SmallService, small_service

EXAMPLES = hypothesis.settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck), database=None,
)  # fmt: skip
