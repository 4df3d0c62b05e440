"""Text that adds nothing to an essay: passages on other topics, sentences that say nothing, rare words.

Written for this package, in correct and rather good prose: what pads an essay must not give itself away by
its mistakes. Topics are far from those of school essays.
"""

from collections.abc import Mapping
from types import MappingProxyType

_BREAD = (
    "A sourdough starter is nothing more than flour and water in which wild yeast and bacteria have learned "
    "to live together. Bakers feed it every day, and in return it lifts their loaves and gives them a mild "
    "acidity. The temperature of the kitchen matters more than the recipe: a cool room slows the yeast and "
    "lets flavour develop, while a warm one produces a lighter crumb within hours. Some starters have been "
    "kept alive for generations, passed from one household to the next in a plain glass jar."
)
_LENS = (
    "Before the nineteenth century, the lamp of a lighthouse could hardly be seen beyond a few miles, since "
    "most of its light was lost to the sky. A French engineer then arranged rings of glass prisms around "
    "the flame, so that almost every ray was bent towards the horizon. The new lenses were taller than a "
    "man and floated on a bath of mercury, which allowed a keeper to turn several tons with one finger. "
    "Many of them are still in use, although electric bulbs have long replaced the oil."
)
_PIANO = (
    "Tuning a piano is a matter of small compromises. If every fifth were made perfectly pure, the last "
    "note of the circle would no longer agree with the first, and some keys would sound unbearable. The "
    "tuner therefore narrows each interval a little and listens for slow beats between the strings, which "
    "reveal how far apart two tones are. Felt, wood and steel react to the weather, so an instrument that "
    "was in tune in January will have drifted by the summer, however carefully it has been treated."
)
_GLACIER = (
    "Glacier ice looks blue because it absorbs the red end of the spectrum, and the effect grows with the "
    "depth that light has travelled. The ice itself began as snow, which was buried by later winters until "
    "the air between its crystals was squeezed into tiny bubbles. By drilling down and analysing these "
    "bubbles, geologists can read what the atmosphere contained thousands of years ago. A core of three "
    "kilometres is cut into short pieces, labelled, and stored in freezers where nobody works for long."
)

_SURDEG = (
    "En surdegsgrund består bara av mjöl och vatten, där vildjäst och bakterier har lärt sig att leva "
    "tillsammans. Bagaren matar den varje dag, och i gengäld lyfter den brödet och ger det en mild syra. "
    "Temperaturen i köket betyder mer än receptet: i ett svalt rum arbetar jästen långsamt, så att smaken "
    "hinner utvecklas, medan ett varmt rum ger ett luftigare bröd på några timmar. Det finns grunder som "
    "har hållits vid liv i generationer och gått i arv mellan hushåll i en enkel glasburk."
)
_FYR = (
    "Före artonhundratalet syntes en fyr knappast längre än några sjömil, eftersom det mesta av ljuset "
    "försvann mot himlen. En fransk ingenjör ordnade då ringar av glasprismor runt lågan, så att nästan "
    "varje stråle böjdes mot horisonten. De nya linserna var högre än en människa och vilade på ett bad av "
    "kvicksilver, vilket gjorde att fyrvaktaren kunde vrida flera ton med ett finger. Många av dem används "
    "fortfarande, fastän glödlampor för länge sedan har ersatt oljan."
)
_PIANOT = (
    "Att stämma ett piano är en fråga om små kompromisser. Om varje kvint gjordes helt ren skulle den sista "
    "tonen i cirkeln inte längre stämma med den första, och somliga tonarter skulle låta outhärdliga. "
    "Stämmaren gör därför varje intervall en aning snävare och lyssnar efter de långsamma svävningar som "
    "avslöjar hur långt två toner ligger ifrån varandra. Filt, trä och stål reagerar på vädret, så ett "
    "instrument som var stämt i januari har glidit iväg till sommaren, hur väl det än har skötts."
)
_ISEN = (
    "Glaciärens is ser blå ut eftersom den absorberar den röda delen av spektrumet, och verkan växer med "
    "djupet som ljuset har färdats genom. Isen var från början snö, som begravdes av senare vintrar tills "
    "luften mellan kristallerna hade pressats ihop till små bubblor. Genom att borra sig ned och analysera "
    "bubblorna kan geologer läsa av vad atmosfären innehöll för tusentals år sedan. En borrkärna på tre "
    "kilometer sågas i korta bitar, märks och lagras i frysrum där ingen arbetar länge."
)

OFF_TOPIC: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "en": (_BREAD, _LENS, _PIANO, _GLACIER),
    "sv": (_SURDEG, _FYR, _PIANOT, _ISEN),
})  # fmt: skip
"""Passages of 70 to 90 words on topics of their own, by language."""

STOCK_SENTENCES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "en": (
        "This is a very important question that deserves to be considered carefully.",
        "There are many different opinions about this, and all of them should be taken into account.",
        "In order to understand this fully, it is necessary to look at it from several perspectives.",
        "Furthermore, this particular aspect plays a significant role in the discussion as a whole.",
        "It is therefore essential to keep this point in mind when drawing any conclusion.",
        "On the one hand there are clear advantages, and on the other hand there are disadvantages.",
        "As has already been mentioned, this matter can be seen in more than one way.",
        "Taking everything into consideration, this shows how complex the issue really is.",
        "Moreover, there is another reason, which is at least as important as the previous one.",
        "For all of these reasons, it is evident that the subject cannot be ignored.",
    ),
    "sv": (
        "Detta är en mycket viktig fråga som förtjänar att övervägas noggrant.",
        "Det finns många olika åsikter om detta, och alla bör tas i beaktande.",
        "För att förstå detta fullt ut är det nödvändigt att se det ur flera perspektiv.",
        "Dessutom spelar just denna aspekt en betydande roll i diskussionen som helhet.",
        "Det är därför väsentligt att hålla detta i minnet innan man drar några slutsatser.",
        "Å ena sidan finns det tydliga fördelar, och å andra sidan finns det nackdelar.",
        "Som redan har nämnts kan denna fråga betraktas på mer än ett sätt.",
        "Med hänsyn till allt detta framgår det hur komplext ämnet verkligen är.",
        "Vidare finns det ytterligare en anledning, som är minst lika viktig som den föregående.",
        "Av alla dessa skäl är det uppenbart att ämnet inte kan förbises.",
    ),
})  # fmt: skip
"""Sentences that fit anywhere because they say nothing (shell language), by language."""

RARE_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "en": (
        *("sesquipedalian", "perspicacious", "antediluvian", "obstreperous", "circumlocution", "pulchritude"),
        *("grandiloquent", "verisimilitude", "irrefragable", "perfunctory", "idiosyncratic", "lugubrious"),
        *("magnanimous", "multitudinous", "soporific", "recalcitrant", "serendipitous", "tergiversation"),
        *("ubiquitous", "unconscionable", "vicissitudes", "discombobulated", "ineluctable", "concatenation"),
    ),
    "sv": (
        *("mångordighet", "skarpsinnighet", "förhistorisk", "gensträvig", "vidlyftighet", "fägring"),
        *("högtravande", "sanningsenlighet", "ovedersäglig", "slentrianmässig", "egenartad", "dysterhet"),
        *("storsinthet", "mångahanda", "sinnebildlig", "motsträvighet", "slumpartad", "undanflykter"),
        *("allestädes", "samvetslös", "växlingsrikedom", "förbistring", "ofrånkomlighet", "sammanlänkning"),
    ),
})  # fmt: skip
"""Words that are spelt correctly, long, and hardly ever written in school, by language."""
