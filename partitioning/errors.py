"""Errors of the engine: wrong arguments, reported all at once. What cannot be drawn is an outcome, not an
error.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

_HEADS = {"en": "{subject} with {count} fault{s}:", "zh": "{subject}有 {count} 处错误："}


class Told(NamedTuple):
    """One fault in both languages."""

    en: str
    zh: str


class PartitioningError(ValueError):
    """The engine was given something that it cannot work with: `told` has each fault in both languages."""

    subject = Told("Input", "输入")

    def __init__(self, faults: Sequence[str | Told]) -> None:
        """faults: those that only programs meet, in English alone."""
        self.told = tuple(Told(fault, fault) if isinstance(fault, str) else fault for fault in faults)
        super().__init__(self.text("en"))

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults in English."""
        return tuple(fault.en for fault in self.told)

    def text(self, lang: Literal["zh", "en"]) -> str:
        """All faults in the language, a line each."""
        count, s = len(self.told), "s" if len(self.told) > 1 else ""
        head = _HEADS[lang].format(subject=getattr(self.subject, lang), count=count, s=s)
        return "\n".join([head, *(f"- {getattr(fault, lang)}" for fault in self.told)])


class ProblemError(PartitioningError):
    """The arrays of a problem do not fit together, or hold impossible values."""

    subject = Told("Problem", "数据")


class RulesError(PartitioningError):
    """The rules hold unknown keys or impossible values, or do not fit the problem."""

    subject = Told("Rules", "规则")


class CallError(PartitioningError):
    """A draw is asked for with an effort, a seed or a time limit that is not allowed."""

    subject = Told("Call", "调用")


class DrawCancelledError(Exception):
    """Raised by a progress callback to end a draw; the best plan so far is returned."""
