"""How much the random tests do, and from which seeds.

`TESTS_RANDOM=1` takes fresh seeds instead of the fixed ones; `TESTS_RANDOM=<number>` those again, as they are
printed with a failure. `TESTS_MODELS=2000x20` plays so many models on so many paths each instead of 100x10.
"""

import os
import time
from typing import Final

from hypothesis import HealthCheck, settings

_ASKED: Final = os.environ.get("TESTS_RANDOM", "")

SEED: Final = int(_ASKED) if _ASKED not in ("", "1") else int(time.time()) if _ASKED else 0
MODELS, PATHS = (int(number) for number in os.environ.get("TESTS_MODELS", "100x10").split("x"))


def examples(count: int) -> settings:
    """Hypothesis for so many examples: from a fixed seed, or from a fresh one, which it prints with a failure."""
    return settings(
        max_examples=count,
        derandomize=not _ASKED,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
