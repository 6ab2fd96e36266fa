"""Every measure, counted by hand: six that are in the numerator, seven that are not, and some that are not counted."""

from datetime import date, timedelta
from typing import Any

from services.case.clock.periods import read_period
from services.case.domain import events as e
from services.case.projections.measures.catalogue import BY_ID, MEASURES
from services.case.projections.measures.counting import Scope
from services.case.wiring import House
from tests.measures.telling import OCTOBER, Story, Told, counting, figures, project, store

HITS, OTHERS = 6, 7
PART = (6, 13, 46.2)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
NOVEMBER = OCTOBER + 4 * WEEK


def direction(outcome: str, intent: bool = True, planned: date | None = None) -> Story:
    def story(told: Told) -> None:
        if planned is not None:
            told.form("direction_notice", OCTOBER, instance=2, end_on=planned.isoformat())
        told.milestone("off_site_direction.started", OCTOBER, instance=2, intent=intent)
        told.milestone("off_site_direction.ended", NOVEMBER, outcome, instance=2, intent=intent)

    return story


def move(*checks: str, excluded: bool = False, again: bool = False) -> Story:
    def story(told: Told) -> None:
        for instance in (2, 3) if again else (2,):
            told.milestone("managed_move.proposed", OCTOBER, instance=instance)
            told.milestone("managed_move.completed", OCTOBER + instance * WEEK, instance=instance)
        for check in checks:
            element, _, outcome = check.partition(":")
            told.milestone("managed_move.checked", NOVEMBER, outcome, instance=4, element=element)
        if excluded:
            told.exclusion(NOVEMBER + WEEK, 0, 5, kind="PERM", terms={})

    return story


def gate(name: str, outcome: str = "", **facts: Any) -> Story:
    def story(told: Told) -> None:
        told.fact("sen_provision", facts.get("sen", "E"), OCTOBER)
        told.milestone("managed_move.proposed", OCTOBER, instance=2)
        told.milestone(name, NOVEMBER, outcome, instance=2)

    return story


def approach(done: str, **fields: Any) -> Story:
    def story(told: Told) -> None:
        told.milestone("receiving_school.approached", OCTOBER, receiving_school="900002")
        if done:
            told.milestone(f"receiving_school.{done}", NOVEMBER, receiving_school="900002", **fields)

    return story


def strategy(outcome: str) -> Story:
    def story(told: Told) -> None:
        told.milestone("strategy.started", OCTOBER, rung="restorative")
        if outcome:
            told.milestone("strategy.concluded", NOVEMBER, outcome, rung="restorative")

    return story


def never_begun(told: Told) -> None:
    told.milestone("strategy.concluded", NOVEMBER, "not_appropriate", rung="restorative")


def risk(closed: date | None, excluded: bool = False) -> Story:
    def story(told: Told) -> None:
        told.fact("pex_risk", "high", OCTOBER)
        if excluded:
            told.exclusion(NOVEMBER, 0, kind="PERM", terms={})
        if closed is not None:
            told.close(closed)

    return story


def excluded(**more: Any) -> Story:
    return lambda told: told.exclusion(OCTOBER, **more)


def education(begins: date) -> Story:
    def story(told: Told) -> None:
        told.exclusion(OCTOBER, 0, kind="PERM", terms={})
        told.form("provision", OCTOBER, begins_on=begins.isoformat())
        told.milestone("sixth_day_provision.started", begins)

    return story


def deadline(state: type[e.Event], name: str = "review", late: bool = False) -> Story:
    return lambda told: told.deadline(name, OCTOBER, state, late=late)


def review(pupil: str, parent: str, form: str = "strategy_review") -> Story:
    return lambda told: told.form(form, OCTOBER, pupil_view_given=pupil, parent_view_given=parent)


def concern(upheld: str) -> Story:
    def story(told: Told) -> None:
        told.milestone("concern.raised", OCTOBER, instance=3)
        told.form("pressure_looked_into", NOVEMBER, instance=3, upheld=upheld)

    return story


def placement(outcome: str = "not_met", attended: int = 8, cost: float = 500.0, **more: Any) -> Story:
    def story(told: Told) -> None:
        told.form("choose_provider", OCTOBER, 2, 1, provider="AP-1001")
        told.form("provider_check", OCTOBER, 2, 2, setting_type=more.get("setting", "school"))
        told.form("placement_check", OCTOBER, 2, 3, total_cost=400.0, weeks=4, legal_route="direction")
        dates = {"starts_on": OCTOBER.isoformat(), "ends_on": (NOVEMBER - 3 * DAY).isoformat()}
        told.form("commissioning_agreement", OCTOBER, 2, 4, **dates)
        told.milestone("alternative_provision.commissioned", OCTOBER, instance=2)
        sessions = {"sessions_offered": 10, "sessions_attended": attended}
        told.form("placement_end", NOVEMBER, 2, 5, final_cost=cost, destination="home_school", **sessions)
        told.milestone("alternative_provision.ended", NOVEMBER, outcome, instance=2)

    return story


def back(done: str, placed: bool = False) -> Story:
    def story(told: Told) -> None:
        if placed:
            told.form("commissioning_agreement", OCTOBER, 2, 4, starts_on=OCTOBER.isoformat())
        fields = {"coming_from": "alternative_provision" if placed else "suspension", "destination": "home_school"}
        told.milestone("reintegration.started", OCTOBER + 2 * WEEK, instance=3, **fields)
        if done:
            told.milestone(f"reintegration.{done}", NOVEMBER, instance=3, **fields)

    return story


def panel(outcome: str) -> Story:
    return lambda told: told.milestone("independent_review_panel.decided", NOVEMBER, outcome)


def feedback(done: str, listened: int = 0) -> Story:
    def story(told: Told) -> None:
        told.milestone("feedback.invited", OCTOBER, instance=3, person_asked="parent", round="closure")
        if listened:
            told.form("feedback", NOVEMBER, 3, party="parent", listened=str(listened))
        if done:
            told.milestone(f"feedback.{done}", NOVEMBER, instance=3, person_asked="parent", round="closure")

    return story


def referral(told: Told) -> None:
    told.milestone("referral.submitted", OCTOBER)
    told.milestone("referral.triaged", OCTOBER + 2 * DAY, "return")
    told.milestone("referral.triaged", OCTOBER + WEEK, "accept")


def other_directions_and_moves(told: Told) -> None:
    direction("returned", intent=False)(told)


# measure -> the story that hits, the one that does not, one that is not counted; numerator, denominator, value
COUNTED: dict[str, tuple[Story, Story, Story | None, float, float, float | None]] = {
    "move_conversion": (direction("converted"), direction("returned"), direction("converted", False), *PART),
    "move_sustained": (
        move("check_at_end:well"), move("check_at_end:well", excluded=True),
        gate("managed_move.blocked"), *PART,
    ),
    "move_at_six_weeks": (move("check_at_6:well"), move("check_at_6:at_risk"), move(), *PART),
    "move_at_twelve_weeks": (
        move("check_at_12:well"), move("check_at_12:broke_down"), move("check_at_6:well"), *PART,
    ),
    "direction_breakdown": (direction("terminated"), direction("returned"), direction("lapsed"), *PART),
    "repeat_moves": (move(again=True), move(), direction("converted"), *PART),
    "approach_acceptance": (
        approach("accepted"), approach("declined", decline_reason="year_full"), approach(""), *PART,
    ),
    "first_response": (referral, referral, None, 2, 13, 2),
    "provision_after_exclusion": (education(OCTOBER + 7 * DAY), education(OCTOBER + 8 * DAY), excluded(), 6, 13, 6),
    "provision_by_sixth_day": (education(OCTOBER + 7 * DAY), education(OCTOBER + 8 * DAY), excluded(), *PART),
    "direction_over_plan": (
        direction("returned", planned=NOVEMBER + WEEK), direction("returned", planned=NOVEMBER - 3 * DAY),
        direction("x"), 1, 13, 1,
    ),
    "placement_over_plan": (placement(), placement(), None, 1, 13, 1),
    "prevention": (risk(NOVEMBER), risk(None, excluded=True), risk(None), *PART),
    "rung_effectiveness": (strategy("effective"), strategy("not_effective"), never_begun, *PART),
    "suspensions": (excluded(), excluded(kind="LNCH"), excluded(cancelled=True), 13, 800, 1.62),
    "pupils_suspended": (excluded(), excluded(), excluded(cancelled=True), 13, 800, 1.62),
    "permanent_exclusions": (excluded(kind="PERM"), excluded(kind="PERM"), excluded(), 13, 800, 1.62),
    "suspension_days": (excluded(half_days=3), excluded(half_days=4), excluded(kind="PERM"), 23, 13, 1.77),
    "reasons": (excluded(reasons=["PP", "DB"]), excluded(reasons=["DB"]), excluded(), 19, 19, 100),
    "exclusions_cancelled": (excluded(cancelled=True), excluded(kind="PERM"), None, *PART),
    "deadlines_met": (deadline(e.DeadlineMet), deadline(e.DeadlineMissed), deadline(e.DeadlineWithdrawn), *PART),
    "reviews_in_time": (
        deadline(e.DeadlineMet), deadline(e.DeadlineMet, late=True), deadline(e.DeadlineMet, "triage"), *PART,
    ),
    "plan_gate": (
        gate("managed_move.blocked"), gate("managed_move.completed"), gate("managed_move.completed", sen="K"), *PART,
    ),
    "voices": (
        review("given", "given"), review("given", "offered_not_given"), review("given", "given", "plan"), *PART,
    ),
    "concerns_upheld": (concern("partly"), concern("no"), None, *PART),
    "placement_cost": (placement(cost=500.0), placement(cost=630.5), None, 7413.5, 13, 570.27),
    "placement_week_cost": (placement(cost=500.0), placement(cost=630.5), None, 7413.5, 52, 142.57),
    "placement_attendance": (placement(attended=10), placement(attended=5), None, 95, 130, 73.1),
    "placement_outcome": (placement("objectives_met"), placement("not_met"), None, *PART),
    "return_sustained": (back("sustained"), back("broke_down"), back(""), *PART),
    "return_time": (back("sustained", placed=True), back("sustained", placed=True), back("sustained"), 2, 13, 2),
    "outside_schools": (placement(setting="tuition"), placement(setting="college"), None, *PART),
    "review_panels": (panel("uphold"), panel("quash"), None, *PART),
    "feedback_given": (feedback("given", 4), feedback(""), None, *PART),
    "felt_listened_to": (feedback("given", 5), feedback("given", 2), feedback("declined"), 44, 13, 3.38),
}  # fmt: skip
SCHOOL = """
    INSERT INTO schools (urn, name, authority, status, phase, needs, words, details)
    VALUES (%s, 'Avonbrook School', %s, 'open', 'secondary', '{}', '', '{"pupils": 800}')
    ON CONFLICT (urn) DO UPDATE SET details = excluded.details
"""


def test_measures_are_what_one_counts_by_hand(house: House) -> None:
    authorities = {measure: f"{number:03}" for number, measure in enumerate(COUNTED)}  # each has one to itself
    cases = []
    for measure, (hit, other, not_counted, *_) in COUNTED.items():
        stories = [hit] * HITS + [other] * OTHERS + [not_counted] * (8 if not_counted else 0)
        cases += [told(story, authorities[measure]) for story in stories if story]
        house.database.execute(SCHOOL, [f"9{authorities[measure]}00", authorities[measure]])
    store(house, *cases)
    project(house)

    found = {}
    for measure, authority in authorities.items():
        whole = figures(house, measure, scope=Scope(authority)).whole
        found[measure] = None if whole.small else (whole.numerator, whole.denominator, whole.value)

    assert found == {measure: tuple(wanted[3:]) for measure, wanted in COUNTED.items()}


def told(story: Story, authority: str = "937") -> Told:
    case = Told(authority=authority)
    story(case)
    return case


def test_fair_share_is_what_came_less_what_went(house: House) -> None:
    def moved(school: str, to: str) -> Told:
        case = Told(school)
        case.milestone("managed_move.proposed", OCTOBER, instance=2)
        case.form("terms", OCTOBER, instance=2, receiving_school=to)
        case.milestone("managed_move.completed", NOVEMBER, instance=2)
        return case

    store(house, *(moved("900001", "900002") for _ in range(6)), *(moved("900002", "900001") for _ in range(8)))
    project(house)
    house.database.execute("DELETE FROM schools")
    house.database.execute(SCHOOL, ["900001", "937"])

    found = {one.group: one for one in figures(house, "fair_share", by="school").groups}

    assert (found["900001"].numerator, found["900001"].denominator, found["900001"].value) == (8, 14, 2.5)
    assert (found["900002"].numerator, found["900002"].value) == (6, None)  # its roll is not known


def test_the_cases_of_a_numerator_are_those_that_are_in_it(house: House) -> None:
    early = [told(education(OCTOBER + 7 * DAY)) for _ in range(HITS)]
    late = [told(education(OCTOBER + 8 * DAY)) for _ in range(OTHERS)]
    better = [told(strategy("effective")) for _ in range(HITS)]
    store(house, *early, *late, *better, told(strategy("partly")))
    project(house)

    def behind(measure: str, numerator: bool) -> list[str]:
        asked = (BY_ID[measure], read_period("2026/27"), Scope("937"), {"school": "900001"}, numerator, "", 100)
        return [case.ref for case in counting(house).cases(*asked)]

    assert behind("provision_by_sixth_day", True) == [case.ref for case in early]
    assert behind("provision_by_sixth_day", False) == [case.ref for case in (*early, *late)]
    assert behind("provision_after_exclusion", True) == behind("provision_after_exclusion", False)
    assert behind("rung_effectiveness", True) == [case.ref for case in better]


def test_every_measure_of_the_catalogue_is_counted_here() -> None:
    assert COUNTED.keys() | {"fair_share"} == {measure.id for measure in MEASURES}


def test_a_pupil_in_two_cases_counts_once_a_school_year(house: House) -> None:
    cases = [Told(upn=f"A9374237{number % 6:05}") for number in range(12)]
    for number, case in enumerate(cases):
        case.exclusion(OCTOBER if number < 6 else NOVEMBER)
    store(house, *cases)
    project(house)

    assert figures(house, "suspensions").whole.numerator == 12
    assert figures(house, "pupils_suspended").whole.numerator == 6
    assert figures(house, "pupils_suspended", "2026-11").whole.numerator == 6
    assert figures(house, "pupils_suspended", "2026-10").whole.numerator == 0


def test_what_is_corrected_counts_as_it_is_now(house: House) -> None:
    cases = [told(placement(attended=5)) for _ in range(6)]
    for case in cases:
        case.correct("sessions_attended", 9, task=5)
        case.correct("final_cost", 700.0, task=5)
        case.correct("sen_provision", "E", task=0, fact="sen_provision")
    store(house, *cases)
    project(house)

    assert figures(house, "placement_attendance").whole.value == 90
    assert figures(house, "placement_cost").whole.value == 700
    assert [one.group for one in figures(house, "placement_cost", by="sen").groups] == ["E"]
    assert [one.group for one in figures(house, "placement_cost", by="route").groups] == ["direction"]


def test_a_later_revision_of_a_suspension_replaces_the_one_before(house: House) -> None:
    cases = [told(excluded(half_days=10)) for _ in range(6)]
    for case in cases:
        case.exclusion(OCTOBER, 4, revision=2)
    store(house, *cases)
    project(house)

    days = figures(house, "suspension_days").whole

    assert (days.numerator, days.denominator) == (12, 6)
