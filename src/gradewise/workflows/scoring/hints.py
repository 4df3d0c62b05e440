"""What whoever starts a service should know of its models before somebody wonders."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from gradewise.workflows.scoring.services import Serving


@runtime_checkable
class KnowsItsPolicy(Protocol):
    """A model that can say what its review policy comes to."""

    @property
    def releases_nothing(self) -> bool:
        """Whether no answer of it may go out without a teacher's look, however sure it is."""
        ...


def hints(serving: Serving) -> Iterator[str]:
    """Say of each model of which no answer will go out by itself that this is meant; mostly nothing."""
    for slot in serving.slots:
        model = slot.current
        known = getattr(model, "model", model)
        if model is not None and isinstance(known, KnowsItsPolicy) and known.releases_nothing:
            yield (
                f"{slot.status.slot}: {model.identity.name} {model.identity.version} releases nothing by "
                "itself: every answer says review, and a teacher decides. Its evidence allows no more; train "
                "on more graded texts, or ask less of the review policy in its plan"
            )
