"""Several ways to split the same essays, all with one and the same locked test set."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gradewise.errors import SplitError
from gradewise.essays.origins import Origin
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.split_plan import Scheme, SplitPlan
from gradewise.essays.split_table import kin_of
from gradewise.essays.splits import make_split_plan
from gradewise.essays.texts import text_hash
from gradewise.essays.timeline import in_utc


@dataclass(frozen=True, slots=True)
class SplitSet:
    """Split plans of the same essays."""

    plans: tuple[SplitPlan, ...]
    """One for each scheme, at least one; they share test set, folds in number, seed and digests."""
    origin: Origin | None
    """Where the essays came from; ``None`` when an older file does not say."""

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The schemes there are."""
        return tuple(plan.scheme for plan in self.plans)

    def plan(self, scheme: Scheme) -> SplitPlan:
        """The plan of a scheme.

        Raises:
            SplitError: there is none.
        """
        for plan in self.plans:
            if plan.scheme == scheme:
                return plan
        raise SplitError(
            f"scheme: {scheme} is asked for, and the saved splits hold {', '.join(self.schemes)}; choose one "
            f"of these (--scheme {self.schemes[0]}), or make splits that hold it: gradewise make-splits"
        )


def make_split_set(
    essays: Sequence[Essay],
    schemes: Sequence[Scheme],
    *,
    origin: Origin,
    scale: Scale | None = None,
    n_folds: int = 5,
    inner_folds: int = 0,
    test_share: float = 0.2,
    test_ids: Collection[str] | None = None,
    seed: int = 42,
    created_at: str = "",
    git_sha: str = "",
) -> SplitSet:
    """Split essays by each scheme, around one locked test set.

    A test set that is not given is drawn by ``temporal``, when that is among the schemes, for it must be the
    latest; else by the first scheme.

    Args:
        essays: graded essays.
        schemes: at least one, each once.
        origin: where the essays came from.
        scale: checks the grades.
        n_folds: of every scheme.
        inner_folds: of every fold.
        test_share: of the essays, when no test set is given.
        test_ids: an official test set.
        seed: of every draw.
        created_at: recorded.
        git_sha: recorded.

    Raises:
        SplitError, LeakError, InputError: as `make_split_plan`.
    """
    kin = kin_of(essays)

    def plan(scheme: Scheme, test: Collection[str] | None) -> SplitPlan:
        return make_split_plan(
            essays,
            scale=scale,
            scheme=scheme,
            n_folds=n_folds,
            inner_folds=inner_folds,
            test_share=test_share,
            test_ids=test,
            seed=seed,
            data_sha256=origin.sha256,
            created_at=created_at,
            git_sha=git_sha,
            kin=kin,
        )

    drawing: Scheme = "temporal" if "temporal" in schemes else schemes[0]
    drawn = plan(drawing, test_ids)
    return SplitSet(
        tuple(drawn if scheme == drawing else plan(scheme, drawn.test_ids) for scheme in schemes), origin
    )


def held_out_groups(plan: SplitPlan, essays: Sequence[Essay]) -> tuple[tuple[str, ...], ...]:
    """For each fold, what it holds out whole, sorted.

    Prompts under ``prompt_holdout``; under ``temporal`` the first and last time; else text hashes, of which
    sixteen hex digits tell any two texts apart.
    """
    group_of = {essay.id: _group(essay, plan.scheme) for essay in essays}
    groups = [sorted({group_of[essay_id] for essay_id in fold.validate_ids}) for fold in plan.folds]
    if plan.scheme == "temporal":
        return tuple(tuple(dict.fromkeys((times[0], times[-1]))) for times in groups)
    return tuple(tuple(each) for each in groups)


def _group(essay: Essay, scheme: Scheme) -> str:
    if scheme == "prompt_holdout":
        return essay.prompt or ""
    if scheme == "temporal" and essay.written_at is not None:
        return in_utc(essay.written_at).isoformat()
    return text_hash(essay.text)[:16]
