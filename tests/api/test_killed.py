"""kill -9 under load: what was acknowledged is there, once, and the next start needs no repair."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.api.desk import Desk, answers, pupil
from tests.serving import ROOT, Served

KILLS = 20
CLIENTS = 6
GONE = (httpx.TransportError, httpx.RemoteProtocolError)


class Client:
    """Sends commands one after another, each again until it is answered, and keeps a list of what was answered."""

    def __init__(self, served: Served, number: int, stop: threading.Event) -> None:
        self.served, self.stop = served, stop
        self.chance = random.Random(number)
        self.acknowledged: list[tuple[str, str, int, str]] = []  # what, which case, position, the words or the task
        self.unexpected: list[str] = []
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        with self.served.as_("caseworker") as client:
            ref = ""
            while not self.stop.is_set():
                if not ref or self.chance.random() < 0.1:
                    ref = self.opened(client) or ref
                elif self.chance.random() < 0.3:
                    self.completed(client, ref)
                else:
                    self.noted(client, ref)

    def send(self, client: httpx.Client, path: str, body: Any) -> httpx.Response | None:
        """The answer; None if the end came first."""
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
        while not self.stop.is_set():
            try:
                answer = client.post(path, json=body, headers=headers)
            except GONE:
                time.sleep(0.05)
                continue
            if answer.status_code == 503:
                time.sleep(0.05)
                continue
            if answer.is_server_error:
                self.unexpected.append(answer.text)
            return answer if answer.is_success else None
        return None

    def opened(self, client: httpx.Client) -> str:
        answer = self.send(client, "/cases", {"process": "exclusion_prevention", "answers": pupil()})
        if answer is None:
            return ""
        ref = str(answer.json()["ref"])
        self.acknowledged.append(("case.opened.v1", ref, int(answer.headers["position"]), ref))
        return ref

    def noted(self, client: httpx.Client, ref: str) -> None:
        text = str(uuid4())
        answer = self.send(client, f"/cases/{ref}/notes", {"text": text})
        if answer is not None:
            self.acknowledged.append(("case.note_added.v1", ref, int(answer.headers["position"]), text))

    def completed(self, client: httpx.Client, ref: str) -> None:
        accept = {"answers": answers("exclusion_prevention", "accept")}
        answer = self.send(client, f"/tasks/{ref}-1/complete", accept)
        if answer is not None:
            self.acknowledged.append(("case.task_completed.v1", ref, int(answer.headers["position"]), f"{ref}-1"))


def log_of(data: Path) -> list[dict[str, Any]]:
    printed = command(data, "events")
    return [json.loads(line) for line in printed.splitlines()]


def command(data: Path, *words: str) -> str:
    line = [sys.executable, "-m", "services.case", *words, "--data", str(data)]
    return subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_twenty_kills_lose_nothing(served: Served, desk: Desk) -> None:
    chance = random.Random(20)
    stop = threading.Event()
    clients = [Client(served, number, stop) for number in range(CLIENTS)]
    for client in clients:
        client.thread.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.6))
        assert served.stop(signal.SIGKILL) == -signal.SIGKILL
        served.start()
    time.sleep(0.5)
    stop.set()
    for client in clients:
        client.thread.join(30)

    acknowledged = [entry for client in clients for entry in client.acknowledged]
    assert len(acknowledged) > 5 * KILLS
    assert [text for client in clients for text in client.unexpected] == []
    assert json.loads(command(served.data, "verify"))["ok"]
    log = log_of(served.data)
    at = {event["position"]: event for event in log}
    versions: Counter[str] = Counter()
    for event in log:
        versions[event["stream"]] += 1
        assert event["version"] == versions[event["stream"]]
    notes = [
        event["personal"]["text"]
        for ref in {ref for _, ref, _, _ in acknowledged}
        for event in desk.events(ref, "case.note_added.v1")
    ]
    for kind, ref, position, what in acknowledged:
        assert position in at, (kind, ref, position)
        if kind == "case.note_added.v1":
            assert notes.count(what) == 1
        else:
            done = desk.events(ref, kind)
            assert len(done) == 1
