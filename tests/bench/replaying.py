"""One step of a replay as an auditor waits for it, in a case with 1,000 events: made on the server and sent."""

import asyncio

import httpx
import msgspec

from tests.bench.http import service
from tests.bench.moves import open_moves
from tests.bench.pages import look
from tests.bench.record import Record, median, spread
from tests.serving import Served
from tests.web.browsing import Browser

EVENTS = 1_000
LOOKS = 20
MUST = 100.0  # milliseconds for one step


def replay_page() -> list[Record]:
    """Milliseconds for a step near the beginning, in the middle and at the end; and for two versions compared."""
    with service() as (served, folder):
        ref = asyncio.run(open_moves(folder, 1))[0]
        last = _lengthen(served, ref)
        auditor = Browser(served.address).sign_in("auditor").look_at(ref)
        shown = {f"replay, version {version:,}": f"replay?version={version}" for version in (10, last // 2, last)}
        shown["two versions compared"] = f"compare?from={last // 2}&to={last}"
        found = {name: [look(auditor, f"/cases/{ref}/{path}") for _ in range(LOOKS)] for name, path in shown.items()}
        baseline = median([look(auditor, "/help") for _ in range(LOOKS)])
        auditor.close()
    records = []
    for name, took in found.items():
        value = median(took)
        step = name.startswith("replay")
        must, holds = (f"< {MUST:.0f} ms", value < MUST) if step else ("", True)
        records.append(
            Record(
                f"page: {name} of {last:,}", value, "ms", baseline, round(baseline / value, 3), LOOKS, spread(took),
                must, holds,
            )
        )  # fmt: skip
    return records


def _lengthen(served: Served, ref: str) -> int:
    """Notes, and a task taken and given back, until there are so many events; how many there are."""
    head = {"authorization": f"Bearer {served.token('home-head')}"}
    with httpx.Client(base_url=f"{served.address}/api/v1", headers=head, timeout=30) as client:
        first = client.get(f"/cases/{ref}").raise_for_status().json()
        task = first["open_tasks"][0]["task"]
        version = client.get(f"/cases/{ref}/state").raise_for_status().json()["version"]
        while version < EVENTS:
            _done(client.post(f"/cases/{ref}/notes", json={"text": f"Note {version}"}))
            _done(client.post(f"/tasks/{task}/claim", json={}))
            etag = client.get(f"/tasks/{task}").headers["etag"]
            _done(client.post(f"/tasks/{task}/release", json={}, headers={"if-match": etag}))
            version += 3
        return int(msgspec.json.decode(client.get(f"/cases/{ref}/state").content)["version"])


def _done(answer: httpx.Response) -> None:
    assert answer.is_success, answer.text
