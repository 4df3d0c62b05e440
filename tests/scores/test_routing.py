"""Which grades go out, which wait, and which are looked at by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from gradewise.errors import InputError
from gradewise.features.advisories.advisory import ADVISORIES, Advisory, must_be_read
from gradewise.scores.records import Route
from gradewise.scores.routing import AUDITED, ReviewRouting, Routed, review_urgency, urgency_words
from reviewed_essays import ALERT, LONG, SHORT

IDS = tuple(f"{number:032x}" for number in range(2000))


@dataclass(frozen=True)
class Said:
    """As much of a prediction as routing asks for."""

    released: bool = True
    agreement: float = 0.9
    advisories: tuple[Advisory, ...] = ()
    cuts: Mapping[str, float] = field(default_factory=dict)


def predictions() -> st.SearchStrategy[Said]:
    """Predictions whose release is as the scoring makes it: never against an advisory that must be read."""
    kinds = st.lists(st.sampled_from(list(ADVISORIES)), unique=True, max_size=3)
    told = kinds.map(lambda codes: tuple(Advisory(code=c, message="m", value=1, limit=1) for c in codes))
    return st.builds(
        lambda lets, sure, found: Said(lets and not must_be_read(found), sure, found),
        st.booleans(), st.floats(0, 1), told,
    )  # fmt: skip


@given(predictions(), st.sampled_from(IDS), st.floats(0, 1), st.sampled_from(["", "hush"]))
def test_only_what_is_released_goes_out(said: Said, score_id: str, rate: float, salt: str) -> None:
    """A held-back grade is reviewed whatever chance says; a released one goes out, looked at or not."""
    routed = ReviewRouting(audit_rate=rate, salt=salt).route(said, score_id)
    assert said.released == (routed.route in {"release", "audit"})
    assert 0 <= routed.urgency < 3
    assert routed == ReviewRouting(audit_rate=rate, salt=salt).route(said, score_id)


@given(predictions(), predictions(), st.sampled_from(IDS))
def test_the_audit_does_not_listen_to_the_model(one: Said, other: Said, score_id: str) -> None:
    """Whether a released grade is drawn, and how urgent that is, follows from the answer's name alone."""
    routing = ReviewRouting(audit_rate=0.5, salt="s")
    drawn = {routing.route(said, score_id) for said in (one, other) if said.released}
    assert len(drawn) <= 1


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("salt", ["", "one", "two"])
def test_as_many_are_drawn_as_the_rate_says(rate: float, salt: str) -> None:
    """The number drawn lies where a binomial one does all but once in a million times."""
    drawn = sum(ReviewRouting(audit_rate=rate, salt=salt).audits(score_id) for score_id in IDS)
    low, high = binom.ppf([1e-6, 1 - 1e-6], len(IDS), rate)
    assert low <= drawn <= high


def test_another_salt_draws_others() -> None:
    """Who does not know the salt cannot tell: what two salts draw is as independent as two throws."""
    one, other = ({i for i in IDS if ReviewRouting(audit_rate=0.2, salt=salt).audits(i)} for salt in "ab")
    low, high = binom.ppf([1e-6, 1 - 1e-6], len(IDS), 0.04)
    assert low <= len(one & other) <= high


def test_a_higher_rate_only_adds() -> None:
    """What was drawn at a tenth is drawn at a fifth."""
    fewer, more = ({i for i in IDS if ReviewRouting(audit_rate=r, salt="s").audits(i)} for r in (0.1, 0.2))
    assert fewer < more


def test_alerts_come_first_then_what_must_be_read_then_the_audit_then_doubts() -> None:
    """Within a class the least sure comes first; a remark that is no more than a note changes nothing."""
    held: Sequence[Said] = (
        Said(released=False, agreement=0.1, advisories=(ALERT,)),
        Said(released=False, agreement=1.0, advisories=(ALERT, SHORT)),
        Said(released=False, agreement=0.0, advisories=(SHORT,)),
        Said(released=False, agreement=0.99, advisories=(SHORT,)),
        Said(released=False, agreement=0.0),
        Said(released=False, agreement=0.6, advisories=(LONG,)),
        Said(released=False, agreement=0.8),
    )
    urgencies = [review_urgency(said) for said in held]
    assert sorted(urgencies, reverse=True) == urgencies
    assert urgencies[3] > AUDITED > urgencies[4]
    assert Routed("review", urgencies[0]) == ReviewRouting(audit_rate=1).route(held[0], IDS[0])
    assert Routed("audit", AUDITED) == ReviewRouting(audit_rate=1).route(Said(), IDS[0])
    assert Routed("release", 0.0) == ReviewRouting(audit_rate=0).route(Said(), IDS[0])


@pytest.mark.parametrize(
    ("route", "urgency", "said"),
    [
        ("review", 2.25, "comes first: an alert; the less sure the sooner, and the model is 75% sure"),
        ("review", 1.25, "comes after alerts: a person must read it; "),
        ("audit", AUDITED, "comes after alerts and what a person must read; the oldest first"),
        ("review", 0.25, "comes last, after alerts, what a person must read and what chance drew; "),
    ],
    ids=["alert", "must-be-read", "audit", "unsure"],
)
def test_urgency_is_said_in_words(route: Route, urgency: float, said: str) -> None:
    """Who decides reads where an answer comes and why, not a number without a unit."""
    assert urgency_words(route, urgency).startswith(said)


@pytest.mark.parametrize(
    ("options", "word"),
    [({"audit_rate": 1.5}, "1.5"), ({"audit_rate": float("nan")}, "nan"), ({"capacity": 0}, "capacity 0")],
    ids=["above-1", "no-number", "no-capacity"],
)
def test_what_cannot_be_is_refused(options: dict[str, float], word: str) -> None:
    """A rate is a share, and somebody looks at one essay a day at least."""
    with pytest.raises(InputError, match=word):
        ReviewRouting(**options)  # type: ignore[arg-type]


def test_the_salt_is_not_shown() -> None:
    """Whoever prints a routing does not give the draw away."""
    assert "hush" not in repr(ReviewRouting(salt="hush"))
