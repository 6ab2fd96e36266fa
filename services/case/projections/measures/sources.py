"""The queries that measures count in: each gives rows `o`, joined with the case `c`, and its school `s`."""

PUPIL = "coalesce(k.upn, o.stream::text)"  # once the key is destroyed, whose it was is not known any more
YEAR = "extract(year FROM {day} - interval '7 months')"  # school years turn after 31 July

_KINDS = (
    "referral", "strategy", "approach", "direction", "move", "placement", "attendance", "return", "exclusion",
    "provision", "panel", "concern", "review", "feedback",
)  # fmt: skip

# A pupil counts once a school year: when and where it was last.
_SUSPENSIONS = f"""
    SELECT o.*, row_number() OVER (
        PARTITION BY m.authority, {PUPIL}, {YEAR.format(day="o.began")} ORDER BY o.began DESC, o.stream, o.id
    ) = 1 AS latest
    FROM occurrences o JOIN measured_cases m USING (stream) LEFT JOIN cases k USING (stream)
    WHERE o.kind = 'exclusion' AND o.detail IN ('SUSP', 'LNCH') AND o.outcome = ''
"""  # noqa: S608
# To another school: by a managed move, or by a direction that did not become one.
_MOVES_OF_PUPILS = f"""
    SELECT o.*,
        count(*) OVER (PARTITION BY m.authority, {PUPIL} ORDER BY o.began
                       RANGE BETWEEN interval '3 years' PRECEDING AND CURRENT ROW) > 1 AS again,
        row_number() OVER (
            PARTITION BY m.authority, {PUPIL}, {YEAR.format(day="o.began")} ORDER BY o.began DESC, o.stream, o.id
        ) = 1 AS latest
    FROM occurrences o JOIN measured_cases m USING (stream) LEFT JOIN cases k USING (stream)
    WHERE o.kind = 'move' AND o.outcome = 'completed'
    OR o.kind = 'direction' AND o.began IS NOT NULL AND o.outcome <> 'converted'
"""  # noqa: S608
_MOVES_SINCE = f"""
    SELECT o.*,
        max(o.ended) OVER (PARTITION BY m.authority, {PUPIL}) > o.ended AS moved_again,
        EXISTS (SELECT FROM occurrences x WHERE x.stream = o.stream AND x.kind = 'exclusion' AND x.detail = 'PERM'
                AND x.outcome = '' AND x.began >= o.ended) AS excluded
    FROM occurrences o JOIN measured_cases m USING (stream) LEFT JOIN cases k USING (stream)
    WHERE o.kind = 'move' AND o.outcome = 'completed'
"""  # noqa: S608
_MOVES_OF_SCHOOLS = """
    SELECT o.stream, o.ended, o.place AS school, 1 AS came FROM occurrences o
    WHERE o.kind = 'move' AND o.outcome = 'completed' AND o.place <> ''
    UNION ALL
    SELECT o.stream, o.ended, m.home_school, 0 FROM occurrences o JOIN measured_cases m USING (stream)
    WHERE o.kind = 'move' AND o.outcome = 'completed' AND o.place <> ''
"""
_CASES_AT_RISK = """
    SELECT stream, at_risk_on, NOT excluded AND closed_on <= within AS prevented,
        excluded OR closed_on IS NOT NULL OR within <= %(today)s AS known
    FROM (
        SELECT m.stream, m.at_risk_on, m.closed_on, m.at_risk_on + interval '12 months' AS within,
            EXISTS (SELECT FROM occurrences x WHERE x.stream = m.stream AND x.kind = 'exclusion'
                    AND x.detail = 'PERM' AND x.outcome = '') AS excluded
        FROM measured_cases m WHERE m.at_risk_on IS NOT NULL
    ) at_risk
"""

SOURCES: dict[str, str] = {
    **{kind: f"SELECT * FROM occurrences WHERE kind = '{kind}'" for kind in _KINDS},  # noqa: S608
    "suspensions": _SUSPENSIONS,
    "moves_of_pupils": _MOVES_OF_PUPILS,
    "moves_since": _MOVES_SINCE,
    "moves_of_schools": _MOVES_OF_SCHOOLS,
    "cases_at_risk": _CASES_AT_RISK,
    "reasons": "SELECT o.*, reason FROM occurrences o, unnest(o.tags) AS reason WHERE o.kind = 'exclusion'",
    "deadlines": "SELECT * FROM deadlines WHERE duty AND state IN ('met', 'late', 'missed')",
}
