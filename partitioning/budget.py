"""How long a draw may go on: a time cap and a caller who may cancel. Without them no clock is read."""

from collections.abc import Callable
from time import monotonic

from partitioning.errors import DrawCancelledError
from partitioning.plan import Plan

Progress = Callable[[float, Plan | None], bool | None]
"""Called with the share done, which never falls, and the best plan so far, None as long as none keeps every rule;
returning False or raising DrawCancelledError ends the search.
"""


class Budget:
    """Says whether a draw may go on."""

    def __init__(self, time_limit_s: float | None, progress: Progress | None) -> None:
        self._end = None if time_limit_s is None else monotonic() + time_limit_s
        self._progress = progress
        self._share = 0.0
        self.spent = False
        self.brief = False
        """Whether it only matters if a plan is found: no last exact search, and nothing explained."""

    def quiet(self, *, brief: bool) -> "Budget":
        """A budget that ends with this one and shows the caller no plans: for draws that only answer a question."""
        told = self._progress
        other = Budget(None, None if told is None else lambda share, _: told(share, None))
        other._end, other._share, other.spent, other.brief = self._end, self._share, self.spent, brief
        return other

    @property
    def silent(self) -> bool:
        """Whether nobody listens and there is no cap, so that nothing can end the search early."""
        return self._progress is None and self._end is None

    def left(self) -> bool:
        """Whether the cap is not reached and nobody has cancelled."""
        if self._end is not None and monotonic() >= self._end:
            self.spent = True
        return not self.spent

    def seconds(self) -> float | None:
        """Seconds up to the cap, None without one."""
        return None if self._end is None else max(self._end - monotonic(), 0.0)

    def go_on(self) -> bool:
        """Whether the draw may go on, the caller being asked where there is nothing new to tell."""
        return self.report(0.0, lambda: None)

    def report(self, share: float, best: Callable[[], Plan | None]) -> bool:
        """Tell the caller the share done, 0 to 1, and say whether the draw may go on; best is asked for only where
        somebody listens. After a cancel nobody is told any more.
        """
        if self._progress is None or not self.left():
            return self.left()
        self._share = max(share, self._share)
        try:
            told = self._progress(self._share, best())
            self.spent = told is not None and not told  # numpy's False as well
        except DrawCancelledError:
            self.spent = True
        return not self.spent
