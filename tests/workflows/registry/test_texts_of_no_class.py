"""Models of classes are judged on texts of their classes alone."""

from pathlib import Path

import pytest

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import CLASSES, made_up_class_bundle
from gradewise.workflows.registry.held_out import of_model


def test_texts_of_no_class_are_left_out(tmp_path: Path) -> None:
    """A label that is no class judges nobody; where nothing else is left, that is refused."""
    bundle = load_bundle(write_bundle(made_up_class_bundle(), tmp_path / "bundle"))
    inside = Essay(id="a", text="A card.", label=CLASSES.grades[0])
    outside = Essay(id="b", text="A planet.", label="none of these")
    assert (inside,) == of_model(bundle, (inside, outside))
    with pytest.raises(InputError, match="no text has a class of model"):
        of_model(bundle, (outside,))
