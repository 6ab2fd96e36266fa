"""The gate: judges bundles and bare diagrams before anything of them runs. It executes nothing.

`check_diagram` judges one `.bpmn` or `.dmn` by itself, `check_bundle` the whole folder of a process against what
the house knows. Both answer with findings; `RULES` lists every rule with what it refuses.
"""

from services.case.process.gate.bundle import check_bundle
from services.case.process.gate.catalogue import RULES
from services.case.process.gate.diagram import check_diagram
from services.case.process.gate.finding import Finding
from services.case.process.gate.known import PERMISSIVE, Known, Operator

__all__ = ["PERMISSIVE", "RULES", "Finding", "Known", "Operator", "check_bundle", "check_diagram"]
