"""The jars of Apache Kafka: fetched once by the Maven client, kept in `build/`, each as `jars.sha256` says.

`python -m tests.brokers.jars` fetches those of `pom.xml` and writes the list: how one changes the version.
"""

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
LIST = HERE / "jars.sha256"
VERSION = re.findall(r"<version>(.+?)</version>", POM.read_text())[0]
BUILD = HERE.parents[1] / "build" / "kafka"
PATIENCE = 240  # seconds for Maven


class NoJars(Exception):
    """The jars are neither here nor to be had; the message says why."""


@cache
def jars() -> Path:
    """The folder of the jars, each as the list says. `KAFKA_JARS` names another folder than `build/kafka`. Raises
    NoJars."""
    folder = Path(os.environ.get("KAFKA_JARS") or BUILD) / VERSION
    if shutil.which("java") is None:
        raise NoJars("there is no java")
    if _digests(folder) != LIST.read_text():
        _fetch(folder)
        if _digests(folder) != LIST.read_text():
            raise NoJars("the jars that Maven found are not those of jars.sha256")
    return folder


def _fetch(folder: Path) -> None:
    """Into a folder beside it first, so that it is never there by half."""
    if shutil.which("mvn") is None:
        raise NoJars("there is no Maven client to fetch the jars with")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{VERSION}-", dir=folder.parent))
    command = ["mvn", "-B", "-q", "-C", "-f", str(POM), f"-Dfolder={fresh}", "dependency:copy-dependencies"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise NoJars(f"Maven could not fetch the jars: {' '.join(done.stdout.split())[:200]}")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except subprocess.TimeoutExpired as error:
        raise NoJars(f"Maven took more than {PATIENCE} s") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _digests(folder: Path) -> str:
    """As `sha256sum *.jar` writes them."""
    return "".join(f"{sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in sorted(folder.glob("*.jar")))


if __name__ == "__main__":
    _fetch(BUILD / VERSION)
    LIST.write_text(_digests(BUILD / VERSION))
