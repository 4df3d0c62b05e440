"""Scales where prompts are not graded alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.essays.scales import Scale, find_scale
from gradewise.essays.suggestions import listed, quotable, suggest


@dataclass(frozen=True, slots=True)
class PromptScales:
    """A scale for each prompt, where prompts are not graded alike."""

    by_prompt: Mapping[str, Scale]
    """Each prompt's scale."""

    def for_prompt(self, prompt: str) -> Scale:
        """The scale of a prompt.

        Raises:
            InputError: the prompt has none.
        """
        if prompt not in self.by_prompt:
            raise InputError(
                f"prompt {quotable(prompt)!r} has no scale; give it one beside "
                f"{listed([quotable(known) for known in self.by_prompt])}{suggest(prompt, self.by_prompt)}"
            )
        return self.by_prompt[prompt]

    def single_scale(self, prompts: Iterable[str]) -> Scale:
        """The one scale on which these prompts are graded.

        Raises:
            InputError: there are several, so that figures pooled over them would mean nothing.
        """
        scales = [self.for_prompt(prompt) for prompt in sorted(set(prompts))]
        distinct = {scale.grades: scale for scale in scales}
        if len(distinct) == 1:
            return next(iter(distinct.values()))
        if not distinct:
            raise InputError("no prompt, so no scale; choose a prompt")
        names = ", ".join(scale.name for scale in distinct.values())
        raise InputError(
            f"prompts on {len(distinct)} different scales ({names}) cannot be pooled: agreement "
            "over different ranges mostly measures which prompt an essay answers; "
            "choose one prompt (data.filters.only_prompts) and train a model for each"
        )


ASAP = PromptScales(
    {
        str(prompt): find_scale(f"{low}-{high}")
        for prompt, (low, high) in enumerate(
            [(2, 12), (1, 6), (0, 3), (0, 3), (0, 4), (0, 4), (0, 30), (0, 60)], start=1
        )
    }
)
"""Resolved scores of the eight prompts of ASAP-AES (Hewlett Foundation, 2012)."""


def find_scales(
    spec: str | Sequence[str | float] | Mapping[str, str | Sequence[str | float]],
) -> Scale | PromptScales:
    """As `find_scale`, and also ``"asap"`` or a mapping from prompt to any of these.

    >>> find_scales({"1": "2-12", "2": "1-6"}).for_prompt("2").name
    '1-6'

    Raises:
        InputError: a name is not known, or a list is not a scale.
    """
    if isinstance(spec, Mapping):
        return PromptScales({str(prompt): find_scale(scale) for prompt, scale in spec.items()})
    if isinstance(spec, str) and spec.strip().casefold() == "asap":
        return ASAP
    return find_scale(spec)
