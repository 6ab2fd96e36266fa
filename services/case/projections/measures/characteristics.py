"""What of a pupil is sealed with the case's key and figures are told apart by: as coarse as official statistics of
exclusions are, and dropped with the key (docs/decisions/measures.md)."""

from collections.abc import Callable
from typing import Any

# The school census's main codes, by the groups under which the Department for Education publishes.
_ETHNIC_GROUPS = {
    **dict.fromkeys(("WBRI", "WIRI", "WIRT", "WROM", "WOTH"), "white"),
    **dict.fromkeys(("MWBC", "MWBA", "MWAS", "MOTH"), "mixed"),
    **dict.fromkeys(("AIND", "APKN", "ABAN", "AOTH", "CHNE"), "asian"),
    **dict.fromkeys(("BCRB", "BAFR", "BOTH"), "black"),
    "OOTH": "other",
    **dict.fromkeys(("REFU", "NOBT"), "not_given"),
}
# English and believed to be English; refused, not obtained, classification pending.
_LANGUAGES = {**dict.fromkeys(("ENG", "ENB"), "english"), **dict.fromkeys(("REF", "NOT", "ZZZ"), "not_given")}


def _fsm(answer: Any) -> str:
    return {True: "yes", False: "no"}.get(answer, "") if isinstance(answer, bool) else ""


_READ: dict[str, tuple[str, Callable[[Any], str]]] = {  # the question of a referral -> what it tells
    "sex": ("sex", str),
    "sen_type": ("need", str),
    "ethnicity": ("ethnic_group", lambda code: _ETHNIC_GROUPS.get(code, "")),
    "first_language": ("first_language", lambda code: _LANGUAGES.get(code, "other")),
    "fsm_ever6": ("fsm", _fsm),
}
CHARACTERISTICS = tuple(name for name, _ in _READ.values())


def characteristics(answers: dict[str, Any]) -> dict[str, str]:
    """What these answers to a referral tell of the pupil."""
    return {
        _READ[name][0]: _READ[name][1](value) for name, value in answers.items() if name in _READ and value is not None
    }
