"""What would not come back from a database as it was told is refused."""

import pytest

from gradewise.errors import InputError
from gradewise.scores.soundness import require_sound_correction, require_sound_draft
from gradewise.testing.score_logs import made_up_correction, made_up_draft


def test_what_is_sound_passes() -> None:
    """With a task and without, with letters of any kind."""
    require_sound_draft(made_up_draft(1))
    require_sound_draft(made_up_draft(1, task_sha256="0" * 64, essay_id="№ 🙂", values=b""))
    require_sound_correction(made_up_correction(1, made_up_draft(1)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "0" * 31),
        ("text_sha256", "G" * 64),
        ("task_sha256", "x"),
        ("model_digest", ""),
        ("reading_fingerprint", "0" * 65),
        ("urgency", float("inf")),
        ("urgency", -0.5),
        ("values", b"12345"),
        ("essay_id", "\x00"),
        ("batch_id", "\udfff"),
    ],
)
def test_the_field_is_named(field: str, value: object) -> None:
    """Whatever is wrong, the message says where."""
    with pytest.raises(InputError, match=field):
        require_sound_draft(made_up_draft(1, **{field: value}))
