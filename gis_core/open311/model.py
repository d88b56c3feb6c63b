"""What GeoReport v2 speaks of, as plain values: field names and their order are the specification's.

A text that is empty and a value that is None are absent. Datetimes carry their zone; lat and long are WGS 84, degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

OPTIONAL: Mapping[str, Any] = {"left_out": True}
"""Marks a field that is left out where it is None; any other absent field is there, and empty."""

Status = Literal["open", "closed"]


@dataclass(frozen=True)
class Service:
    """What can be reported. metadata: whether it has a service definition. keywords: comma separated."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime", "batch", "blackbox"]
    keywords: str
    group: str


@dataclass(frozen=True)
class Value:
    """One choice of a list."""

    key: str
    name: str


@dataclass(frozen=True)
class Attribute:
    """A question that a service asks. variable: whether there is something to answer. order: from 1."""

    variable: bool
    code: str
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool
    datatype_description: str
    order: int
    description: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class ServiceDefinition:
    """The questions of a service."""

    service_code: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True)
class Answer:
    """What a request answers to one question of its service."""

    code: str
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """One thing that was made public of a request. type: the step that it was written at."""

    datetime: datetime
    description: str
    type: str


@dataclass(frozen=True)
class Extended:
    """What is known of a request beyond the specification."""

    state: str
    state_name: str
    kind: str
    level: int
    grid_code: str
    community_code: str
    community_name: str


@dataclass(frozen=True)
class Request:
    """A service request as everybody may see it: never who reported it."""

    service_request_id: str
    status: Status
    status_notes: str
    service_name: str
    service_code: str
    description: str
    agency_responsible: str
    service_notice: str
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: str
    address_id: str
    zipcode: str
    lat: float | None
    long: float | None
    media_url: str
    extended_attributes: Extended | None = field(default=None, metadata=OPTIONAL)
    attributes: tuple[Answer, ...] | None = field(default=None, metadata=OPTIONAL)
    notes: tuple[Note, ...] | None = field(default=None, metadata=OPTIONAL)


@dataclass(frozen=True)
class Acknowledgement:
    """The answer to a new request: its id, or a token where the id is not known yet, never both.

    Raises:
        ValueError: both, or neither.
    """

    service_request_id: str | None = field(default=None, metadata=OPTIONAL)
    token: str | None = field(default=None, metadata=OPTIONAL)
    service_notice: str = ""
    account_id: str = ""

    def __post_init__(self) -> None:
        if (self.service_request_id is None) == (self.token is None):
            raise ValueError("an acknowledgement has either a service_request_id or a token")


@dataclass(frozen=True)
class Token:
    """Which request a token stands for."""

    service_request_id: str
    token: str


@dataclass(frozen=True)
class Update:
    """Something new about a request, as FixMyStreet's extension has it."""

    update_id: str
    service_request_id: str
    status: Status
    updated_datetime: datetime
    description: str
    media_url: str


@dataclass(frozen=True)
class UpdateAcknowledgement:
    """The answer to an update that was sent."""

    update_id: str


@dataclass(frozen=True)
class Endpoint:
    """Where one version of the interface is. formats: content types."""

    specification: str
    url: str
    changeset: datetime
    type: Literal["production", "test"]
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Discovery:
    """What there is on this server. contact, key_service: words or an address for people."""

    changeset: datetime
    contact: str
    key_service: str
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True)
class Error:
    """What was wrong. code: the HTTP status that it alone would have."""

    code: int
    description: str
