"""Who may do what: roles, the table of their permissions, and the forms of names and passwords. No I/O."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gis_core.errors import InvalidInputError

SESSION = timedelta(hours=12)
"""How long a browser stays signed in after the page was opened last."""
LINK = timedelta(minutes=30)
"""How long a one-time link opens the door."""
WINDOW = timedelta(minutes=15)
"""Failed sign-ins are counted over this time."""
FAILURES_PER_NAME = 8
FAILURES_PER_ADDRESS = 40
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_NAME = re.compile(r"[^\s/]{1,64}")


class Role(StrEnum):
    """What an account is in an area."""

    VIEWER = "viewer"
    GRID_WORKER = "grid_worker"
    COMMUNITY_DESK = "community_desk"
    DEPARTMENT = "department"
    LEADER = "leader"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: Mapping[Role, str] = {
    Role.VIEWER: "查看者",
    Role.GRID_WORKER: "网格员",
    Role.COMMUNITY_DESK: "社区工作人员",
    Role.DEPARTMENT: "责任单位",
    Role.LEADER: "领导",
    Role.PLANNER: "规划员",
    Role.ADMINISTRATOR: "管理员",
}
"""Roles in Chinese."""


class Permission(StrEnum):
    """What a route can ask for."""

    MAP_READ = "map.read"
    DRAFT_READ = "draft.read"
    COMMENT_WRITE = "comment.write"
    PLAN_EDIT = "plan.edit"
    PLAN_ADOPT = "plan.adopt"
    DATA_IMPORT = "data.import"
    AUDIT_READ = "audit.read"
    INCIDENT_READ = "incident.read"
    INCIDENT_WORK = "incident.work"
    INCIDENT_SETUP = "incident.setup"
    REPORTER_READ = "reporter.read"
    PHOTO_MODERATE = "photo.moderate"
    VISIT_WRITE = "visit.write"
    NOTICE_SEND = "notice.send"
    MEASURE_READ = "measure.read"


_DESK = frozenset({Permission.MAP_READ, Permission.DRAFT_READ, Permission.COMMENT_WRITE})
_CASES = frozenset({Permission.MAP_READ, Permission.INCIDENT_READ, Permission.INCIDENT_WORK})
_OFFICE = frozenset({Permission.REPORTER_READ, Permission.MEASURE_READ, Permission.NOTICE_SEND})
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.MAP_READ}),
    Role.GRID_WORKER: _CASES | {Permission.VISIT_WRITE},
    Role.COMMUNITY_DESK: _DESK | _CASES | _OFFICE | {Permission.PHOTO_MODERATE, Permission.VISIT_WRITE},
    Role.DEPARTMENT: _CASES,
    Role.LEADER: _DESK | _CASES | _OFFICE,
    Role.PLANNER: _DESK | {Permission.PLAN_EDIT, Permission.MEASURE_READ},
    Role.ADMINISTRATOR: frozenset(Permission),
}
"""What each role may do in the area that it is granted for; the only place where this is decided."""


@dataclass(frozen=True)
class Grant:
    """A role in an admin area and all below it, in one community, or everywhere where both are None.

    area, community: their codes.
    """

    role: Role
    area: str | None = None
    community: str | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it holds in every community, those to come included."""
        return self.area is None and self.community is None

    def to_dict(self) -> dict[str, str | None]:
        """As JSON takes it."""
        return {"role": self.role, "area": self.area, "community": self.community}


@dataclass(frozen=True)
class Account:
    """Somebody who is signed in."""

    id: int
    name: str
    display_name: str
    grants: tuple[Grant, ...] = ()

    def granting(self, permission: Permission) -> list[Grant]:
        """Its grants whose role may do that, somewhere."""
        return [grant for grant in self.grants if permission in PERMISSIONS[grant.role]]


def may(grants: Iterable[Grant], permission: Permission, community: str, areas: Iterable[str]) -> bool:
    """Whether grants allow it in a community. areas: codes of the community's admin area and of all above it."""
    above = frozenset(areas)
    return any(
        permission in PERMISSIONS[grant.role]
        and (grant.everywhere or grant.community == community or grant.area in above)
        for grant in grants
    )


def clean_account_name(name: str) -> str:
    """The name without blanks around it.

    Raises:
        InvalidInputError: it is none.
    """
    clean = name.strip()
    if not _NAME.fullmatch(clean) or not clean.isprintable():
        raise InvalidInputError(
            f"{name!r} is not an account name: 1-64 characters, without blanks and slashes, such as li.na.",
            f"“{name}”不能作账号名：须为 1–64 个字符，不含空格和斜杠，例如 li.na。",
        )
    return clean


def check_password(name: str, password: str) -> None:
    """Refuse a password that is too easy to guess; length is what counts, not kinds of characters (NIST SP 800-63B).

    Raises:
        InvalidInputError: with the rule that it breaks.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInputError(
            f"The password has {len(password)} characters; choose {SHORTEST_PASSWORD}-{LONGEST_PASSWORD}, such as "
            "four words that nobody would put together.",
            f"密码有 {len(password)} 个字符；须为 {SHORTEST_PASSWORD}–{LONGEST_PASSWORD} 个，"
            "例如几个互不相干的词。",
        )
    if name.lower() in password.lower() or len(set(password)) < 4:
        raise InvalidInputError(
            "The password holds the account's name or is one character over and over; choose another.",
            "密码包含账号名，或只是同几个字符的重复；请换一个。",
        )


def new_secret() -> str:
    """A secret of 256 bits, for a cookie, a token or a link."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """(32,) bytes that are kept in place of a secret. Secrets are random, so that a plain hash cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(secret: str) -> str:
    """The token that goes with writes of the session with this cookie."""
    return hashlib.sha256(b"csrf:" + secret.encode()).hexdigest()[:40]


def wait_after(failures: Iterable[datetime], allowed: int, now: datetime) -> timedelta | None:
    """How long to wait before the next try; None: at once.

    failures: times of failed tries, of which `allowed` within WINDOW are free.
    """
    recent = sorted(at for at in failures if now - at < WINDOW)
    return None if len(recent) < allowed else recent[len(recent) - allowed] + WINDOW - now
