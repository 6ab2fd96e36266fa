"""A short form of each fault, so that none of them rots. How fast each comes back is judged by `make faults` alone."""

import pytest

from tests.bench.record import shown
from tests.faults.registry import FAULTS


@pytest.mark.parametrize("name", FAULTS)
def test_what_must_hold_holds(name: str) -> None:
    fault = FAULTS[name]

    records = fault.run(fault.short)

    assert records
    assert [shown(record) for record in records if not record.holds and not record.timed] == []
