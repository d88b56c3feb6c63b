"""Errors of the engine: wrong arguments, reported all at once. What cannot be drawn is an outcome, not an
error.
"""

from collections.abc import Sequence


class PartitioningError(ValueError):
    """The engine was given something that it cannot work with."""

    subject = "Input"

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = f"{self.subject} with {count} fault{'s' if count > 1 else ''}:"
        super().__init__("\n".join([head, *(f"- {fault}" for fault in self.faults)]))


class ProblemError(PartitioningError):
    """The arrays of a problem do not fit together, or hold impossible values."""

    subject = "Problem"


class RulesError(PartitioningError):
    """The rules hold unknown keys or impossible values, or do not fit the problem."""

    subject = "Rules"


class CallError(PartitioningError):
    """A draw is asked for with an effort, a seed or a time limit that is not allowed."""

    subject = "Call"


class DrawCancelledError(Exception):
    """Raised by a progress callback to end a draw; the best plan so far is returned."""
