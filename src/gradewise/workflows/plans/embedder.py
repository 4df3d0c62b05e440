"""The part of a plan that names a text model."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gradewise.workflows.plans.section import Section


class EmbedderPlan(Section):
    """A text model that turns an essay into numbers; see the extra `embeddings`."""

    model: Path = Field(description="directory with model.onnx, tokenizer.json and config.json")
    max_tokens: int = Field(
        256, ge=16, le=8192, description="longest piece read at once; longer texts are read in pieces"
    )
    overlap: int = Field(
        32, ge=0, description="tokens that neighbouring pieces share, at most half of a piece"
    )
    components: int | None = Field(
        None, ge=1, description="principal components, learnt within each fold, instead of every dimension"
    )

    @field_validator("overlap")
    @classmethod
    def _less_than_a_piece(cls, overlap: int, info: ValidationInfo) -> int:
        longest = info.data.get("max_tokens", overlap * 2)
        if overlap * 2 > longest:
            raise PydanticCustomError(
                "overlap",
                f"pieces of {longest} tokens share at most {longest // 2}; write less, or longer pieces",
            )
        return overlap
