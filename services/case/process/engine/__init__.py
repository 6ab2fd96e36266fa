"""The engine room: SpiffWorkflow, and nothing else in the house knows it.

`Definition` is what a bundle's diagrams and tables say; an `Instance` takes inputs and tells what each brought about.
"""

from services.case.process.decisions import DecisionFailed
from services.case.process.engine.definition import Definition
from services.case.process.engine.gateways import NoWayOn
from services.case.process.engine.instance import Diverged, Instance, NotOpen
from services.case.process.engine.scope import Runaway
from services.case.process.engine.snapshot import Stale
from services.case.process.engine.steps import (
    Await,
    Complete,
    Fire,
    Input,
    Milestone,
    Offer,
    Receive,
    Start,
    Step,
    Thrown,
    Timer,
)
from services.case.process.expressions import ExpressionFailed

CannotGoOn = (Runaway, NoWayOn, ExpressionFailed, DecisionFailed)  # the diagram is at fault; throw the instance away

__all__ = [
    "Await",
    "CannotGoOn",
    "Complete",
    "Definition",
    "Diverged",
    "Fire",
    "Input",
    "Instance",
    "Milestone",
    "NotOpen",
    "Offer",
    "Receive",
    "Stale",
    "Start",
    "Step",
    "Thrown",
    "Timer",
]  # fmt: skip
