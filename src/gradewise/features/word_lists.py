"""Closed lists of words, by language: the parts of grammar that have no dictionary to look them up in."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text that are parted by spaces."""
    return frozenset(text.split())


TITLES = word_set("""
    mr mrs ms dr prof st mt sr jr lt sgt capt nr vs fig vol dept e.g i.e bl.a t.ex d.v.s dvs s.k f.d
    m.a.o p.g.a resp ca c.a t.o.m fr.o.m inkl exkl tel
""")
"""Written with a full stop that never ends a sentence: something always follows. English and Swedish."""

ABBREVIATIONS = word_set("""
    etc al a.m p.m u.s u.s.a u.k inc ltd co corp approx jan feb apr aug sept oct nov m.m osv o.s.v kl
    o.d o.dyl f.kr e.kr st kr
""")
"""Written with a full stop that ends a sentence only when a capital follows. English and Swedish."""

ENGLISH_FUNCTION_WORDS = word_set("""
    a an the this that these those some any no every each either neither both all half such what which
    whose another other others own same enough much many more most few fewer less least several i me my
    mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself
    we us our ours ourselves they them their theirs themselves one ones oneself who whom whoever
    whatever someone somebody something anyone anybody anything everyone everybody everything nobody
    nothing none about above across after against along among around as at before behind below beneath
    beside besides between beyond by despite down during except for from in inside into like near of off
    on onto out outside over past per since than through throughout till to toward towards under until
    up upon via with within without and but or nor so yet if because although though unless while
    whereas whether when whenever where wherever why how however therefore then there here thus hence
    moreover furthermore be am is are was were been being have has had having do does did doing done
    will would shall should can could may might must ought cannot not n't never also too very just only
    even still already again ever quite rather i'm you're he's she's it's we're they're i've you've
    we've they've i'd you'd he'd she'd we'd they'd i'll you'll he'll she'll it'll we'll they'll isn't
    aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't won't wouldn't can't couldn't
    shouldn't mustn't that's there's what's who's let's here's where's how's dont doesnt didnt cant wont
    isnt im ive thats
""")
"""Articles, pronouns, prepositions, conjunctions, auxiliaries and particles, contracted ones included."""

SWEDISH_FUNCTION_WORDS = word_set("""
    en ett den det de dem dessa denna detta denne dom vilken vilket vilka vars vem vad någon något några
    ingen inget inga nån nåt varje var vart båda bägge alla allt all hela samma annan annat andra egen
    eget egna sådan sådant sådana mycket många mer mest fler flest få färre mindre minst flera jag mig
    mej min mitt mina du dig dej din ditt dina han honom hans hon henne hennes hen dess vi oss vår vårt
    våra ni er ert era deras sig sej sin sitt sina man ens själv självt själva i på av till från för med
    om vid under över efter före innan mellan genom mot utan hos inom utanför bland bakom framför
    bredvid enligt trots sedan sen åt ur längs kring runt omkring ända per via ner upp ut in fram bort
    hem och eller men samt både varken antingen att som när då där här hur varför ifall eftersom därför
    medan fast fastän även så än såsom ty dock ändå alltså dessutom emellertid nämligen vara är varit
    vore ha har hade haft bli blir blev blivit ska skall skulle kan kunde kunnat kunna vill ville vilja
    måste får fick fått bör borde må torde lär göra gör gjorde gjort inte ej icke aldrig också bara
    endast ju nog väl kanske redan ännu igen alltid ganska rätt väldigt nu
""")
"""The same for Swedish."""

SUBORDINATORS = {
    "en": word_set("""
    because although though unless while whereas whether since if when whenever where wherever until
    which who whom whose that before after once so
    """),
    "sv": word_set("""
    att som eftersom därför fastän medan om ifall när då innan tills sedan vars vilket vilken vilka
    huruvida trots såvida
    """),
}
"""Words that mostly open a subordinate clause, by language."""

HEDGES = {
    "en": word_set("""
    may might could would should perhaps maybe probably possibly likely seem seems seemed appear appears
    apparently generally usually often sometimes somewhat suggest suggests tend tends
    """),
    "sv": word_set("""
    kanske troligen förmodligen möjligen antagligen sannolikt verkar tycks torde borde skulle ofta ibland
    oftast vanligtvis ganska tenderar antyder
    """),
}
"""Words that hold a claim back or qualify it, by language."""

BOOSTERS = {
    "en": word_set("""
    very really so always never absolutely totally completely definitely obviously clearly extremely certainly
    surely must
    """),
    "sv": word_set("""
    väldigt mycket verkligen alltid aldrig absolut helt totalt definitivt självklart tydligt extremt säkert
    måste jätte
    """),
}
"""Words that press a claim, by language."""

GENERAL_WORDS = {
    "en": word_set("""
    thing things stuff good bad nice big great get gets got getting make makes made lot lots people person
    something everything anything way ways do does did doing
    """),
    "sv": word_set("""
    sak saker grej grejer bra dålig dåligt fin fint stor stort få får fick göra gör gjorde folk människa
    människor något allt sätt massa
    """),
}
"""Words that fit everywhere and say little, by language."""

NOMINAL_ENDINGS = {
    "en": (
        *("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "hood", "ism"),
        *("tions", "sions", "ments", "ities", "ances", "ences", "ships"),
    ),
    "sv": (
        *("ning", "ningen", "ningar", "het", "heten", "heter", "tion", "tionen", "tioner", "ande", "andet"),
        *("ende", "endet", "else", "elsen", "elser", "skap", "skapen", "itet", "iteten", "ism", "ismen"),
    ),
}
"""How nouns that are made from verbs and adjectives end, by language."""

CONCLUSIONS = {
    "en": (
        *("in conclusion", "to conclude", "in summary", "to summarize", "to summarise", "to sum up"),
        *("in short", "overall", "all in all", "in the end", "finally", "in closing", "concluding"),
        *("for all these reasons", "for these reasons", "as a conclusion", "ultimately"),
    ),
    "sv": (
        *("sammanfattningsvis", "avslutningsvis", "slutligen", "till sist", "till slut", "som slutsats"),
        *("för att sammanfatta", "för att avsluta", "allt som allt", "min slutsats", "slutsatsen"),
    ),
}
"""Phrases that announce the end of an argument, by language."""

BARE_CONTRACTIONS = word_set("""
    dont doesnt didnt cant wont isnt arent wasnt werent havent hasnt hadnt wouldnt couldnt shouldnt im ive
    youre theyre thats whats hes shes youve theyve weve
""")
"""English contractions that lack their apostrophe; words that are also something else are left out."""
