"""Errors that a user can meet: one base class; the docstring is the default message."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal


class WanggeError(Exception):
    """Something went wrong.

    `more` is data for programs that goes with the message, as JSON takes it.
    """

    more: Mapping[str, Any] = {}

    def __init__(self, message: str | None = None, zh: str | None = None) -> None:
        """message: in English. zh: the same in Chinese; programs' errors that no planner meets have none."""
        super().__init__(message or (self.__doc__ or "").strip())
        self._zh = zh

    def text(self, lang: Literal["zh", "en"]) -> str:
        """The message in the language, or in English where there is no other."""
        return self._zh if lang == "zh" and self._zh else str(self)


class InvalidInputError(WanggeError):
    """The input breaks a rule."""


def faults_of_fields(faults: Sequence[tuple[str, str, str]]) -> InvalidInputError:
    """All faults (field, English, Chinese) of a request: told in the words of the pages, `more` has the fields."""
    error = InvalidInputError(" ".join(en for _, en, _ in faults), "".join(zh for _, _, zh in faults))
    error.more = {"faults": [{"field": name, "en": en, "zh": zh} for name, en, zh in faults]}
    return error


class NotFoundError(WanggeError):
    """There is no such thing."""


class ConflictError(WanggeError):
    """The request does not fit the present state."""


class PreconditionError(WanggeError):
    """The request must say which state it changes: send If-Match with the plan's ETag, such as "r12"."""

    def __init__(self, message: str | None = None, zh: str | None = None) -> None:
        super().__init__(message, zh or '请求须说明所修改的版本：请在 If-Match 中发送方案的 ETag，如 "r12"。')


class StaleError(WanggeError):
    """The plan has been changed by others since."""

    def __init__(self, revision: int, edits: list[dict[str, Any]]) -> None:
        """revision: the plan's present one. edits: those made since the one that the request names."""
        people = ", ".join(sorted({edit["by"] for edit in edits}))
        if not edits:
            super().__init__(
                f"The plan is at revision {revision}, which is older than the one that you name. Read the plan again.",
                f"方案现在是修订 {revision}，早于您所说的修订；请重新读取方案。",
            )
            self.more = {"revision": revision, "delta": {"edits": edits}}
            return
        super().__init__(
            f"The plan is at revision {revision} now; it was changed by {people}. Look at what changed, then send the "
            "edit again for the new revision, fork the plan, or give the edit up.",
            f"方案已更新到修订 {revision}，修改人：{people}。"
            "请查看变化后，对新修订重新提交、另存为新方案，或放弃本次编辑。",
        )
        self.more = {"revision": revision, "delta": {"edits": edits}}


class ChangedError(WanggeError):
    """Somebody else has changed it since."""

    def __init__(self, what: str, what_zh: str, revision: int) -> None:
        """what: was changed, such as "Incident 261128000001". revision: its present one."""
        super().__init__(
            f"{what} was changed by somebody else: it is at revision {revision} now. Look at it, then try again.",
            f"{what_zh}已被他人更新（修订 {revision}）。请查看后再试。",
        )
        self.more = {"revision": revision}


class RepeatedKeyError(WanggeError):
    """This idempotency key was used for another request; take a new key for each request."""

    def __init__(self) -> None:
        super().__init__(None, "该幂等键已用于另一个请求；每个请求请使用新的键。")


class UnauthorizedError(WanggeError):
    """Nobody is signed in: sign in at /login, or send Authorization: Bearer with a token of `wangge token add`."""

    def __init__(self, message: str | None = None, zh: str | None = None) -> None:
        default = (
            "尚未登录：请在 /login 登录，或在 Authorization: Bearer 中发送由 `wangge token add` 签发的令牌。"
        )
        super().__init__(message, zh or default)


class RateError(WanggeError):
    """Too many failed sign-ins, or too much asked for at a time."""

    def __init__(self, wait: timedelta, message: str | None = None, zh: str | None = None) -> None:
        """wait: how long until the next try. message, zh: where it is not about signing in."""
        self.seconds = max(1, math.ceil(wait.total_seconds()))
        minutes = math.ceil(self.seconds / 60)
        super().__init__(
            message
            or f"Too many failed sign-ins. Try again in {minutes} min, or ask an administrator for a link.",
            zh or f"登录失败次数过多。请 {minutes} 分钟后再试，或请管理员发送一次性登录链接。",
        )


class ForbiddenError(WanggeError):
    """That is not allowed to whoever asks for it here."""


class ConfigError(WanggeError):
    """A setting of the service is missing or wrong."""


class DatabaseError(WanggeError):
    """The database could not be reached or started."""
