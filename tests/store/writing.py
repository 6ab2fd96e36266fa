"""A process that writes: so many callers at once, each appending one to three events at a time to streams of its own.

python -m tests.store.writing URL CALLERS EVENTS

Prints, one line for each append that was acknowledged, `stream version positions...`.
"""

import asyncio
import random
import sys
from uuid import uuid4

from services.case.store.recorder import GroupCommitRecorder
from tests.store.items import item


async def caller(recorder: GroupCommitRecorder, events: int) -> None:
    stream, version = uuid4(), 0
    while version < events:
        count = min(random.randint(1, 3), events - version)
        positions = await asyncio.wrap_future(recorder.append(item(stream, version, count)))
        print(stream, version + 1, *positions)
        version += count


async def write(url: str, callers: int, events: int) -> None:
    recorder = GroupCommitRecorder(url)
    await asyncio.gather(*(caller(recorder, events // callers) for _ in range(callers)))
    recorder.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
