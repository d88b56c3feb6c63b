"""Several checks of a command, all of them made before any of their faults is told."""

from collections.abc import Callable
from typing import TypeVar

from gis_core.errors import InvalidInputError, WanggeError
from partitioning.errors import PartitioningError

T = TypeVar("T")


class Refusals:
    """Keeps what checks refuse, so that a user meets all faults at once."""

    def __init__(self) -> None:
        self._errors: list[WanggeError | PartitioningError] = []

    def of(self, check: Callable[[], T], otherwise: T) -> T:
        """What the check returns, or something else where it refuses."""
        try:
            return check()
        except (WanggeError, PartitioningError) as error:
            self._errors.append(error)
            return otherwise

    def tell(self) -> None:
        """Raises InvalidInputError with all that was refused; nothing where nothing was."""
        if self._errors:
            en, zh = ("\n".join(error.text(lang) for error in self._errors) for lang in ("en", "zh"))
            raise InvalidInputError(en, zh)
