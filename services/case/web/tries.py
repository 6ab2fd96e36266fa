"""How often somebody tried something that failed, so that nobody can go on guessing. Each process counts for itself."""

import time
from collections import OrderedDict, deque

from services.case.domain.errors import TooManyTries

MOST = 20
WITHIN = 600.0  # seconds
REMEMBERED = 10_000  # addresses


class Tries:
    def __init__(self) -> None:
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def failed(self, who: str) -> None:
        """Count one more. Raises TooManyTries."""
        now = time.monotonic()
        times = self._failed.setdefault(who, deque(maxlen=MOST + 1))
        while times and times[0] < now - WITHIN:
            times.popleft()
        times.append(now)
        self._failed.move_to_end(who)
        while len(self._failed) > REMEMBERED:
            self._failed.popitem(last=False)
        if len(times) > MOST:
            raise TooManyTries
