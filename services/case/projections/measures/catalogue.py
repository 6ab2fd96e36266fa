"""The catalogue of measures (domain section 9): what is counted, of what, and what cannot be counted here and why."""

from services.case.projections.measures.measure import Measure

# An end that is nobody's success or failure.
_MOVED_HOUSE = "o.outcome NOT IN ('', 'lapsed', 'moved_house')"
_RUNG = {"rung": "o.detail"}
_TAG = "(SELECT split_part(t, ':', 2) FROM unnest(o.tags) t WHERE starts_with(t, '{}:') LIMIT 1)"
_PROVIDER = {"provider": "o.place", "setting": "o.detail", "route": _TAG.format("route")}
_REVIEWS = "(o.name LIKE '%%review%%' OR o.name IN ('week_2', 'week_6', 'week_12'))"

MEASURES: tuple[Measure, ...] = (
    Measure(
        id="move_conversion", title="Off-site directions that became managed moves",
        numerator="directions started with a move in mind that became one",
        denominator="directions started with a move in mind that ended",
        unit="percent", source="direction", day="o.ended", better="higher",
        where=f"o.detail = 'intent' AND o.began IS NOT NULL AND {_MOVED_HOUSE}", hit="(o.outcome = 'converted')::int",
    ),
    Measure(
        id="move_sustained", title="Managed moves that lasted",
        numerator="moves that hold at the last check, with no permanent exclusion and no second move since",
        denominator="managed moves completed two terms ago or longer",
        unit="percent", source="moves_since", day="o.ended", better="higher", where="o.ended < %(two_terms_ago)s",
        hit="('check_at_end:well' = ANY (o.tags) AND NOT o.excluded AND NOT o.moved_again)::int",
        note="What lasting means is local: the last check also weighs attendance and roll.",
    ),
    Measure(
        id="move_at_six_weeks", title="Managed moves that held at the first check",
        numerator="moves that held", denominator="managed moves checked about six weeks after", unit="percent",
        source="move", day="o.ended", better="higher",
        where="EXISTS (SELECT FROM unnest(o.tags) t WHERE starts_with(t, 'check_at_6:'))",
        hit="('check_at_6:well' = ANY (o.tags))::int",
    ),
    Measure(
        id="move_at_twelve_weeks", title="Managed moves that held at the second check",
        numerator="moves that held", denominator="managed moves checked about twelve weeks after", unit="percent",
        source="move", day="o.ended", better="higher",
        where="EXISTS (SELECT FROM unnest(o.tags) t WHERE starts_with(t, 'check_at_12:'))",
        hit="('check_at_12:well' = ANY (o.tags))::int",
    ),
    Measure(
        id="direction_breakdown", title="Off-site directions that broke down",
        numerator="directions ended early", denominator="directions that ended", unit="percent", source="direction",
        day="o.ended", better="lower", where=f"o.began IS NOT NULL AND {_MOVED_HOUSE}",
        hit="(o.outcome = 'terminated')::int",
        groups={"week": "'week ' || ((o.ended - o.began) / 7 + 1)"},
    ),
    Measure(
        id="repeat_moves", title="Pupils who moved more than once",
        numerator="of these, pupils with another in the three years before",
        denominator="pupils with an off-site direction to a school or a managed move, each once a school year",
        unit="percent", source="moves_of_pupils", day="o.began", better="lower", where="o.latest",
        hit="o.again::int", note="A direction that became a move counts as the move.",
    ),
    Measure(
        id="approach_acceptance", title="Approaches that receiving schools accepted",
        numerator="approaches accepted", denominator="approaches answered", unit="percent", source="approach",
        day="o.ended", where="o.outcome <> ''", hit="(o.outcome = 'accepted')::int", better="higher",
        groups={"receiving_school": "o.place", "reason": "o.detail"},
    ),
    Measure(
        id="fair_share", title="Managed moves that schools took and gave",
        numerator="moves to the school", denominator="moves to or from the school", unit="per_1000_pupils",
        source="moves_of_schools", day="o.ended", hit="o.came", school="o.school",
        note="What came less what went. Look at it beside permanent exclusions.",
    ),
    Measure(
        id="first_response", title="Time to the first response to a referral", numerator="median of school days",
        denominator="referrals answered", unit="median_school_days", source="referral", day="o.ended", better="lower",
        where="o.began IS NOT NULL AND o.ended IS NOT NULL", between=("o.began", "o.ended"),
    ),
    Measure(
        id="provision_after_exclusion", title="Time to education after permanent exclusion",
        numerator="median of school days", denominator="permanent exclusions after which education began",
        unit="median_school_days", source="provision", day="o.ended", better="lower",
        where="o.detail = 'PERM' AND o.ended IS NOT NULL AND o.began IS NOT NULL", between=("o.began", "o.ended"),
        note="From the first day of the exclusion, which is day 1, so that what begins on day 6 took 5.",
    ),
    Measure(
        id="provision_by_sixth_day", title="Education by the sixth day after permanent exclusion",
        numerator="begun on the sixth school day or before",
        denominator="permanent exclusions after which education began", unit="percent", source="provision",
        day="o.ended", better="higher", where="o.detail = 'PERM' AND o.ended IS NOT NULL AND o.began IS NOT NULL",
        between=("o.began", "o.ended"), at_most=6,
    ),
    Measure(
        id="direction_over_plan", title="Time in an off-site direction beyond its plan",
        numerator="median of school days after the planned end", denominator="directions that ended",
        unit="median_school_days", source="direction", day="o.ended", better="lower",
        where="o.began IS NOT NULL AND o.planned IS NOT NULL AND o.ended IS NOT NULL", between=("o.planned", "o.ended"),
    ),
    Measure(
        id="placement_over_plan", title="Time in alternative provision beyond its plan",
        numerator="median of school days after the planned end", denominator="placements that ended",
        unit="median_school_days", source="placement", day="o.ended", better="lower",
        where="o.planned IS NOT NULL AND o.ended IS NOT NULL", between=("o.planned", "o.ended"), groups=_PROVIDER,
    ),
    Measure(
        id="prevention", title="Cases at high risk that closed without permanent exclusion",
        numerator="closed within 12 months without permanent exclusion",
        denominator="cases that reached high or imminent risk and are closed, excluded, or 12 months on",
        unit="percent", source="cases_at_risk", day="o.at_risk_on", better="higher", where="o.known",
        hit="coalesce(o.prevented, false)::int",
        note="Associated with the work, not shown to be caused by it.",
    ),
    Measure(
        id="rung_effectiveness", title="Strategies that were effective", numerator="concluded as effective",
        denominator="strategies concluded", unit="percent", source="strategy", day="o.ended", better="higher",
        where="o.ended IS NOT NULL", hit="(o.outcome = 'effective')::int", groups=_RUNG,
    ),
    Measure(
        id="suspensions", title="Suspension rate", numerator="suspensions", denominator="pupils on roll",
        unit="per_100_pupils", source="suspensions", day="o.began", better="lower", school="o.place",
    ),
    Measure(
        id="pupils_suspended", title="Pupils suspended", numerator="pupils suspended once or more",
        denominator="pupils on roll", unit="per_100_pupils", source="suspensions", day="o.began", better="lower",
        where="o.latest", school="o.place", note="Each once a school year: where and when last suspended.",
    ),
    Measure(
        id="permanent_exclusions", title="Permanent exclusion rate", numerator="permanent exclusions",
        denominator="pupils on roll", unit="per_100_pupils", source="exclusion", day="o.began", better="lower",
        where="o.detail = 'PERM' AND o.outcome = ''", school="o.place",
    ),
    Measure(
        id="suspension_days", title="Days of suspension for each pupil suspended", numerator="half days, by two",
        denominator="pupils suspended", unit="days_per_pupil", source="suspensions", day="o.began", better="lower",
        hit="o.amount / 2.0", of="o.latest::int", counted="o.latest::int", school="o.place",
    ),
    Measure(
        id="reasons", title="Reasons for suspension and exclusion", numerator="times the reason was given",
        denominator="all reasons given, up to three each time", unit="share_of_all", source="reasons", day="o.began",
        where="o.outcome = ''", groups={"reason": "o.reason", "exclusion": "o.detail"}, school="o.place",
    ),
    Measure(
        id="exclusions_cancelled", title="Suspensions and exclusions cancelled", numerator="cancelled",
        denominator="suspensions and permanent exclusions", unit="percent", source="exclusion", day="o.began",
        hit="(o.outcome = 'cancelled')::int", groups={"exclusion": "o.detail"}, school="o.place",
    ),
    Measure(
        id="deadlines_met", title="Deadlines met", numerator="met in time", denominator="deadlines that were due",
        unit="percent", source="deadlines", day="o.due", better="higher", hit="(o.state = 'met')::int",
        groups={"deadline": "o.name", "strength": "o.strength"},
        note="Exact time limits are those of strength LAW.",
    ),
    Measure(
        id="reviews_in_time", title="Reviews held in time", numerator="held by the due date",
        denominator="reviews that were due", unit="percent", source="deadlines", day="o.due", better="higher",
        where=_REVIEWS, hit="(o.state = 'met')::int", groups={"deadline": "o.name"},
    ),
    Measure(
        id="plan_gate", title="Managed moves that the gate for EHC plans stopped",
        numerator="stopped or led another way", denominator="attempts for pupils with a plan or one being assessed",
        unit="percent", source="move", day="o.began", where="'plan' = ANY (o.tags) AND o.ended IS NOT NULL",
        hit="(o.outcome <> 'completed')::int", better="higher",
        note="Each that was completed all the same is looked into.",
    ),
    Measure(
        id="voices", title="Reviews with the views of pupil and parent", numerator="reviews with both views",
        denominator="reviews held", unit="percent", source="review", day="o.began", better="higher",
        hit="(o.outcome = 'both')::int", groups={"review": "o.detail"},
    ),
    Measure(
        id="concerns_upheld", title="Concerns of pressure", numerator="upheld, wholly or in part",
        denominator="concerns raised", unit="percent", source="concern", day="o.began", better="lower",
        hit="(o.outcome IN ('yes', 'partly'))::int",
    ),
    Measure(
        id="placement_cost", title="Cost of a placement in alternative provision", numerator="pounds",
        denominator="placements ended", unit="pounds", source="placement", day="o.ended",
        where="o.ended IS NOT NULL AND 'commissioned' = ANY (o.tags)", hit="o.amount / 100.0", groups=_PROVIDER,
    ),
    Measure(
        id="placement_week_cost", title="Cost of a week in alternative provision", numerator="pounds",
        denominator="pupil-weeks", unit="pounds", source="placement", day="o.ended", of="o.total",
        where="o.ended IS NOT NULL AND 'commissioned' = ANY (o.tags)", hit="o.amount / 100.0", groups=_PROVIDER,
    ),
    Measure(
        id="placement_attendance", title="Attendance in alternative provision", numerator="sessions attended",
        denominator="sessions offered", unit="percent", source="attendance", day="o.ended", better="higher",
        hit="o.amount", of="o.total", groups={"provider": "o.place"},
    ),
    Measure(
        id="placement_outcome", title="Placements that met their objectives", numerator="objectives met",
        denominator="placements ended", unit="percent", source="placement", day="o.ended", better="higher",
        where="o.ended IS NOT NULL", hit="(o.outcome = 'objectives_met')::int",
        groups={**_PROVIDER, "outcome": "o.outcome", "destination": _TAG.format("destination")},
    ),
    Measure(
        id="return_sustained", title="Returns that lasted twelve weeks", numerator="still there after twelve weeks",
        denominator="returns started of which the end is known", unit="percent", source="return", day="o.began",
        better="higher", where="o.began IS NOT NULL AND o.outcome <> ''", hit="(o.outcome = 'sustained')::int",
        groups={"destination": "o.detail", "coming_from": "o.tags[1]"},
    ),
    Measure(
        id="return_time", title="Time from alternative provision to return", numerator="median of school weeks",
        denominator="returns from alternative provision", unit="median_school_weeks", source="return", day="o.began",
        better="lower", where="o.planned IS NOT NULL AND o.began IS NOT NULL", between=("o.planned", "o.began"),
    ),
    Measure(
        id="outside_schools", title="Placements outside schools", numerator="with a provider that is no school",
        denominator="placements begun", unit="percent", source="placement", day="o.began",
        where="o.began IS NOT NULL AND 'commissioned' = ANY (o.tags)",
        hit="(o.detail NOT IN ('', 'school', 'college'))::int", groups=_PROVIDER,
    ),
    Measure(
        id="review_panels", title="Independent review panels that upheld", numerator="decisions upheld",
        denominator="panels held", unit="percent", source="panel", day="o.ended", hit="(o.outcome = 'uphold')::int",
        groups={"outcome": "o.outcome"},
    ),
    Measure(
        id="feedback_given", title="Feedback given", numerator="people who answered", denominator="people asked",
        unit="percent", source="feedback", day="o.began", better="higher", hit="(o.outcome = 'given')::int",
        groups={"who": "o.detail"},
    ),
    Measure(
        id="felt_listened_to", title="How far people felt listened to", numerator="sum of 1 to 5",
        denominator="people who answered", unit="score", source="feedback", day="o.began", better="higher",
        where="o.outcome = 'given' AND o.amount > 0", hit="o.amount", groups={"who": "o.detail"},
    ),
)  # fmt: skip

BY_ID: dict[str, Measure] = {measure.id: measure for measure in MEASURES}

NOT_HELD: dict[str, str] = {
    "Time out of education": "Sessions without provision are in attendance registers, which are not held here.",
    "Disproportionality": "Pupils on roll by SEN, free school meals, ethnic group and care are in the school census, "
    "which is not held here. Cases can be told apart by each of them; rates are of those on roll by sex, school, "
    "phase and trust.",
    "Notice quality": "No notice leaves without its prescribed contents, so there is nothing to count; what a school "
    "sends by other ways is not held here.",
    "Attendance in alternative provision against the previous school": "Attendance at the school before is not held.",
}
