"""Closed lists that cohesion is measured with: connectives by function, pronouns by person."""

from collections.abc import Mapping
from types import MappingProxyType

from gradewise.features.word_lists import word_set

FUNCTIONS = ("addition", "contrast", "cause", "sequence", "example", "conclusion")
"""What a connective does, after Halliday and Hasan (1976), Cohesion in English, chapter 5."""

_ENGLISH = {
    "addition": (
        *("also", "moreover", "furthermore", "in addition", "in addition to", "additionally", "besides"),
        *("what is more", "as well as", "not only", "another reason", "another example", "another thing"),
        *("similarly", "likewise", "equally", "in the same way", "on top of that", "apart from that"),
    ),
    "contrast": (
        *("but", "however", "although", "even though", "though", "nevertheless", "nonetheless", "yet"),
        *("whereas", "on the other hand", "on the contrary", "in contrast", "by contrast", "despite"),
        *("in spite of", "instead", "instead of", "rather than", "unlike", "conversely", "even if"),
        *("otherwise", "regardless", "even so", "at the same time"),
    ),
    "cause": (
        *("because", "because of", "therefore", "thus", "hence", "so", "so that", "consequently", "since"),
        *("as a result", "as a result of", "due to", "thanks to", "as a consequence", "for this reason"),
        *("for that reason", "that is why", "that's why", "this is why", "accordingly", "in order to"),
        *("owing to", "this means", "which means"),
    ),
    "sequence": (
        *("first", "firstly", "first of all", "secondly", "thirdly", "then", "next", "after that"),
        *("afterwards", "afterward", "after", "before", "meanwhile", "later", "finally", "at last", "lastly"),
        *("to begin with", "to start with", "in the first place", "last but not least", "when", "while"),
        *("until", "as soon as", "eventually", "subsequently", "from then on"),
    ),
    "example": (
        *("for example", "for instance", "such as", "e g", "in particular", "particularly", "specifically"),
        *("especially", "namely", "in other words", "that is to say", "i e", "to illustrate"),
        *("as an example", "an example of this", "in fact", "indeed"),
    ),
    "conclusion": (
        *("in conclusion", "to conclude", "in summary", "to summarize", "to summarise", "to sum up"),
        *("in short", "overall", "all in all", "in brief", "on the whole", "in the end", "in closing"),
        *("ultimately", "altogether", "for these reasons", "for all these reasons", "as a conclusion"),
    ),
}

_SWEDISH = {
    "addition": (
        *("också", "även", "dessutom", "därutöver", "vidare", "samt", "inte bara", "inte minst", "likaså"),
        *("på samma sätt", "liksom", "därtill", "en annan anledning", "ett annat exempel"),
    ),
    "contrast": (
        *("men", "dock", "däremot", "fast", "fastän", "trots", "trots att", "trots det", "ändå", "även om"),
        *("å andra sidan", "å ena sidan", "tvärtom", "istället", "i stället", "istället för", "emellertid"),
        *("medan", "i motsats till", "till skillnad från", "annars", "likväl", "oavsett"),
    ),
    "cause": (
        *("eftersom", "därför", "därför att", "på grund av", "alltså", "så att", "således", "följaktligen"),
        *("på så sätt", "därmed", "tack vare", "för att", "av den anledningen", "därigenom", "då", "ty"),
        *("vilket gör att", "det beror på", "detta leder till"),
    ),
    "sequence": (
        *(
            "först",
            "för det första",
            "för det andra",
            "för det tredje",
            "sedan",
            "sen",
            "därefter",
            "efteråt",
        ),
        *("efter det", "innan", "senare", "till slut", "till sist", "slutligen", "under tiden", "samtidigt"),
        *("när", "tills", "så fort", "så småningom", "till att börja med", "nästa", "efter"),
    ),
    "example": (
        *("till exempel", "t ex", "exempelvis", "som exempel", "bland annat", "bl a", "såsom", "särskilt"),
        *("framför allt", "framförallt", "nämligen", "det vill säga", "d v s", "dvs", "med andra ord"),
        *("faktiskt", "i synnerhet"),
    ),
    "conclusion": (
        *("sammanfattningsvis", "avslutningsvis", "för att sammanfatta", "för att avsluta", "i slutändan"),
        *("allt som allt", "kort sagt", "på det hela taget", "som slutsats", "min slutsats", "slutsatsen"),
        *("av dessa skäl", "av dessa anledningar"),
    ),
}

CONNECTIVES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({"en": _ENGLISH, "sv": _SWEDISH})
"""Connectives by language and function, as `Document.lowered` joins them; each has one function."""

PERSONS = ("first_person_singular", "first_person_plural", "second_person", "third_person")
"""Grammatical persons; the singular and plural of the others are not told apart by form."""

PRONOUNS: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "en": {
            "first_person_singular": word_set("i me my mine myself im ive"),
            "first_person_plural": word_set("we us our ours ourselves"),
            "second_person": word_set("you your yours yourself yourselves u ur"),
            "third_person": word_set(
                "he him his himself she her hers herself it its itself they them their theirs themselves"
            ),
        },
        "sv": {
            "first_person_singular": word_set("jag mig mej min mitt mina"),
            "first_person_plural": word_set("vi oss vår vårt våra"),
            "second_person": word_set("du dig dej din ditt dina ni er ert era"),
            "third_person": word_set(
                "han honom hans hon henne hennes hen hens den det dess de dem dom deras sig sej sin sitt sina"
            ),
        },
    }
)
"""Personal, possessive and reflexive pronouns by language and person."""

DEMONSTRATIVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {"en": word_set("this these those"), "sv": word_set("denna denne detta dessa")}
)
"""Words that point back by language; "that" is left out, since it mostly opens a clause."""
