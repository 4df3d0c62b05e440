"""The part of a plan that says what becomes of a run: what files are called, where a model is sent."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from gradewise.redaction import redacted
from gradewise.workflows.plans.section import Section

PREFIX = r"^$|^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,7}$"
"""What a folder of object storage looks like: up to eight names with slashes between."""
_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]{0,40})?"
PREDICTIONS, METRICS = rf"{_NAME}predictions\.(parquet|jsonl)$", rf"{_NAME}metrics\.json$"
"""What the names of files end in: a run has files of other names, which must not be written over."""


class PushPlan(Section):
    """A copy of each trained model in object storage: `<url>/<prefix>/<version>/{model,metadata}`."""

    url: str = Field(
        min_length=1,
        description="of the bucket, such as s3://bucket, gs://bucket or file:///backup; keys come from the "
        "environment",
    )
    prefix: str = Field("", pattern=PREFIX, description="folder below it, such as models/intents")

    @field_validator("url")
    @classmethod
    def _an_address_without_secrets(cls, url: str) -> str:
        scheme, separator, place = url.partition("://")
        if not separator or not scheme or not place.strip("/"):
            raise PydanticCustomError("push", "write an address such as s3://bucket or gs://bucket")
        if redacted(url) != url or "@" in place:
            raise PydanticCustomError(
                "push", "an address in a plan holds no user and no key; leave them to the environment"
            )
        return url


class FilesPlan(Section):
    """What the further files of `task: nominal` are called."""

    predictions: str = Field(
        "predictions.parquet",
        pattern=f"^{PREDICTIONS}",
        description="what was predicted of every text, in artifacts/; ends in predictions.parquet, or "
        "predictions.jsonl",
    )
    metrics: str = Field(
        "metrics.json",
        pattern=f"^{METRICS}",
        description="every figure, in artifacts/; ends in metrics.json",
    )
    monitoring_log: Path | None = Field(
        None, description="a line for every run, JSON Lines; <output>/monitoring_log.jsonl when absent"
    )
