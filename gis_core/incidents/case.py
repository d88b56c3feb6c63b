"""What the rules of incidents look at: a case, a person, and what comes with a step. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis_core.incidents.life import Actor


@dataclass(frozen=True)
class Case:
    """What the rules must know of an incident. handlers: names of the accounts that handled it; reported_by: of the
    member of the staff who reported it, if one did. shared: others were merged into it.
    """

    number: str
    state: str
    kind: str
    resume_state: str | None = None
    dispatched: bool = False
    assignee: int | None = None
    handlers: frozenset[str] = frozenset()
    reported_by: str | None = None
    returns: int = 0
    extensions: int = 0
    asked: bool = False
    sampled: bool = False
    closed_at: datetime | None = None
    more_steps: bool = False
    notices_over: bool = False
    after_photos: int = 0
    shared: bool = False


@dataclass(frozen=True)
class Person:
    """Who takes a step: name and id of the account; reporters, programs and the system have no id."""

    name: str
    actors: frozenset[Actor]
    id: int | None = None


@dataclass(frozen=True)
class Evidence:
    """What comes with a step. photos: their kinds. near_m: how far from the incident's place it was taken, metres."""

    note: str = ""
    public_note: str = ""
    internal: bool = False
    reason_code: str | None = None
    target: str | None = None
    department: str | None = None
    reason: str = ""
    document: str = ""
    assignee: str | None = None
    until: datetime | None = None
    limit: tuple[str, float] | None = None
    satisfied: bool | None = None
    change: Mapping[str, Any] = field(default_factory=dict)
    notice: Mapping[str, Any] | None = None
    photos: tuple[str, ...] = ()
    near_m: float | None = None
