"""From the trials of a tuning to what they are worth."""

from collections.abc import Mapping

from gradewise.evaluation.figures import slice_figures
from gradewise.evaluation.gains import Gain, gains
from gradewise.evaluation.prompts import judged_prompts
from gradewise.evaluation.results import Graded, Resampling
from gradewise.evaluation.slices import rows_by_tail, select
from gradewise.models.search import Settings
from gradewise.reporting.tuning_verdict import TuningFindings
from gradewise.workflows.research.arena import Arena, grade_out_of_fold, read_every_fold
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.research.nested import confirm
from gradewise.workflows.research.objectives import WORST_PROMPT
from gradewise.workflows.research.tuning import Tuning

SHOWN = ("qwk", "rps", "rmse")
"""Figures that are compared besides the objective."""

_TAIL_NAMES = {"low": "essays with low grades", "high": "essays with high grades"}


def conclude(tuning: Tuning, *, workers: int) -> TuningFindings:
    """Compare the winner with the plan's own settings, where it was chosen and where it was not."""
    search, arena = tuning.search, tuning.search.arena
    trials, winner = search.study.trials(), search.winner()
    resampling = resampling_of(arena.plan.evaluation)
    names = tuple(dict.fromkeys((arena.objective, *SHOWN)))
    own, best = (_out_of_fold(arena, settings) for settings in (trials[0].settings, winner.settings))
    confirmed = None
    if tuning.nested:
        inner = [each.arena for each in tuning.nested]
        winners = [each.arena.model(each.winner().settings) for each in tuning.nested]
        said = confirm(arena, inner, winners, arena.model(search.own), workers=workers)
        confirmed = gains(arena.measure, said.own, said.tuned, names, resampling=resampling)
    return TuningFindings(
        objective=arena.objective,
        space=search.space,
        asked=search.rules.trials,
        trials=trials,
        winner=winner,
        claimed=gains(arena.measure, own, best, names, resampling=resampling),
        guards=guards(arena, own, best, resampling),
        nested=tuple(each.study.trials() for each in tuning.nested),
        confirmed=confirmed,
    )


def guards(arena: Arena, own: Graded, best: Graded, resampling: Resampling) -> Mapping[str, Gain]:
    """What parts of the essays gain or lose: the ends of the scale, and the worst prompt."""
    tails, found = rows_by_tail(own), {}
    for tail, name in _TAIL_NAMES.items():
        if tails[tail].size:
            parts = (select(own, tails[tail]), select(best, tails[tail]))
            found[name] = gains(slice_figures, *parts, ("mae",), resampling=resampling)["mae"]
    if judged_prompts(own, min_prompt=arena.plan.compare.min_prompt):
        prompts = gains(arena.measure, own, best, (WORST_PROMPT,), resampling=resampling)
        found["essays of the worst prompt"] = prompts[WORST_PROMPT]
    return found


def _out_of_fold(arena: Arena, settings: Settings) -> Graded:
    model = arena.model(settings)
    return grade_out_of_fold(arena, model, read_every_fold(arena, model))
