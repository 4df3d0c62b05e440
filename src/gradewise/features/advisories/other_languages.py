"""Which language a text is in, when it is not in the one that was expected: only to say so in words."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from gradewise.features.documents import Document
from gradewise.features.word_lists import word_set

LEAST_SHARE = 0.12
"""Share of the words that must be on a language's list before it is named."""

FEWEST_DIFFERENT = 5
"""Different words of the list that must occur: ``com`` in a row of links is no Portuguese."""

LOOKED_AT = 5_000
"""Characters from which the script is told."""

LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({
    "en": "English", "sv": "Swedish", "nb": "Norwegian", "da": "Danish", "de": "German", "nl": "Dutch",
    "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "ro": "Romanian", "pl": "Polish",
    "cs": "Czech", "sh": "Bosnian, Croatian or Serbian", "fi": "Finnish", "hu": "Hungarian", "tr": "Turkish",
    "vi": "Vietnamese", "id": "Indonesian", "so": "Somali",
})  # fmt: skip
"""Languages with a list of words, by ISO 639-1 code, in English."""

_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": word_set("""
        the to and of a in i is for that you it on with this was be as are have at he not by but
        from my or we an your all so his they me if one can will
    """),
        "sv": word_set("""
        är det att och i jag på en inte som för med har av om du så till den de ett kan vi men man
        var ska när nu vad från här mig bara eller han då hur
    """),
        "nb": word_set("""
        i og er det å på som til en av for ikke med har jeg at de du om den så vi fra var kan et men
        han seg dette noe skal noen ble vil bare også ut da nå hva etter
    """),
        "da": word_set("""
        i og er det af at en til på jeg har for ikke med den der de du kan som så et var vi om han
        fra men skal ved vil også være hvor nu man hvis sig efter mig
    """),
        "de": word_set("""
        die der und in das ich ist nicht zu den von mit es ein auf für im sie eine sich auch dem des
        als er an dass so bei wie aber aus hat sind nach noch wir du
    """),
        "nl": word_set("""
        de van het een en in is op ik dat voor je te met niet zijn die als er maar om aan hij ook ze
        door naar uit bij dan dit was we wat heeft of over nog deze
    """),
        "fr": word_set("""
        de la le et l à les est en des d un que a pas une du il pour dans je qui c au ce sur qu par
        on ne plus avec j n mais se vous ça tu elle son y
    """),
        "es": word_set("""
        de la que el en y a los no un se por es del las con una para lo su al como me más si pero te
        o mi le este sus esta todo ya ha cuando yo ser son
    """),
        "it": word_set("""
        di e che il la a in non un per è del l i una le si con della da sono ma al ha come più dei
        se nel mi alla anche lo gli delle o questo ho ci su
    """),
        "pt": word_set("""
        de a o que e do em da é para não um uma com no se na por os eu como as mais dos mas foi ao
        me você ser seu sua tem são das ou à ele muito isso
    """),
        "ro": word_set("""
        de în și a la să din o pe cu nu mai un este că care pentru se au ce fost ca al am sunt fi si
        va lui dar sau dacă după le poate prin cum când ale
    """),
        "pl": word_set("""
        w i nie na się to z do jest że o jak a ale co tak za od po dla tym czy przez tego są ma
        tylko już mi mnie ze może bo ja ten oraz bardzo będzie być
    """),
        "cs": word_set("""
        a se v na je to že s z si do jsem ale o i tak pro ve za co k jako jak po by už od jsou mi
        když mě jen nebo byl bude já má jsme které
    """),
        "sh": word_set("""
        je u i da se na od za su a ne sa iz to kao o što koji kako bi ali nije još po s do sve bio
        ili sam će koja samo te biti više koje kada ako tako
    """),
        "fi": word_set("""
        ja on ei että se oli mutta ole kun niin myös hän jos ovat voi nyt sen kuin tai en joka olla
        sitä mitä vain jo kanssa tämä sitten kaikki olisi ollut vielä kyllä siitä ne hyvä sekä
        jälkeen miten
    """),
        "hu": word_set("""
        a az és nem hogy egy is de meg csak ha van volt ez vagy már még én kell el jó ki azt most
        akkor mint ezt minden mert nagyon így olyan itt mi sem lesz lehet vagyok majd
    """),
        "tr": word_set("""
        ve bir bu için de da çok ile ne daha en gibi olarak her kadar o olan ben var ama sonra ki
        iyi yok ya değil sen büyük yeni güzel sadece zaman ilk iki mi hiç ise oldu bile nasıl
    """),
        "vi": word_set("""
        là và có của được một các không trong cho người này với ở đã thể để như những đến khi làm sẽ
        từ ra công họ tại về vào đó cũng thành lại đầu chỉ năm sự tôi bị
    """),
        "id": word_set("""
        yang dan di ini dari untuk dengan itu bisa aku ada tidak akan adalah dalam pada kita orang
        ke juga anda dia saya ya kamu lebih apa sudah mereka tapi karena atau menjadi tak baik jadi
        harus satu lagi
    """),
        "so": word_set("""
        waa iyo in oo ka ku u la ay uu ah soo loo ayaa aan si is wax ma leh ee laga lagu kale badan
        waxaa sida markii kala inuu inay waxay wuxuu kuwa ama hadii ilaa dad tahay jiray
    """),
    }
)
"""The commonest words of each language, some forty, from wordfreq (Speer 2022, doi:10.5281/zenodo.7199437);
Somali by hand."""


def guess_language(document: Document, *, known: AbstractSet[str] = frozenset()) -> str:
    """The language or script that a text seems to be in, other than its own, by name; empty when none fits.

    Args:
        document: the text, labelled with the expected language.
        known: further words of the expected language, which count for no other.

    >>> from gradewise.features.documents import build_document
    >>> guess_language(build_document("Jag tycker att det är bra och roligt", language="en"))
    'Swedish'
    """
    if script := _other_script(document.text):
        return f"{script.capitalize()} script"
    own = known | _WORDS.get(document.language, frozenset())
    counts = Counter(word for word in document.lowered if word not in own)
    shares = {
        code: sum(counts[word] for word in common) / document.n_words
        for code, common in _WORDS.items()
        if code != document.language and len(common & counts.keys()) >= FEWEST_DIFFERENT
    }
    best = max(shares, key=shares.__getitem__, default="")
    return LANGUAGE_NAMES[best] if shares.get(best, 0.0) >= LEAST_SHARE else ""


def _other_script(text: str) -> str:
    """The script of most letters, when it is not the Latin one: ``ARABIC``, ``CJK``, ``CYRILLIC``."""
    letters = [character for character in text[:LOOKED_AT] if character.isalpha()]
    scripts = Counter(unicodedata.name(letter, "UNKNOWN").split()[0] for letter in letters)
    ((script, n),) = scripts.most_common(1) or [("", 0)]
    return script if script != "LATIN" and 2 * n > len(letters) else ""
