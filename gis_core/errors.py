"""Errors that a user can meet: one base class; the docstring is the default message."""

from typing import Literal


class WanggeError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, zh: str | None = None) -> None:
        """message: in English. zh: the same in Chinese; programs' errors that no planner meets have none."""
        super().__init__(message or (self.__doc__ or "").strip())
        self._zh = zh

    def text(self, lang: Literal["zh", "en"]) -> str:
        """The message in the language, or in English where there is no other."""
        return self._zh if lang == "zh" and self._zh else str(self)


class InvalidInputError(WanggeError):
    """The input breaks a rule."""


class NotFoundError(WanggeError):
    """There is no such thing."""


class ConflictError(WanggeError):
    """The request does not fit the present state."""


class DatabaseError(WanggeError):
    """The database could not be reached or started."""
