"""Which providers can be chosen on a day, and for whom full-time."""

from datetime import date
from typing import Any

import msgspec
import pytest

from services.case.domain.provider import Approval, Checked, Provider, Registration, Safeguarding

DAY = date(2026, 10, 5)
GOOD = Checked(on=date(2026, 1, 5), until=DAY)
OVER = Checked(on=date(2025, 1, 5), until=date(2026, 10, 4))


def provider(**changes: Any) -> Provider:
    """One without a fault on the day, which is the last on which all its checks are good."""
    sound = Provider(
        name="Old Mill",
        kind="non_school",
        approval=Approval(state="listed", since=DAY, until=DAY),
        safeguarding=Safeguarding(staff_checks=GOOD, insurance=GOOD),
        quality=GOOD,
    )
    return msgspec.structs.replace(sound, **changes)


def test_on_the_last_day_of_its_checks_a_provider_can_be_chosen() -> None:
    assert list(provider().faults(DAY)) == []
    assert provider().refusal(DAY) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"withdrawn_on": DAY}, "Old Mill left the directory on 5 October 2026."),
        ({"approval": Approval(state="suspended")}, "Old Mill is suspended: it takes no new placements."),
        (
            {"approval": Approval(state="framework", until=date(2026, 10, 4))},
            "The council’s approval of Old Mill ended on 4 October 2026.",
        ),
        (
            {"approval": Approval(state="framework", since=date(2026, 10, 6))},
            "The council’s approval of Old Mill begins on 6 October 2026.",
        ),
        (
            {"safeguarding": Safeguarding(insurance=GOOD)},
            "Old Mill has no confirmation of the checks on staff on record.",
        ),
        (
            {"safeguarding": Safeguarding(staff_checks=GOOD, insurance=OVER)},
            "The insurance of Old Mill is out of date: it was good until 4 October 2026.",
        ),
        ({"quality": OVER}, "The quality assurance of Old Mill is out of date: it was good until 4 October 2026."),
        (
            {"registration": Registration(full_time_pupils=5)},
            "Old Mill teaches so many pupils full-time that it must be registered as a school, and it is not.",
        ),
        (
            {"registration": Registration(full_time_pupils=1, full_time_with_plan_or_looked_after=1)},
            "Old Mill teaches so many pupils full-time that it must be registered as a school, and it is not.",
        ),
    ],
)
def test_a_provider_that_cannot_be_chosen_says_why(changes: dict[str, Any], sentence: str) -> None:
    assert list(provider(**changes).faults(DAY)) == [sentence]
    assert str(provider(**changes).refusal(DAY)) == sentence


@pytest.mark.parametrize("kind", ["registered_school", "pupil_referral_unit", "college"])
def test_a_school_may_teach_as_many_full_time_as_it_likes(kind: Any) -> None:
    many = Registration(full_time_pupils=40, full_time_with_plan_or_looked_after=12)

    assert list(provider(kind=kind, registration=many).faults(DAY)) == []
    assert provider(kind=kind, registration=many).full_time_fault(plan_or_looked_after=True) is None


@pytest.mark.parametrize(
    ("pupils", "plan_or_looked_after", "may"), [(0, False, True), (3, False, True), (4, False, False), (0, True, False)]
)
def test_who_is_not_registered_may_teach_four_full_time_and_nobody_with_a_plan_or_in_care(
    pupils: int, plan_or_looked_after: bool, may: bool
) -> None:
    unregistered = provider(registration=Registration(full_time_pupils=pupils))
    registered = provider(registration=Registration(registered=True, full_time_pupils=pupils))

    assert (unregistered.full_time_fault(plan_or_looked_after) is None) == may
    assert registered.full_time_fault(plan_or_looked_after) is None
