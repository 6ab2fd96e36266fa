"""Outcomes that nobody may write into a form, each with the lawful alternative.

They are recognised by the words by which they go, so that whoever writes them reads at once what to do instead. People
still decide: no list of words finds everything.
"""

import re
from typing import Final

_TEXT: Final = re.IGNORECASE
_WHOM: Final = r"(him |her |them |the pupil |the child )?"
_PART_TIME: Final = r"(part[- ]time|reduced|shortened) (timetable|hours|days?)"
_SANCTION: Final = (
    r"(sanction|punish|consequence|penalty|because of (his|her|their) behaviour|until (his |her |their )?behaviour)"
)

UNLAWFUL: Final = tuple(
    (re.compile(words, _TEXT), instead)
    for words, instead in (
        (  # DfE suspension and permanent exclusion guidance: also with the parents' agreement
            r"cool(ing)?[ -]?off (at )?home|informal(ly)? exclu|time out at home"
            rf"|\b(sen[dt]s?|sending|go|goes|going|stays?|stayed|staying|keeps?|kept|keeping) {_WHOM}(at )?home\b"
            rf"|\b(collect|pick)(s|ed|ing)? ({_WHOM}|up )*early\b"
            r"|\b(leaves?|leaving) (school |the premises )?(early|at lunch|after lunch)\b"
            r"|\b(off site|off the premises|at home) for (the rest of|part of) (the|each|a) (day|morning|afternoon)\b"
            rf"|(told|asked|advised) {_WHOM}(not to|to not) (come|attend|return)|stay(s|ing)? away from school",
            "Sending a pupil home without a formal suspension is unlawful, also for part of a day, even if the parents "
            "agree. Use a suspension, or describe support in school.",
        ),
        (  # Working together to improve school attendance; SI 2024/208 regulation 10, code C2
            rf"{_PART_TIME}[^.]{{0,60}}{_SANCTION}|{_SANCTION}[^.]{{0,60}}{_PART_TIME}",
            "A part-time timetable is never a sanction. It is short, agreed with the parents, reviewed and recorded "
            "with code C2: plan it as part of a return, or describe support in school.",
        ),
        (  # DfE guidance of July 2026, pupil movement
            r"\btrial\b[^.]{0,30}managed move|managed move[^.]{0,30}\btrial\b",
            "A managed move is permanent and has no trial. To see how another school works out, the governing board "
            "can direct the pupil off site for a set time.",
        ),
        (  # SI 2024/208 regulation 9
            rf"(tak(e|en|es|ing)|remov(e|ed|es|ing)) {_WHOM}(off|from) (the |our )?(school )?roll\b|off[- ]roll",
            "Taking a pupil off the roll without one of the legal grounds is unlawful. "
            "Keep the pupil on roll, and describe the support or the managed move that everybody agrees to.",
        ),
        (  # DfE guidance: pressure to agree
            r"(agree|accept|move)s?\b[^.]{0,40}\b(or|otherwise)\b[^.]{0,40}\bexclu(ded|sion)",
            "Nobody may be told to agree or be excluded. "
            "Say what is offered; whether to exclude is decided on its own facts.",
        ),
        (  # DfE elective home education guidance
            r"home[- ]educat[^.]{0,40}(instead|to avoid|or else)"
            r"|(to avoid|instead of)[^.]{0,30}exclu[^.]{0,40}home[- ]educat",
            "Home education is the parents’ own choice and never an alternative to exclusion. "
            "Describe support in school, or alternative provision that the school or council arranges.",
        ),
        (  # DfE suspension and permanent exclusion guidance
            r"extend(ed|ing|s)? (the |this |his |her |their )?suspension|indefinite(ly)? suspen",
            "A suspension has a set end and cannot be extended. "
            "A new one needs its own reason; describe the support for the day of return.",
        ),
        (
            r"(isolat|internal(ly)? exclu|segregat)[^.]{0,40}\b(without|no) (any )?(teaching|lessons|education|work)",
            "Away from class, education and support go on. "
            "Use internal inclusion for a set period, with teaching and agreed outcomes.",
        ),
    )
)


def lawful_instead(text: str) -> str | None:
    """What is lawful in place of what the text says, as a sentence; None if nothing unlawful is recognised.

    >>> lawful_instead("Cooling off at home until Monday")[:59]
    'Sending a pupil home without a formal suspension is unlawfu'
    >>> lawful_instead("Back in all lessons, with the key adult") is None
    True
    """
    return next((instead for words, instead in UNLAWFUL if words.search(text)), None)
