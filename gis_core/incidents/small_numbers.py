"""Small numbers, which may point at somebody, as they are told to those who may not know contacts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

FEW = 5
"""A number below this is not told."""


@dataclass(frozen=True)
class Told:
    """A number as it is told: None where it is kept back, with words for it."""

    number: int | None
    zh: str
    en: str


def told(number: int, *, exact: bool) -> Told:
    """The number itself, or "fewer than 5" of 1 to 4 unless all may be known."""
    if exact or number == 0 or number >= FEW:
        return Told(number, str(number), str(number))
    return Told(None, f"少于 {FEW}", f"fewer than {FEW}")


def told_sum(parts: Sequence[int], *, exact: bool) -> Told:
    """The sum of numbers; where one of them is kept back only a lower bound, so that no difference tells it."""
    total = sum(parts)
    if exact or all(number == 0 or number >= FEW for number in parts):
        return Told(total, str(total), str(total))
    if total < FEW:
        return told(total, exact=False)
    least = max(FEW, sum(number for number in parts if number >= FEW))
    return Told(None, f"不少于 {least}", f"at least {least}")
