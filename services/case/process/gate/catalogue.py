"""Every rule of the gate by name, with what it refuses or, for a warning, doubts."""

from typing import Final

from services.case.process.gate import bundle
from services.case.process.gate.diagram import DMN_RULES, FAMILIES, FILE_RULES
from services.case.process.gate.tokens import soundness

RULES: Final[dict[str, str]] = {
    **FILE_RULES,
    **{rule: words for family in FAMILIES for rule, words in family.RULES.items()},
    **soundness.RULES,
    **DMN_RULES,
    **bundle.RULES,
}
