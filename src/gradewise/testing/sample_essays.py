"""Two essays written by hand on one task, to try a model on: a weak one with mistakes and a good one."""

from collections.abc import Mapping
from types import MappingProxyType

from gradewise.essays.records import Essay

_PROMPT = "Mobile phones in school"
_TASK = (
    "Many schools collect pupils' phones in the morning. Should mobile phones be banned during the school "
    "day? Write an argumentative text."
)

_WEAK = (
    "Hi I am going to write about phones in school and if they shoud be banned. I think it is a bad idea to "
    "take peoples phones becouse it is there own things and they have payd for it. In my school we have to "
    "leave the phone in a box every morning and nobody like it.\n\n"
    "First you can need it if something happend at home. Last week my mum was late and she could not call me "
    "so I was waiting outside for one hour in the rain and it was very cold. If I had my phone then she just "
    "could send a message. The teachers says that the office can call but they never does it.\n\n"
    "Also you can use the phone for the school work, like to translate a word or take picture of the "
    "whiteboard when you are to slow to write. The computers in my school is very old and they take ten "
    "minuts to start so it is faster with phone.\n\n"
    "Some people play games on the lessons and that is not good but then the teacher can take just that "
    "persons phone. It is not fair that everyone gets punished for it.\n\n"
    "So I think that phones should be allowed but not when the teacher talk. That was my opinion thanks for "
    "reading."
)

_GOOD = (
    "Last spring my school introduced a rule that made half of my class furious: every phone had to be "
    "handed in before the first lesson. I was one of those who protested. One year later, I have changed my "
    "mind, and I now believe that more schools should follow our example.\n\n"
    "The most obvious argument concerns concentration. A phone does not have to ring in order to disturb "
    "you; it is enough that it lies in your pocket and might contain something new. Before the rule, I used "
    "to read the same page three times without remembering a single sentence. Nowadays I finish most of my "
    "work during the lesson, which means that my evenings are my own.\n\n"
    "What surprised me more, however, was what happened during the breaks. The corridor, which used to be as "
    "quiet as a library, gradually filled with voices. Somebody brought a pack of cards, and within a few "
    "weeks I had talked to people whose names I had never known.\n\n"
    "Admittedly, there are objections. Some pupils rely on their phones for medical reasons, and parents "
    "want to be able to reach their children. These needs are real, but they can be met by sensible "
    "exceptions and a telephone in the school office.\n\n"
    "A ban will not solve every problem, and it cannot teach us self-control on its own. Still, seven hours "
    "a day of undivided attention is a gift, even though it did not feel like one at first."
)

SAMPLE_TEXTS: Mapping[str, Essay] = MappingProxyType({
    "weak": Essay(id="sample-weak", text=_WEAK, prompt=_PROMPT, prompt_text=_TASK),
    "good": Essay(id="sample-good", text=_GOOD, prompt=_PROMPT, prompt_text=_TASK),
})  # fmt: skip
"""Essays without a grade, by what a teacher would roughly say of them: ``weak`` and ``good``."""
