"""Errors that a user can meet: one base class; the docstring is the default message."""


class WanggeError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class InvalidInputError(WanggeError):
    """The input breaks a rule."""


class NotFoundError(WanggeError):
    """There is no such thing."""


class ConflictError(WanggeError):
    """The request does not fit the present state."""


class DatabaseError(WanggeError):
    """The database could not be reached or started."""
