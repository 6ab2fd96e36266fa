"""How far a command is, on a terminal; nothing where nobody watches."""

import sys
from types import TracebackType

WIDTH = 40


class ProgressBar:
    """Of so many; with none, only that it is under way. Gone when it is done."""

    def __init__(self, what: str, of: int = 0) -> None:
        self._what = what
        self._of = of
        self._watched = sys.stderr.isatty()

    def __enter__(self) -> "ProgressBar":
        self.show(0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._watched:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def show(self, done: int) -> None:
        if not self._watched:
            return
        share = min(done / self._of, 1) if self._of else 0
        bar = "#" * round(share * WIDTH)
        said = f"[{bar:<{WIDTH}}] {share:4.0%}" if self._of else "…"
        print(f"\r{self._what} {said}", end="", file=sys.stderr, flush=True)
