"""`notifications`: enters suspensions and exclusions that schools' systems notify in the pupils' registers."""

import argparse
import asyncio
import sys
from typing import Any

from services.case.application.notifications import Notification, entry_of, sorted_out
from services.case.application.registering import tell_cases
from services.case.application.registers import Registers, Whose
from services.case.commands.administration import add
from services.case.domain.meta import Meta
from services.case.domain.people import SYSTEM
from services.case.process.checks import upn_is_right
from services.case.wiring import House

GOOD, FINDINGS = 0, 1


def register(commands: Any) -> None:
    parser = add(commands, "notifications", "enter notified suspensions in the pupils' registers", run)
    parser.description = (
        "Reads notifications from standard input as `totals` does, and enters each in its pupil's register; what is "
        "known is not entered again. A line that cannot be entered is reported and passed over."
    )


def run(house: House, given: argparse.Namespace) -> int:
    """1 if a line was passed over."""
    told, wrong = sorted_out(sys.stdin.buffer)
    for number, one in told.items():
        if problem := _enter(house, house.door.registers, one):
            wrong[number] = problem
    for number, why in sorted(wrong.items()):
        print(f"notifications: line {number}: {why}", file=sys.stderr)
    entered = len(told.keys() - wrong.keys())
    print(f"{entered} notifications entered or known, {len(wrong)} passed over")
    return FINDINGS if wrong else GOOD


def _enter(house: House, registers: Registers, told: Notification) -> str:
    """What is wrong with it, or nothing."""
    if not upn_is_right(told.upn):
        return "the first letter of the pupil number does not fit the rest"
    school = house.reference.schools.get(told.school_urn)
    if school is None:
        return f"the school {told.school_urn} is not in the directory"
    wrong = [
        code for code in told.reasons if not house.reference.codes.is_in_force("exclusion_reasons", code, told.start)
    ]
    if wrong:
        return f"{', '.join(wrong)} cannot be given as a reason for {told.start}"
    days = house.reference.calendars.school(school.urn, school.authority)
    entry = entry_of(told, school.authority, days)
    register = registers.enter(Whose(told.upn), entry, Meta(SYSTEM, house.clock.today()), house.clock.now())
    asyncio.run(tell_cases(house.door, register))
    return ""
