"""How each event of a case changes what of it is measured."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.case.domain import events as e
from services.case.domain import pupil_events as p
from services.case.domain.meta import Event
from services.case.projections.measures.characteristics import characteristics
from services.case.projections.measures.occurrences import Occurrence, Story

VIEWS = ("pupil_view_given", "parent_view_given")
PENCE = 100
TAGS = {"route": "legal_route", "destination": "destination"}  # of a placement
OPENING = 0  # the number under which answers of the start form are corrected
MOVED = "MANAGED_MOVE_COMPLETED"


def fold(story: Story, event: Event, version: int) -> None:
    """Change `story` to what it is after `event`, the stream's next."""
    handler = HANDLERS.get(type(event))
    if handler is not None:
        handler(story, event, version)


def concerns(event: Event) -> bool:
    """Whether the event may change what is measured."""
    match event:
        case e.FactSet():
            return event.name in FACTS
        case e.TaskCompleted():
            return event.form in FORMS or not FACTS.isdisjoint(event.facts) or VIEWS[0] in event.answers
        case e.Milestone():
            return event.name in MILESTONES
    return type(event) in HANDLERS


def _opened(story: Story, event: e.CaseOpened, version: int) -> None:
    case = story.case
    case.ref, case.authority, case.home_school = event.ref, event.authority, event.home_school
    case.opened_on = event.meta.effective_on
    answers = {**event.answers, **(event.personal or {}).get("answers", {})}
    _learn(story, {**event.facts, **characteristics(answers)}, event.meta.effective_on)


def _learn(story: Story, facts: dict[str, Any], on: date) -> None:
    story.case.learn(facts, on)
    story.told = True


def _completed(story: Story, event: e.TaskCompleted, version: int) -> None:
    on = event.meta.effective_on
    if not FACTS.isdisjoint(event.facts):
        _learn(story, event.facts, on)
        if school := event.facts.get("receiving_school"):
            for kind in ("move", "direction"):
                if found := story.found(kind, event.instance):
                    found.place = str(school)
    if all(name in event.answers for name in VIEWS) and event.form.endswith("review"):
        review = story.at("review", event.task)
        review.began, review.detail = on, event.form
        _hear(review, {name: event.answers[name] for name in VIEWS})
    if read := FORMS.get(event.form):
        read(story, event, event.answers)


def _hear(review: Occurrence, views: dict[str, Any]) -> None:
    given = {name for name in VIEWS if f"{name}:given" in review.tags}
    for name, how in views.items():
        given = given | {name} if how == "given" else given - {name}
    review.tags = [f"{name}:given" for name in sorted(given)]
    review.outcome = ("none", "one", "both")[len(given)]


def _corrected(story: Story, event: e.AnswerCorrected, version: int) -> None:
    if event.fact in FACTS:
        _learn(story, {event.fact: event.value}, event.meta.effective_on)
    if event.task == OPENING and (
        told := characteristics({event.field: (event.personal or {}).get("value", event.value)})
    ):
        _learn(story, told, event.meta.effective_on)
    if event.field in VIEWS and (review := story.found("review", event.task)):
        _hear(review, {event.field: event.value})
    attendance = story.found("attendance", event.task)
    match event.field:
        case "sessions_attended" if attendance:
            attendance.amount = int(event.value)
        case "sessions_offered" if attendance:
            attendance.total = int(event.value)
        case "total_cost" | "final_cost" | "weeks":
            for key, placement in story.occurrences.items():
                if key[0] == "placement" and f"task:{event.task}" in placement.tags:
                    _spend(story.at("placement", key[1]), {event.field: event.value})


def _spend(placement: Occurrence, answers: dict[str, Any]) -> None:
    for name in ("total_cost", "final_cost"):
        if name in answers:
            placement.amount = round(float(answers[name]) * PENCE)
    placement.total = int(answers.get("weeks", placement.total))


def _planned_until(story: Story, event: e.TaskCompleted, answers: dict[str, Any]) -> None:
    if "end_on" in answers:
        story.at("direction", event.instance).planned = date.fromisoformat(answers["end_on"])


def _placement(story: Story, event: e.TaskCompleted, answers: dict[str, Any]) -> None:
    placement = story.at("placement", event.instance)
    if "provider" in event.facts:
        placement.place = str(event.facts["provider"] or "")
    placement.detail = answers.get("setting_type", placement.detail)
    for name, day in (("began", "starts_on"), ("planned", "ends_on"), ("planned", "extended_until")):
        if day in answers:
            setattr(placement, name, date.fromisoformat(answers[day]))
    if {"total_cost", "final_cost"} & answers.keys():
        _spend(placement, answers)
        placement.tags = [*placement.tags, f"task:{event.task}"]
    placement.tags += [f"{tag}:{answers[name]}" for tag, name in TAGS.items() if name in answers]
    if event.form == "placement_end":
        attendance = story.at("attendance", event.task)
        attendance.ended, attendance.place = event.meta.effective_on, placement.place
        attendance.amount = int(answers["sessions_attended"])
        attendance.total = int(answers["sessions_offered"])


def _provision(story: Story, event: e.TaskCompleted, answers: dict[str, Any]) -> None:
    if "begins_on" in answers:
        story.at("provision", event.instance).planned = date.fromisoformat(answers["begins_on"])


def _felt(story: Story, event: e.TaskCompleted, answers: dict[str, Any]) -> None:
    if "listened" in answers and (asked := story.last("feedback", detail=event.party, outcome="")):
        asked.amount = int(answers["listened"])


def _upheld(story: Story, event: e.TaskCompleted, answers: dict[str, Any]) -> None:
    if concern := story.last("concern", detail=str(event.instance), outcome=""):
        concern.outcome, concern.ended = answers["upheld"], event.meta.effective_on


FORMS: dict[str, Callable[[Story, e.TaskCompleted, dict[str, Any]], None]] = {
    **dict.fromkeys(("direction_notice", "direction_review", "direction_change"), _planned_until),
    **dict.fromkeys(
        (
            "choose_provider", "provider_check", "placement_check", "commissioning_agreement", "placement_notice",
            "placement_review", "placement_end",
        ),
        _placement,
    ),
    "provision": _provision,
    "feedback": _felt,
    "pressure_looked_into": _upheld,
}  # fmt: skip
FACTS = frozenset(
    ("sen_provision", "ehc_assessment", "cla", "cp", "cin", "nc_year", "pex_risk", "home_school", "receiving_school")
) | {"provider"}


def _fact(story: Story, event: e.FactSet, version: int) -> None:
    if event.name in FACTS:
        _learn(story, {event.name: event.value}, event.meta.effective_on)


def _notified(story: Story, event: p.ExclusionNotified, version: int) -> None:
    entry, exclusion = event.entry, story.at("exclusion", event.instance)
    exclusion.began, exclusion.ended, exclusion.place = entry.start, entry.end, entry.school
    exclusion.detail, exclusion.amount, exclusion.tags = entry.kind, entry.counted, list(entry.reasons)
    exclusion.outcome = "cancelled" if entry.cancelled else ""


def _concern(story: Story, event: e.ConcernRaised, version: int) -> None:
    story.add("concern", version).began = event.meta.effective_on


def _closed(story: Story, event: e.CaseClosed, version: int) -> None:
    story.case.closed_on, story.case.outcome, story.told = event.meta.effective_on, event.outcome, True
    if event.outcome == MOVED and (move := story.last("move", outcome="")):  # as somebody says who closes it by hand
        move.outcome, move.ended = "completed", event.meta.effective_on


def _erased(story: Story, event: e.SubjectKeyDestroyed, version: int) -> None:
    story.case.erase()
    story.told = True


def _reopened(story: Story, event: e.CaseReopened, version: int) -> None:
    story.case.closed_on, story.case.outcome, story.told = None, "", True


def _process_ended(story: Story, event: e.ProcessEnded, version: int) -> None:
    move = story.found("move", event.instance)
    if move is not None and not move.outcome:
        move.outcome, move.ended = event.outcome.lower(), event.meta.effective_on


def _referral(story: Story, event: e.Milestone, version: int) -> None:
    referral = story.at("referral", event.instance)
    if event.name == "referral.submitted":
        referral.began = event.meta.effective_on
    elif referral.ended is None:
        referral.ended, referral.outcome = event.meta.effective_on, event.outcome


def _strategy(story: Story, event: e.Milestone, version: int) -> None:
    rung = str(event.fields.get("rung", ""))
    if event.name == "strategy.started":
        strategy = story.add("strategy", version)
        strategy.began, strategy.detail = event.meta.effective_on, rung
    elif running := story.last("strategy", detail=rung, ended=None):
        running.ended, running.outcome = event.meta.effective_on, event.outcome


def _approach(story: Story, event: e.Milestone, version: int) -> None:
    school = str(event.fields.get("receiving_school", ""))
    if event.name == "receiving_school.approached":
        approach = story.add("approach", version)
        approach.began, approach.place = event.meta.effective_on, school
    elif asked := story.last("approach", place=school, ended=None):
        asked.ended = event.meta.effective_on
        asked.outcome = event.name.removeprefix("receiving_school.")
        asked.detail = str(event.fields.get("decline_reason", ""))


def _direction(story: Story, event: e.Milestone, version: int) -> None:
    direction = story.at("direction", event.instance)
    if event.name == "off_site_direction.started":
        direction.began = event.meta.effective_on
    elif event.name == "off_site_direction.ended":
        direction.ended, direction.outcome = event.meta.effective_on, event.outcome
    direction.detail = "intent" if event.fields.get("intent", direction.detail) in (True, "intent") else ""


def _move(story: Story, event: e.Milestone, version: int) -> None:
    if event.name == "managed_move.checked":
        if moved := story.last("move", outcome="completed"):
            moved.tags = [*moved.tags, f"{event.element}:{event.outcome}"]
        return
    move = story.at("move", event.instance)
    if event.name == "managed_move.proposed":
        move.began = event.meta.effective_on
    else:
        done = event.name.removeprefix("managed_move.")
        move.ended, move.outcome = event.meta.effective_on, event.outcome if done == "ended" else done
    if story.case.has_plan and "plan" not in move.tags:
        move.tags = [*move.tags, "plan"]


def _placed(story: Story, event: e.Milestone, version: int) -> None:
    placement = story.at("placement", event.instance)
    if event.name == "alternative_provision.ended":
        placement.ended, placement.outcome = event.meta.effective_on, event.outcome
    else:
        placement.began = placement.began or event.meta.effective_on
        placement.tags = [*placement.tags, "commissioned"]


def _return(story: Story, event: e.Milestone, version: int) -> None:
    back = story.at("return", event.instance)
    if event.name == "reintegration.started":
        back.began, back.detail = event.meta.effective_on, str(event.fields.get("destination", ""))
        back.tags = [str(event.fields.get("coming_from", ""))]
        if back.tags == ["alternative_provision"]:
            back.planned = max((one.began for one in story.all("placement") if one.began), default=None)
    else:
        back.ended, back.outcome = event.meta.effective_on, event.name.removeprefix("reintegration.")


def _provided(story: Story, event: e.Milestone, version: int) -> None:
    provision = story.at("provision", event.instance)
    exclusion = story.occurrences.get(("exclusion", str(event.instance)), Occurrence())
    provision.began, provision.detail = exclusion.began, exclusion.detail
    provision.ended = provision.planned or event.meta.effective_on


def _panel(story: Story, event: e.Milestone, version: int) -> None:
    panel = story.at("panel", event.instance)
    panel.ended, panel.outcome = event.meta.effective_on, event.outcome


def _pressed(story: Story, event: e.Milestone, version: int) -> None:
    concern = story.add("concern", version)
    concern.began, concern.detail = event.meta.effective_on, str(event.instance)


def _asked(story: Story, event: e.Milestone, version: int) -> None:
    who, done = str(event.fields.get("person_asked", "")), event.name.removeprefix("feedback.")
    if done == "invited":
        asked = story.add("feedback", version)
        asked.began, asked.detail = event.meta.effective_on, who
    elif waiting := story.last("feedback", detail=who, outcome=""):
        waiting.ended, waiting.outcome = event.meta.effective_on, done


MILESTONES: dict[str, Callable[[Story, e.Milestone, int], None]] = {
    f"{subject}.{done}": handler
    for subject, dones, handler in (
        ("referral", "submitted triaged", _referral),
        ("strategy", "started concluded", _strategy),
        ("receiving_school", "approached accepted declined", _approach),
        ("off_site_direction", "proposed started ended", _direction),
        ("managed_move", "proposed blocked completed ended checked", _move),
        ("alternative_provision", "commissioned ended", _placed),
        ("reintegration", "started sustained broke_down", _return),
        ("sixth_day_provision", "started", _provided),
        ("independent_review_panel", "decided", _panel),
        ("concern", "raised", _pressed),
        ("feedback", "invited given declined", _asked),
    )
    for done in dones.split()
}


def _milestone(story: Story, event: e.Milestone, version: int) -> None:
    if handler := MILESTONES.get(event.name):
        handler(story, event, version)


HANDLERS: dict[type, Callable[[Story, Any, int], None]] = {
    e.CaseOpened: _opened,
    e.TaskCompleted: _completed,
    e.FactSet: _fact,
    e.AnswerCorrected: _corrected,
    p.ExclusionNotified: _notified,
    e.ConcernRaised: _concern,
    e.CaseClosed: _closed,
    e.CaseReopened: _reopened,
    e.SubjectKeyDestroyed: _erased,
    e.ProcessEnded: _process_ended,
    e.Milestone: _milestone,
}
