"""What clients send: read as the specification says, or every fault of it told at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.open311.model import Attribute, Value
from gis_core.open311.parsing import (
    NewRequest,
    NewUpdate,
    RequestsQuery,
    answers_faults,
    new_request,
    new_update,
    requests_query,
    updates_query,
)
from gis_core.open311.reading import Fault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WELL = {"service_code": "001", "lat": "27.62", "long": "113.85"}


def request(**fields: str) -> NewRequest:
    asked = new_request((WELL | fields).items())
    assert isinstance(asked, NewRequest), asked
    return asked


def faults(found: object) -> list[str]:
    assert isinstance(found, list), found
    assert all(fault.code == 400 and fault.zh for fault in found)
    return [fault.en for fault in found]


def query(**fields: str) -> RequestsQuery:
    asked = requests_query(fields.items(), NOW)
    assert isinstance(asked, RequestsQuery), asked
    return asked


def test_a_request_is_read() -> None:
    asked = request(description=" two\r\nlines ", email="li.na@example.org", phone="", api_key="unread")
    assert (asked.service_code, asked.lat, asked.long) == ("001", 27.62, 113.85)
    assert (asked.description, asked.email, asked.phone) == ("two\nlines", "li.na@example.org", "")


@pytest.mark.parametrize(
    "place",
    [
        {"lat": "-90", "long": "1.8e2"},
        {"address_string": "跃进路1号"},
        {"address_id": "17"},
        {"lat": "27.62", "long": "113.85", "address_string": "跃进路1号"},
    ],
)
def test_each_way_to_tell_the_place_is_enough(place: dict[str, str]) -> None:
    assert isinstance(new_request({"service_code": "001", **place}.items()), NewRequest)


def test_all_faults_of_a_request_are_told_at_once() -> None:
    sent = {
        "lat": "91", "long": "east", "email": "li.na@", "description": "x" * 4001, "media_url": "ftp://x/y.jpg",
        "first_name": "n" * 256, "attribute[a": "1",
    }  # fmt: skip
    assert faults(new_request(sent.items())) == [
        "service_code was not provided.",
        "lat = 91 is no number from -90 to 90.",
        "long = east is no number from -180 to 180.",
        "attribute[a: write attribute[code], or attribute[code][] for several values.",
        "li.na@".join(["email = ", " is no e-mail address, such as name@example.org."]),
        "first_name has 256 characters; 255 are allowed.",
        "description has 4001 characters; 4000 are allowed.",
        "media_url = ftp://x/y.jpg is no address that begins with http:// or https://.",
    ]


def test_no_place_and_half_a_place() -> None:
    assert faults(new_request([("service_code", "001"), ("lat", ""), ("address_id", " ")])) == [
        "A location was not provided: send lat and long, or address_string, or address_id."
    ]
    assert faults(new_request([("service_code", "001"), ("lat", "27.62")])) == [
        "lat came alone: lat and long are both needed."
    ]


def test_a_field_that_comes_twice_with_two_values() -> None:
    sent = [*WELL.items(), ("service_code", "002")]
    assert faults(new_request(sent)) == ["service_code was given 2 times; give it once."]
    assert isinstance(new_request([*WELL.items(), ("service_code", "001")]), NewRequest)


@pytest.mark.parametrize("wrong", ["nan", "inf", "1_0", "１２", "0x1", "1e999", "--1"])
def test_what_is_no_number(wrong: str) -> None:
    assert faults(new_request((WELL | {"lat": wrong}).items())) == [
        f"lat = {wrong} is no number from -90 to 90."
    ]


def test_attributes_in_both_forms() -> None:
    sent = [
        *WELL.items(), ("attribute[A]", "1"), ("attribute[B][]", "x"), ("attribute[B][]", "y"),
        ("attribute[C][0]", "z"), ("attribute[D]", ""),
    ]  # fmt: skip
    asked = new_request(sent)
    assert isinstance(asked, NewRequest)
    assert asked.attributes == {"A": ("1",), "B": ("x", "y"), "C": ("z",)}


def question(code: str, datatype: str, *, required: bool = False, variable: bool = True) -> Attribute:
    choices = (Value("r", "red"), Value("g", "green")) if datatype.endswith("list") else ()
    return Attribute(variable, code, datatype, required, "", 1, f"What {code}?", choices)  # type: ignore[arg-type]


QUESTIONS = [
    question("hint", "text", required=True, variable=False),
    question("size", "number", required=True),
    question("since", "datetime"),
    question("colour", "singlevaluelist"),
    question("colours", "multivaluelist"),
]


def test_answers_that_fit_the_questions() -> None:
    told = {
        "size": ("2.5",),
        "since": ("2026-01-31T08:15:30+08:00",),
        "colour": ("r",),
        "colours": ("r", "g"),
    }
    assert answers_faults(QUESTIONS, told) == []


def test_answers_that_do_not_fit_the_questions() -> None:
    told = {"hint": ("x",), "since": ("yesterday",), "colour": ("r", "g"), "colours": ("blue",)}
    assert faults(answers_faults(QUESTIONS, told)) == [
        "attribute[hint]: this service does not ask for it; it asks for size, since, colour, colours.",
        "attribute[size] was not provided: What size?",
        "attribute[since] = yesterday is no time with a zone, such as 2026-01-31T08:15:30Z.",
        "attribute[colour] has 2 values; it takes one.",
        "attribute[colours] = blue: it is one of r, g.",
    ]
    assert faults(answers_faults(QUESTIONS, {"size": ("two",)})) == ["attribute[size] = two is no number."]


def test_without_anything_the_last_90_days_are_asked_for() -> None:
    asked = query()
    assert (asked.start, asked.end) == (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert (asked.page, asked.page_size, asked.extensions) == (1, 1000, False)
    assert asked.statuses == asked.service_codes == asked.service_request_ids == ()


def test_one_time_alone_asks_for_90_days_from_or_to_it() -> None:
    day = datetime(2025, 6, 1, tzinfo=UTC)
    assert query(start_date="2025-06-01T00:00:00Z").end == day + timedelta(days=90)
    assert query(end_date="2025-06-01T08:00:00+08:00").start == day - timedelta(days=90)


def test_lists_of_a_query() -> None:
    sent = [("service_code", "001, 002"), ("service_code", "003"), ("status", "OPEN,closed"), ("page_size", "10"),
            ("service_request_id", "a,,b,a"), ("extensions", "true"), ("page", "3")]  # fmt: skip
    asked = requests_query(sent, NOW)
    assert isinstance(asked, RequestsQuery)
    assert asked.service_codes == ("001", "002", "003")
    assert asked.statuses == ("open", "closed")
    assert asked.service_request_ids == ("a", "b")
    assert (asked.page, asked.page_size, asked.extensions) == (3, 10, True)


def test_a_plus_that_was_not_encoded_is_understood() -> None:
    assert query(start_date="2026-01-01T08:00:00 08:00").start == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"start_date": "2026-01-01"}, "start_date = 2026-01-01 is no time with a zone, such as 2026-01-31T08:15:30Z"),
        ({"end_date": "2026-02-30T00:00:00Z"}, "end_date = 2026-02-30T00:00:00Z is no time with a zone"),
        ({"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "end_date lies before start_date"),
        (
            {"start_date": "2025-01-01T00:00:00Z", "end_date": "2025-04-01T12:00:00Z"},
            "start_date and end_date span 90.5 days; 90 are allowed.",
        ),
        ({"end_date": "0001-01-01T00:00:00Z"}, "start_date or end_date lies outside of the calendar."),
        ({"start_date": "9999-12-31T00:00:00Z"}, "start_date or end_date lies outside of the calendar."),
        ({"status": "open,fixed"}, "status = fixed: it is open or closed."),
        ({"page": "0"}, "page = 0 is no whole number from 1 to 1000000."),
        ({"page_size": "1001"}, "page_size = 1001 is no whole number from 1 to 1000."),
        ({"extensions": "yes"}, "extensions = yes: it is true or false."),
        ({"service_request_id": "x" * 256}, f"service_request_id: {'x' * 80}… has more than 255 characters."),
        (
            {"service_request_id": ",".join(map(str, range(1001)))},
            "service_request_id has 1001 values; 1000 are allowed.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_query(sent: dict[str, str], told: str) -> None:
    [fault] = faults(requests_query(sent.items(), NOW))
    assert fault.startswith(told)


def test_exactly_90_days_are_allowed() -> None:
    assert isinstance(
        updates_query(
            {"start_date": "2025-01-01T00:00:00Z", "end_date": "2025-04-01T00:00:00Z"}.items(), NOW
        ),
        type(updates_query([], NOW)),
    )


UPDATE = {
    "service_request_id": "7", "update_id": "u1", "updated_datetime": "2026-02-01T00:00:00Z", "status": "FIXED",
    "description": "Done.",
}  # fmt: skip


def test_an_update_is_read() -> None:
    told = new_update(UPDATE.items())
    assert told == NewUpdate("", "7", "u1", datetime(2026, 2, 1, tzinfo=UTC), "fixed", "Done.", "")


def test_all_faults_of_an_update() -> None:
    assert faults(new_update([("status", "gone")])) == [
        "updated_datetime was not provided.",
        "status = gone: it is one of open, closed, investigating, in_progress, action_scheduled, no_further_action,"
        " internal_referral, duplicate, not_councils_responsibility, fixed.",
        "service_request_id was not provided.",
        "update_id was not provided.",
        "description was not provided.",
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*WELL, *UPDATE, "attribute[a][]", "start_date", "page"]) | st.text(), st.text()
        )
    )
)
def test_whatever_is_sent_is_read_or_told_to_be_wrong(pairs: list[tuple[str, str]]) -> None:
    for found in (
        new_request(pairs),
        new_update(pairs),
        requests_query(pairs, NOW),
        updates_query(pairs, NOW),
    ):
        assert not isinstance(found, list) or all(isinstance(one, Fault) and one.text("zh") for one in found)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_coordinates_come_through_as_they_were_sent(lat: float, long: float) -> None:
    asked = request(lat=repr(lat), long=repr(long))
    assert (asked.lat, asked.long) == (lat, long)
