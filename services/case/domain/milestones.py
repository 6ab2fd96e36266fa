"""The business events that diagrams may declare, by the names that subscribers ask for.

Subject and past participle; what a step can end with is the milestone's `outcome`. Each is stored and published under
its own type (`contracts/events/`). What is an event of every case anyway (`case.opened`, deadlines, notices) is not
repeated here.
"""

MILESTONES = frozenset(
    f"{subject}.{done}"
    for subject, participles in {
        "concern": "raised",
        "referral": "submitted triaged returned",
        "caseworker": "assigned",
        "flag": "verified",
        "assessment": "requested recorded",
        "plan": "agreed",
        "strategy": "started reviewed extended concluded",
        "ladder_exhaustion": "asserted accepted returned",
        "send_gate": "opened",
        "annual_review": "called",
        "educational_psychologist": "consulted",
        "send_panel": "decided",
        "off_site_direction": "proposed determined notice_served started review_scheduled review_held continued ended",
        "managed_move": "proposed blocked completed checked ended",
        "receiving_school": "approached accepted declined",
        "information_pack": "shared acknowledged",
        "agreement": "issued signed refused withdrawn",
        "alternative_provision": "referred accepted declined commissioned reviewed ended",
        "reintegration": "planned started sustained broke_down",
        "suspension": "issued cancelled",
        "permanent_exclusion": "issued cancelled",
        "governing_board": "meeting_scheduled decided reconsidered",
        "independent_review_panel": "applied decided",
        "sixth_day_provision": "arranged started",
        "enquiry": "raised answered",
        "feedback": "invited given declined",
    }.items()
    for done in participles.split()
)
