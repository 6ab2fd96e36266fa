"""What a report or plan says when it is published: the words of its authors, and every figure as it is at that moment,
against the year before and the authority's targets."""

from typing import Annotated, Any

import msgspec

from services.case.clock.periods import Period, before
from services.case.domain.improvement import Improvement
from services.case.projections.measures.catalogue import BY_ID, MEASURES
from services.case.projections.measures.counting import Scope
from services.case.projections.measures.demand import Demand
from services.case.projections.measures.figures import Counting, Figure
from services.case.projections.measures.measure import Measure

SHOWN = 6  # measures that went up, and as many that went down


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the authors see in a measure."""

    measure: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": list(BY_ID)})]
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a report. `themes` of what people said in reviews, as somebody has read them."""

    title: str
    summary: str
    themes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def compose(
    counting: Counting,
    scope: Scope,
    state: Improvement,
    kind: str,
    period: Period,
    written: Written,
    wanted: list[Demand],
) -> dict[str, Any]:
    """The document, in plain values."""
    earlier = before(period)
    lines = []
    for measure in MEASURES:
        now, then = (counting.figures(measure, one, scope).whole for one in (period, earlier))
        target = state.targets.get((measure.id, period.name))
        lines.append(_line(measure, now, then, None if target is None else target.value))
    moved = sorted((line for line in lines if line["by"] is not None), key=lambda line: -abs(line["by"]))
    return {
        "kind": kind,
        "title": written.title,
        "period": {"name": period.name, "first": period.first, "last": period.last},
        "compared_with": earlier.name,
        "summary": written.summary,
        "themes": written.themes,
        "findings": [
            {"finding": number, "measure": one.measure, "words": one.words}
            for number, one in enumerate(written.findings, start=1)
        ],
        "better": [line["measure"] for line in moved if line["change"] == "better"][:SHOWN],
        "worse": [line["measure"] for line in moved if line["change"] == "worse"][:SHOWN],
        "figures": lines,
        "demand": msgspec.to_builtins(wanted),
    }


def _line(measure: Measure, now: Figure, then: Figure, target: float | None) -> dict[str, Any]:
    return {
        "measure": measure.id,
        "title": measure.title,
        "unit": measure.unit,
        "numerator": now.numerator,
        "denominator": now.denominator,
        "value": now.value,
        "small": now.small,
        "before": then.value,
        "by": _moved_by(now, then),
        "change": _change(measure, now, then),
        "target": target,
        "reached": _reached(measure, now.value, target),
    }


def _moved_by(now: Figure, then: Figure) -> float | None:
    """How far it moved, in parts of what it was."""
    if now.value is None or not then.value:
        return None
    return round((now.value - then.value) / abs(then.value), 3)


def _change(measure: Measure, now: Figure, then: Figure) -> str:
    """`better`, `worse`, `same`; "" where nobody can tell, or no direction is hoped for."""
    if now.value is None or then.value is None or not measure.better:
        return ""
    if now.value == then.value:
        return "same"
    return "better" if (now.value > then.value) == (measure.better == "higher") else "worse"


def _reached(measure: Measure, value: float | None, target: float | None) -> bool | None:
    if value is None or target is None:
        return None
    return value <= target if measure.better == "lower" else value >= target
