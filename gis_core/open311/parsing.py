"""From the fields that a client sends to what it asks for, or all that is wrong with them at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gis_core.open311.model import Attribute
from gis_core.open311.reading import Fault, Fields, number_of, shown, time_of

Pairs = Iterable[tuple[str, str]]
"""(name, value) pairs of a form or of a query; names may come several times."""

LONGEST_TEXT = 4000
LONGEST_WORD = 255
LONGEST_URL = 2000
LONGEST_SPAN = timedelta(days=90)
MOST_IDS = 1000
MOST_PER_PAGE = 1000
LAST_PAGE = 1_000_000
"""Pages are of at most 1,000 requests: no city has so many."""
UPDATE_STATUSES = (
    "open", "closed", "investigating", "in_progress", "action_scheduled", "no_further_action", "internal_referral",
    "duplicate", "not_councils_responsibility", "fixed",
)  # fmt: skip
"""What FixMyStreet sends; none of them closes anything here."""
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,255})\](\[\d*\])?")


@dataclass(frozen=True)
class NewRequest:
    """What a client reports. lat, long: WGS 84, degrees, both or neither. attributes: {code: values}."""

    jurisdiction_id: str
    service_code: str
    lat: float | None
    long: float | None
    address_string: str
    address_id: str
    attributes: dict[str, tuple[str, ...]]
    email: str
    device_id: str
    account_id: str
    first_name: str
    last_name: str
    phone: str
    description: str
    media_url: str


@dataclass(frozen=True)
class RequestsQuery:
    """Which requests are asked for. start, end: both are included. statuses, service_codes: empty for all.

    service_request_ids: where there are any, the rest but extensions says nothing.
    """

    jurisdiction_id: str
    service_request_ids: tuple[str, ...]
    service_codes: tuple[str, ...]
    start: datetime
    end: datetime
    statuses: tuple[str, ...]
    page: int
    page_size: int
    extensions: bool


@dataclass(frozen=True)
class UpdatesQuery:
    """Which updates are asked for. start, end: both are included."""

    jurisdiction_id: str
    service_request_ids: tuple[str, ...]
    start: datetime
    end: datetime
    page: int
    page_size: int


@dataclass(frozen=True)
class NewUpdate:
    """What a client tells of a request."""

    jurisdiction_id: str
    service_request_id: str
    update_id: str
    updated_at: datetime
    status: str
    description: str
    media_url: str


def new_request(pairs: Pairs) -> NewRequest | list[Fault]:
    """A request out of its form's fields, or all faults."""
    fields = Fields.of(pairs)
    asked = NewRequest(
        jurisdiction_id=fields.text("jurisdiction_id", LONGEST_WORD),
        service_code=fields.text("service_code", LONGEST_WORD, required=True),
        lat=fields.number("lat", -90, 90),
        long=fields.number("long", -180, 180),
        address_string=fields.text("address_string", LONGEST_WORD),
        address_id=fields.text("address_id", LONGEST_WORD),
        attributes=_attributes(fields),
        email=fields.mail("email"),
        device_id=fields.text("device_id", LONGEST_WORD),
        account_id=fields.text("account_id", LONGEST_WORD),
        first_name=fields.text("first_name", LONGEST_WORD),
        last_name=fields.text("last_name", LONGEST_WORD),
        phone=fields.text("phone", 64),
        description=fields.text("description", LONGEST_TEXT),
        media_url=_address(fields, "media_url"),
    )
    sent = {name for name in ("lat", "long", "address_string", "address_id") if name in fields.values}
    if len(sent & {"lat", "long"}) == 1:
        [there] = sent & {"lat", "long"}
        fields.fault(
            f"{there} came alone: lat and long are both needed.", f"只有 {there}：lat 和 long 须同时给出。"
        )
    elif not sent:
        fields.fault(
            "A location was not provided: send lat and long, or address_string, or address_id.",
            "缺少位置：请给出 lat 和 long，或 address_string，或 address_id。",
        )
    return fields.faults or asked


def answers_faults(attributes: Iterable[Attribute], answers: dict[str, tuple[str, ...]]) -> list[Fault]:
    """What is wrong with the answers to a service's questions."""
    asked = {one.code: one for one in attributes if one.variable}
    fields = Fields({})
    for code in answers.keys() - asked.keys():
        known = ", ".join(asked) or "-"
        fields.fault(
            f"attribute[{shown(code)}]: this service does not ask for it; it asks for {known}.",
            f"attribute[{shown(code)}]：该服务没有此项；有：{known}。",
        )
    for code, one in asked.items():
        _answer(fields, one, answers.get(code, ()))
    return fields.faults


def requests_query(pairs: Pairs, now: datetime) -> RequestsQuery | list[Fault]:
    """A query for requests out of its address, or all faults.

    The last 90 days are asked for where no time is told, from the beginning of the first day (UTC) to the end of this
    one: pages that are asked for one after the other then begin at the same request, and none is left out because its
    clock was ahead.
    """
    fields = Fields.of(pairs)
    start, end = _span(fields, now)
    asked = RequestsQuery(
        jurisdiction_id=fields.text("jurisdiction_id", LONGEST_WORD),
        service_request_ids=fields.words("service_request_id", LONGEST_WORD, MOST_IDS),
        service_codes=fields.words("service_code", LONGEST_WORD, MOST_IDS),
        start=start,
        end=end,
        statuses=fields.choices("status", ("open", "closed")),
        page=fields.whole("page", 1, LAST_PAGE, 1),
        page_size=fields.whole("page_size", 1, MOST_PER_PAGE, MOST_PER_PAGE),
        extensions=fields.flag("extensions"),
    )
    return fields.faults or asked


def updates_query(pairs: Pairs, now: datetime) -> UpdatesQuery | list[Fault]:
    """A query for updates out of its address, or all faults; its times are those of a query for requests."""
    fields = Fields.of(pairs)
    start, end = _span(fields, now)
    asked = UpdatesQuery(
        jurisdiction_id=fields.text("jurisdiction_id", LONGEST_WORD),
        service_request_ids=fields.words("service_request_id", LONGEST_WORD, MOST_IDS),
        start=start,
        end=end,
        page=fields.whole("page", 1, LAST_PAGE, 1),
        page_size=fields.whole("page_size", 1, MOST_PER_PAGE, MOST_PER_PAGE),
    )
    return fields.faults or asked


def new_update(pairs: Pairs) -> NewUpdate | list[Fault]:
    """An update out of its form's fields, or all faults."""
    fields = Fields.of(pairs)
    at = fields.time("updated_datetime", required=True)
    status = fields.text("status", 64, required=True).lower()
    if status and status not in UPDATE_STATUSES:
        names = ", ".join(UPDATE_STATUSES)
        fields.fault(
            f"status = {shown(status)}: it is one of {names}.",
            f"status = {shown(status)}：应为 {names} 之一。",
        )
    asked = NewUpdate(
        jurisdiction_id=fields.text("jurisdiction_id", LONGEST_WORD),
        service_request_id=fields.text("service_request_id", LONGEST_WORD, required=True),
        update_id=fields.text("update_id", 120, required=True),
        updated_at=at or datetime.min.replace(tzinfo=UTC),
        status=status,
        description=fields.text("description", LONGEST_TEXT, required=True),
        media_url=_address(fields, "media_url"),
    )
    return fields.faults or asked


def _attributes(fields: Fields) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, values in fields.values.items():
        matched = _ATTRIBUTE.fullmatch(name)
        if matched:
            found.setdefault(matched[1], []).extend(values)
        elif name.startswith("attribute"):
            fields.fault(
                f"{shown(name)}: write attribute[code], or attribute[code][] for several values.",
                f"{shown(name)}：应写作 attribute[代码]，多个值写作 attribute[代码][]。",
            )
    for code, values in found.items():
        longest = max(len(value) for value in values)
        if longest > LONGEST_TEXT:
            fields.fault(
                f"attribute[{code}] has {longest} characters; {LONGEST_TEXT} are allowed.",
                f"attribute[{code}] 有 {longest} 个字符，最多 {LONGEST_TEXT} 个。",
            )
    return {code: tuple(dict.fromkeys(values)) for code, values in found.items()}


def _answer(fields: Fields, one: Attribute, values: tuple[str, ...]) -> None:
    name = f"attribute[{one.code}]"
    if one.required and not values:
        fields.fault(f"{name} was not provided: {one.description}", f"缺少 {name}：{one.description}")
    if len(values) > 1 and one.datatype != "multivaluelist":
        fields.fault(
            f"{name} has {len(values)} values; it takes one.", f"{name} 有 {len(values)} 个值，只能有一个。"
        )
    choices = {value.key for value in one.values}
    for value in values:
        if one.datatype == "number" and number_of(value) is None:
            fields.fault(f"{name} = {shown(value)} is no number.", f"{name} = {shown(value)} 不是数字。")
        elif one.datatype == "datetime" and time_of(value) is None:
            fields.fault(
                f"{name} = {shown(value)} is no time with a zone, such as 2026-01-31T08:15:30Z.",
                f"{name} = {shown(value)} 不是带时区的时间，应如 2026-01-31T08:15:30Z。",
            )
        elif one.datatype.endswith("list") and value not in choices:
            keys = ", ".join(choice.key for choice in one.values)
            fields.fault(
                f"{name} = {shown(value)}: it is one of {keys}.",
                f"{name} = {shown(value)}：应为 {keys} 之一。",
            )


def _address(fields: Fields, name: str) -> str:
    text = fields.text(name, LONGEST_URL)
    if text and not re.fullmatch(r"https?://[^\s/?#]+\S*", text, re.IGNORECASE):
        fields.fault(
            f"{name} = {shown(text)} is no address that begins with http:// or https://.",
            f"{name} = {shown(text)} 不是以 http:// 或 https:// 开头的网址。",
        )
    return text


def _span(fields: Fields, now: datetime) -> tuple[datetime, datetime]:
    start, end = fields.time("start_date"), fields.time("end_date")
    try:
        first = start or (end - LONGEST_SPAN if end else _midnight(now - LONGEST_SPAN))
        last = end or (start + LONGEST_SPAN if start else _midnight(now) + timedelta(days=1))
        first, last = first.astimezone(UTC), last.astimezone(UTC)
    except OverflowError:
        fields.fault(
            "start_date or end_date lies outside of the calendar.", "start_date 或 end_date 超出日历范围。"
        )
        return now, now
    if last < first:
        fields.fault("end_date lies before start_date.", "end_date 早于 start_date。")
    elif (start or end) and last - first > LONGEST_SPAN:
        fields.fault(
            f"start_date and end_date span {(last - first).total_seconds() / 86400:.1f} days; 90 are allowed.",
            f"start_date 与 end_date 相隔 {(last - first).total_seconds() / 86400:.1f} 天，最多 90 天。",
        )
    return first, last


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
