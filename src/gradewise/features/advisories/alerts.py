"""Words after which a person must read an essay, whatever its grade: self-harm, violence, abuse.

The lists name what a writer says of himself or herself, or threatens; words about such matters in general
are left out, since essays discuss them. A list finds only what it lists: no alert means nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from gradewise.features.advisories.signs import Words

AlertPhrases = Mapping[str, Sequence[str]]
"""Phrases by what they may speak of, in small letters; see `find_alerts` for their spelling."""

_WILL = "i/i'll/i'm/im/i'ma will/am_going_to/going_to/want_to/wanna/gonna/am_gonna"
_DO_NOT = "i don't/dont/didn't/didnt/do_not/did_not"

ALERT_PHRASES: Mapping[str, AlertPhrases] = MappingProxyType({
    "en": MappingProxyType({
        "self-harm": (
            (
                "want/wanted/wants/wanna/going/gonna/tried/try/trying/attempted/planned/could to/- "
                "kill/hurt/harm/cut/hang/shoot/drown myself/my_self"
            ),
            "thought/think/thinking of/about killing/hurting/harming/cutting/hanging myself/my_self",
            "kill/killed/killing/cut/cutting/harm/harmed/harming myself/my_self",
            "take/taking/took/end/ending my own/- life",
            "i/i've/ive tried/attempted/thought/considered/wanted to/of/about/- commit/committing/- suicide",
            "i just/really/- want/wanted/wish/wished/wanna i/to/- to/was/were/- die/be_dead/dead",
            "i/i'm/im am/was/feel/felt/became/got/- suicidal",
            "i/i'd would_be/am/was/be/- better off dead/without_me",
            f"{_DO_NOT} want to live/be_alive any_more/anymore/no_more",
            f"{_DO_NOT} have/see/feel/find any/the/a reason to/of/for live/living",
        ),
        "violence": (
            (
                f"{_WILL} kill/shoot/stab/murder/bomb "
                "you/him/her/them/everyone/everybody/people/my/the/this/all"
            ),
            f"{_WILL} bring/take a/my/the gun/knife/bomb/weapon",
            f"{_WILL} shoot/blow/burn/bomb up/down/- my/the/this/our school",
        ),
        "abuse": (
            (
                "my step/older/- dad/father/mom/mother/stepdad/stepfather/stepmother/uncle/grandfather/"
                "grandpa/boyfriend/coach/teacher beats/hits/raped/rapes/molested/molests/abused/abuses me"
            ),
            "i was/got/am/been/have_been/was_being sexually/physically/- raped/molested/abused",
            "raped/molested me",
            "i/i'm/im am/was/- afraid/scared to go home because/when/to",
        ),
    }),
    "sv": MappingProxyType({
        "self-harm": (
            "ta/tar/tog/tagit livet av mig/mej",
            "ta/tar/tog/avsluta/avslutar mitt eget/- liv",
            "vill/ville/försökte/försökt/tänkte/tänkt döda/skada/skära mig/mej själv/-",
            "jag vill/ville inte leva/finnas längre/mer",
            "jag vill/ville bara/- dö",
            "jag är/var/blev/känner_mig/kände_mig självmordsbenägen",
            "skadar/skär/skadade/skar mig/mej själv",
        ),
        "violence": (
            (
                "jag ska/skall/kommer_att/tänker/vill döda/skjuta/mörda/spränga/knivhugga "
                "dig/honom/henne/dem/dom/alla/min/mina/skolan"
            ),
        ),
        "abuse": (
            (
                "min pappa/mamma/styvpappa/styvmamma/farbror/morbror/morfar/farfar/pojkvän/tränare/lärare "
                "slår/slog/våldtog/misshandlar/misshandlade mig/mej"
            ),
            "jag blev/har_blivit/blir/är våldtagen/misshandlad",
            "jag är/var rädd för att gå hem",
        ),
    }),
})  # fmt: skip
"""Phrases by language; measured in English only."""


def find_alerts(words: Words, phrases: AlertPhrases) -> tuple[str, ...]:
    """What a text may speak of, each once, in the order of the phrases.

    A phrase is words parted by spaces; ``a/b`` is either word, ``_`` joins words of one alternative, and
    ``-`` as an alternative says that the word may be missing. Case and punctuation do not matter.

    >>> find_alerts(["i", "want", "to", "hurt", "myself"], ALERT_PHRASES["en"])
    ('self-harm',)
    """
    used = frozenset(words)
    return tuple(
        kind for kind, spelled in phrases.items() if any(_stands(phrase, words, used) for phrase in spelled)
    )


def _stands(phrase: str, words: Words, used: frozenset[str]) -> bool:
    compiled = _compiled(phrase)
    if any(slot.isdisjoint(used) for slot in compiled.needed):  # nearly always, and ten times cheaper
        return False
    return compiled.pattern.search(f" {' '.join(words)}") is not None


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase ready to be found."""

    pattern: re.Pattern[str]
    """Every word brings the space before it; the last one ends where a word does."""
    needed: tuple[frozenset[str], ...]
    """Words of which a text must have one, for each part of the phrase that may not be missing."""


@lru_cache(maxsize=1024)
def _compiled(phrase: str) -> _Phrase:
    slots = phrase.split()
    needed = (frozenset(word.split("_")[0] for word in slot.split("/")) for slot in slots)
    return _Phrase(
        re.compile(rf"(?:{''.join(map(_slot, slots))})(?!\S)"),
        tuple(words for words in needed if "-" not in words),
    )


def _slot(slot: str) -> str:
    words = [word.replace("_", " ") for word in slot.split("/") if word != "-"]
    may_lack = "-" in slot.split("/")
    return f"(?:{'|'.join(f' {re.escape(word)}' for word in words)}){'?' if may_lack else ''}"
