"""Apache Kafka as a process of its own, one node in KRaft mode, which a test may kill, freeze and start again."""

import ctypes
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from tests.brokers import jars
from tests.ports import free_port

HERE = Path(__file__).parent
FLAGS = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.net.preferIPv4Stack=true",
    f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
)
CLUSTER = "aW5jbHVzaW9uLWNhc2V3bw"
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "group.initial.rebalance.delay.ms": "0",
    "log.segment.bytes": "16777216",
    "log.index.size.max.bytes": "1048576",
    "log.cleaner.dedupe.buffer.size": "2097152",
    "log.cleaner.backoff.ms": "200",
    # A broker that was killed is taken back once the session of its former self is over.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "400",
    "controlled.shutdown.enable": "true",
}
START = 60  # seconds
STOP = 15  # seconds
PR_SET_PDEATHSIG = 1
API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)  # the request that every broker answers, in its oldest form


class ApacheKafka:
    """A broker of its own. Its data and log go with it; a test run that dies takes it along."""

    def __init__(self) -> None:
        self.name = f"Apache Kafka {jars.VERSION} from its jars"
        self.folder = Path(tempfile.mkdtemp(prefix="broker-"))
        self.bootstrap = ""
        self._classes = f"{jars.jars()}/*"
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> "ApacheKafka":
        """Take ports, make its storage, start it. Raises RuntimeError with the end of its log."""
        for _ in range(3):
            self._configure()
            try:
                return self.start()
            except RuntimeError as error:
                if "Address already in use" not in str(error):
                    raise
        raise RuntimeError("no free ports were found")

    def _configure(self) -> None:
        port, controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{port}"
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        settings = SETTINGS | {
            "log.dirs": str(self.folder / "data"),
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self.folder / "server.properties").write_text(text)
        self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c").wait(START)

    def start(self) -> "ApacheKafka":
        """Start it, again on the same ports, and wait until it answers."""
        self._process = self._java("kafka.Kafka")
        until = time.monotonic() + START
        while not answers(self.bootstrap):
            if self._process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "kafka.log").read_text(errors="replace")
                raise RuntimeError(f"Apache Kafka did not start: {said[-2000:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Stop it, and leave nothing of it."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP)

    def _java(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = ["java", *FLAGS, "-cp", self._classes, program, *arguments, str(self.folder / "server.properties")]
        with (self.folder / "kafka.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, preexec_fn=_die_with_parent
            )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def answers(bootstrap: str, patience: float = 2.0) -> bool:
    """Whether a broker answers there without an error; an open port alone says little."""
    host, _, port = bootstrap.split(",")[0].rpartition(":")
    try:
        with socket.create_connection((host, int(port)), patience) as connection:
            connection.settimeout(patience)
            connection.sendall(struct.pack(">i", len(API_VERSIONS)) + API_VERSIONS)
            reply = connection.recv(10, socket.MSG_WAITALL)
    except (OSError, ValueError):
        return False
    return len(reply) == 10 and struct.unpack(">h", reply[8:])[0] == 0
