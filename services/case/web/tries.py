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

    def refuse_if_many(self, who: str) -> None:
        """Raises TooManyTries."""
        times = self._failed.get(who)
        while times and times[0] < time.monotonic() - WITHIN:
            times.popleft()
        if times and len(times) >= MOST:
            raise TooManyTries

    def failed(self, who: str) -> None:
        self._failed.setdefault(who, deque(maxlen=MOST)).append(time.monotonic())
        self._failed.move_to_end(who)
        while len(self._failed) > REMEMBERED:
            self._failed.popitem(last=False)
