"""Maps from one scale to another: named, versioned, cited; what is not mapped says so."""

from collections.abc import Mapping
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.essays.scales import SCALES, Scale
from gradewise.essays.suggestions import suggest


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleMap:
    """What each grade of one scale is on another."""

    name: str
    """How a plan refers to it."""
    version: int
    """Rises when the table changes."""
    source: Scale
    """The scale mapped from."""
    target: Scale
    """The scale mapped to."""
    table: Mapping[str, str | None]
    """The target grade of every source grade; ``None`` where there is none."""
    citation: str
    """Where the table comes from."""
    note: str
    """What a reader of a mapped grade must know."""

    def __post_init__(self) -> None:
        if set(self.table) != set(self.source.grades):
            odd = sorted(set(self.table) ^ set(self.source.grades))
            raise InputError(
                f"map {self.name} must list each grade of {self.source.name} once; see {odd[0]!r}"
            )
        for grade in self.table.values():
            if grade is not None:
                self.target.code(grade)

    def map_label(self, label: str) -> str | None:
        """The target grade of a source grade; ``None`` where there is none.

        Raises:
            InputError: the label is not a grade of the source scale.

        >>> find_map("ielts", "cefr").map_label(" 7 ")
        'C1'
        """
        return self.table[self.source.canonical(label)]


def _by_floor(floors: Mapping[str, float]) -> dict[str, str | None]:
    """IELTS bands to the first grade whose floor they reach; ``None`` below all floors."""
    return {
        band: next((grade for grade, floor in floors.items() if float(band) >= floor), None)
        for band in SCALES["ielts"].grades
    }


_ESSAY_ONLY = "An essay's band is not a person's overall level: it covers writing alone."

MAPS: tuple[ScaleMap, ...] = (
    ScaleMap(
        name="ielts_cefr_service",
        version=1,
        source=SCALES["ielts"],
        target=SCALES["cefr"],
        table=_by_floor({"C2": 8.5, "C1": 7.0, "B2": 6.0, "B1": 5.0, "A2": 4.0, "A1": 0.0}),
        citation="The assessment service's plan for CEFR and IELTS: >=8.5 C2, >=7.0 C1, >=6.0 B2, >=5.0 B1, "
        ">=4.0 A2, <4.0 A1",
        note=f"{_ESSAY_ONLY} The IELTS partners put 5.5 in B2 and 4.0 to 4.5 in B1, and nothing below 4.0.",
    ),
    ScaleMap(
        name="ielts_cefr_partners",
        version=1,
        source=SCALES["ielts"],
        target=SCALES["cefr"],
        table=_by_floor({"C2": 8.5, "C1": 7.0, "B2": 5.5, "B1": 4.0}),
        citation="IELTS partners, 'IELTS and the CEFR' (ielts.org): C2 8.5-9, C1 7-8, B2 5.5-6.5, B1 4-5",
        note=f"{_ESSAY_ONLY} Bands below 4.0 are not mapped.",
    ),
    ScaleMap(
        name="eng5_swedish8_strip",
        version=1,
        source=SCALES["eng5"],
        target=SCALES["swedish8"],
        table={
            "F+": "F", "E-": "E", "E+": "E", "D-": "D", "D+": "D+", "C-": "C", "C+": "C+", "B": "B", "A": "A",
        },
        citation="Both scales' definitions; a sign that the eight-step scale lacks is dropped.",
        note="Signs that the eight-step scale lacks are lost: E- and E+ become E, F+ becomes F.",
    ),
)  # fmt: skip
"""Maps that are shipped; of several between two scales the first is the default."""


def find_map(source: str, target: str, name: str | None = None) -> ScaleMap:
    """The map between two scales, by their names; of several, the first in `MAPS` unless named.

    >>> find_map("ielts", "cefr").map_label("5.5")
    'B1'
    >>> find_map("ielts", "cefr", "ielts_cefr_partners").map_label("5.5")
    'B2'

    Raises:
        InputError: there is none, or none of that name.
    """
    between = [each for each in MAPS if (each.source.name, each.target.name) == (source, target)]
    if not between:
        known = ", ".join(dict.fromkeys(f"{each.source.name} to {each.target.name}" for each in MAPS))
        raise InputError(f"no map from scale {source} to {target}; there are maps from {known}")
    if name is None:
        return between[0]
    names = [each.name for each in between]
    if name not in names:
        raise InputError(
            f"{name!r} is no map from {source} to {target}; choose {' or '.join(names)}{suggest(name, names)}"
        )
    return between[names.index(name)]
