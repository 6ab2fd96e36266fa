"""What a family is told of its case, in words: what was tried, what else might suit, what happens now and who decides.

Nothing of other people is told: no names, no reasons for which a school or provider said no, no task by its title.
"""

from collections.abc import Mapping
from typing import Any

from services.case.domain.case import Case
from services.case.domain.people import PARTIES
from services.case.policy.ladder import Ladder
from services.case.web import wording

RESULTS = {
    "effective": "It helped.",
    "partly": "It helped in part.",
    "not_effective": "It did not help enough.",
    "not_appropriate": "It was not right at the time, so it was not used.",
    "declined": "It was offered, and not wanted at the time.",
    "withdrawn": "It was stopped.",
}
DECIDES = {  # by process, in the words for a parent or carer; who decides by law or by the guidance of July 2026
    "exclusion_prevention": "The school plans the help with you, and looks with you at how it went.",
    "managed_move": "You, your child and both headteachers decide. It happens only if everybody agrees.",
    "off_site_direction": "The governing board of the school decides, after it has heard what you think.",
    "alternative_provision": "The school, or the council, arranges it. You are asked first what you think.",
    "suspension": "The headteacher decides. You can tell the governing board what you think, and it can look again.",
    "permanent_exclusion": "The headteacher decides. The governing board looks at it. You can ask a panel to look too.",
    "reintegration": "The school plans the return with you and your child.",
    "send_route": "The council decides about the plan. You can disagree and appeal to a tribunal.",
    "enquiry": "The school answers your question.",
}
FOR_PUPILS = {
    "exclusion_prevention": "Your school plans the help with you and your family.",
    "managed_move": "You decide, with your family and both headteachers. It only happens if everybody says yes.",
    "off_site_direction": "The people who run your school decide. They must ask what you think first.",
    "alternative_provision": "Your school or the council sets it up. They ask what you think first.",
    "suspension": "Your headteacher decides. Your family can ask the people who run the school to look again.",
    "permanent_exclusion": "Your headteacher decides. Other people check if it is fair. Your family can ask for that.",
    "reintegration": "Your school plans your way back with you.",
    "send_route": "The council decides about your plan. Your family can ask others to look at it again.",
    "enquiry": "Your school answers your question.",
}
KINDS = ("strategy", "outreach", "school_support", "transition")  # of the inclusion directory: what may be tried
TO_READ = ("protocol", "send_guidance")


def tried(case: Case, ladder: Ladder) -> list[dict[str, Any]]:
    """Each kind of help, the last first, with its days and how it went."""
    titles = {rung.code: rung.title for rung in ladder.rungs}
    return [
        {
            "title": titles.get(one.rung, one.rung.replace("_", " ").capitalize()),
            "from": one.started_on,
            "until": one.concluded_on,
            "reviews": one.reviews,
            "result": RESULTS.get(one.outcome, "It has ended.") if one.concluded_on else "It is going on now.",
        }
        for one in reversed(case.strategies)
    ]


def not_tried(case: Case, ladder: Ladder) -> dict[str, str]:
    """The kinds of help that were not used so far: code -> title."""
    used = {one.rung for one in case.strategies if one.outcome != "not_appropriate"}
    return {rung.code: rung.title for rung in ladder.rungs if rung.code not in used}


def suits(
    entries: list[dict[str, Any]], rungs: dict[str, str], need: str, needs: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What the council's directory has that might suit, each with why."""
    found = []
    for entry in entries:
        mine = [rungs[code] for code in entry.get("rungs", []) if code in rungs]
        why = [f"“{title}” has not been tried yet." for title in mine]
        if need and need in entry.get("needs", []):
            why.append(f"It is for pupils with this need: {needs.get(need, need).lower()}.")
        if entry["kind"] in KINDS and why:
            found.append({**entry, "why": why})
    return found


def going_on(case: Case, titles: dict[int, str], party: str) -> list[dict[str, Any]]:
    """The processes of the case that the family takes part in: who decides, who is to do something now and by when."""
    decides = FOR_PUPILS if party == "pupil" else DECIDES
    found = []
    for instance in case.instances.values():
        if instance.after_closing or instance.process not in decides:
            continue
        found.append(
            {
                "title": titles[instance.id],
                "over": instance.ended,
                "decides": decides[instance.process],
                "now": [] if instance.ended else _now(case, instance.id, party),
            }
        )
    return found


def _now(case: Case, instance: int, party: str) -> list[dict[str, Any]]:
    """Who is asked for something, as what they are, with the nearest day by which it is owed."""
    days: dict[str, Any] = {}
    for task in case.tasks.values():
        if task.instance == instance:
            who = wording.party(task.party) if task.party in PARTIES else wording.role(task.role)
            who = "You" if task.party == party else who
            due = min((d.due for d in case.deadlines.values() if d.task == task.id), default=None)
            days[who] = min(filter(None, (days.get(who), due)), default=None)
    return [{"who": who, "by": day} for who, day in days.items()]
