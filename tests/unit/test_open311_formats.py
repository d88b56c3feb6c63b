"""Every document, of any data in all of Unicode, is what the specification says, and XML and JSON say the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gis_core.open311 import model
from gis_core.open311.characters import holdable
from gis_core.open311.formats import render, w3c

SCHEMAS = Path(__file__).parents[1] / "schemas"
LISTS = {
    "services", "service_requests", "service_request_updates", "errors", "attributes", "values", "notes", "endpoints",
    "formats",
}  # fmt: skip

texts = st.text(st.characters(), max_size=60)
filled = st.builds(lambda text, kept: text + kept, texts, st.sampled_from("aé网\U0001f6a7"))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)
status = st.sampled_from(["open", "closed"])
values = st.builds(model.Value, filled, texts)
few = {"max_size": 3}
attributes = st.builds(
    model.Attribute,
    variable=st.booleans(),
    code=filled,
    datatype=st.sampled_from(["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]),
    required=st.booleans(),
    datatype_description=texts,
    order=st.integers(1, 10**6),
    description=texts,
    values=st.lists(values, **few).map(tuple),
)
requests = st.builds(
    model.Request,
    service_request_id=filled,
    status=status,
    status_notes=texts,
    service_name=filled,
    service_code=filled,
    description=texts,
    agency_responsible=texts,
    service_notice=texts,
    requested_datetime=times,
    updated_datetime=times,
    expected_datetime=st.none() | times,
    address=texts,
    address_id=texts,
    zipcode=texts,
    lat=st.none() | st.floats(-90, 90),
    long=st.none() | st.floats(-180, 180),
    media_url=texts,
    extended_attributes=st.none()
    | st.builds(
        model.Extended,
        filled,
        filled,
        filled,
        st.integers(1, 3),
        texts,
        community_code=filled,
        community_name=texts,
    ),
    attributes=st.none()
    | st.lists(st.builds(model.Answer, filled, texts, st.lists(texts, **few).map(tuple)), **few).map(tuple),
    notes=st.none() | st.lists(st.builds(model.Note, times, texts, filled), **few).map(tuple),
)
endpoints = st.builds(
    model.Endpoint,
    filled, filled, times, st.sampled_from(["production", "test"]), st.just(("text/xml", "application/json")),
)  # fmt: skip
DOCUMENTS: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "services": (
        "services",
        st.lists(
            st.builds(
                model.Service,
                filled, filled, texts, st.booleans(), st.sampled_from(["realtime", "batch", "blackbox"]), texts, texts,
            ),
            **few,
        ),
    ),
    "service-definition": (
        "service_definition",
        st.builds(model.ServiceDefinition, filled, st.lists(attributes, **few).map(tuple)),
    ),
    "requests": ("service_requests", st.lists(requests, **few)),
    "acknowledgement": (
        "service_requests",
        (
            st.builds(model.Acknowledgement, filled, st.none(), texts, texts)
            | st.builds(model.Acknowledgement, st.none(), filled, texts, texts)
        ).map(lambda one: [one]),
    ),
    "token": ("service_requests", st.builds(model.Token, filled, filled).map(lambda one: [one])),
    "discovery": (
        "discovery",
        st.builds(model.Discovery, times, filled, filled, st.lists(endpoints, min_size=1, max_size=2).map(tuple)),
    ),
    "updates": (
        "service_request_updates",
        st.lists(st.builds(model.Update, filled, filled, status, times, texts, texts), **few),
    ),
    "update-acknowledgement": (
        "service_request_updates",
        st.builds(model.UpdateAcknowledgement, filled).map(lambda one: [one]),
    ),
    "errors": (
        "errors",
        st.lists(st.builds(model.Error, st.integers(400, 599), filled), min_size=1, max_size=3),
    ),
}  # fmt: skip


@cache
def schemas(name: str) -> tuple[etree.XMLSchema, jsonschema.Draft202012Validator]:
    told = json.loads((SCHEMAS / f"open311-{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(told)
    return (
        etree.XMLSchema(etree.parse(str(SCHEMAS / f"open311-{name}.xsd"))),
        jsonschema.Draft202012Validator(told),
    )


def same(element: etree._Element, value: object) -> None:
    """An element of XML and a value of JSON say the same, by the Spark convention."""
    if element.tag in LISTS:
        assert isinstance(value, list)
        assert len(element) == len(value)
        for inner, one in zip(element, value, strict=True):
            same(inner, one)
    elif isinstance(value, dict):
        assert [inner.tag for inner in element] == list(value)
        for inner in element:
            same(inner, value[inner.tag])
    elif value is None:
        assert element.text is None
        assert len(element) == 0
    elif isinstance(value, bool):
        assert element.text == str(value).lower()
    elif isinstance(value, str):
        assert element.text == value
    else:
        assert float(element.text) == value


def test_there_is_a_schema_of_each_document() -> None:
    there = {path.stem.removeprefix("open311-") for path in SCHEMAS.glob("open311-*")}
    assert there == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_any_data_is_a_document_of_the_specification_in_both_formats(name: str) -> None:
    root, strategy = DOCUMENTS[name]
    xsd, validator = schemas(name)

    @settings(max_examples=60, deadline=None)
    @given(strategy)
    def holds(content: object) -> None:
        xml, text = render(root, content, "xml"), render(root, content, "json")
        parsed = etree.fromstring(xml)
        assert parsed.tag == root
        xsd.assertValid(parsed)
        read = json.loads(text)
        validator.validate(read)
        same(parsed, read)

    holds()


@given(texts)
def test_xml_holds_a_text_as_it_stands_but_for_what_it_cannot(text: str) -> None:
    xml = render("errors", [model.Error(400, text)], "xml")
    assert (etree.fromstring(xml).findtext("error/description") or "") == holdable(text)


def test_what_xml_cannot_hold_is_left_out_and_the_rest_is_kept() -> None:
    told = "a\x00b\x0bc\ufffed\ud800e\ud7ff\U0001f6a7\r\nf\rg\t<&>]]>网格"
    assert holdable(told) == "abcde\ud7ff\U0001f6a7\nf\ng\t<&>]]>网格"


REQUEST = model.Request(
    service_request_id="638344",
    status="closed",
    status_notes="Duplicate request.",
    service_name="Sidewalk and Curb Issues",
    service_code="006",
    description="",
    agency_responsible="",
    service_notice="",
    requested_datetime=datetime(2010, 4, 14, 14, 37, 38, tzinfo=UTC),
    updated_datetime=datetime(2010, 4, 14, 6, 37, 38, tzinfo=timezone(timedelta(hours=-8))),
    expected_datetime=None,
    address="8TH AVE and JUDAH ST",
    address_id="545483",
    zipcode="94122",
    lat=37.762221815,
    long=-122.4651145,
    media_url="",
)


def test_a_request_in_xml_reads_as_in_the_specification() -> None:
    assert render("service_requests", [REQUEST], "xml").decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<service_requests><request><service_request_id>638344</service_request_id><status>closed</status>"
        "<status_notes>Duplicate request.</status_notes><service_name>Sidewalk and Curb Issues</service_name>"
        "<service_code>006</service_code><description/><agency_responsible/><service_notice/>"
        "<requested_datetime>2010-04-14T14:37:38Z</requested_datetime>"
        "<updated_datetime>2010-04-14T14:37:38Z</updated_datetime><expected_datetime/>"
        "<address>8TH AVE and JUDAH ST</address><address_id>545483</address_id><zipcode>94122</zipcode>"
        "<lat>37.7622218</lat><long>-122.4651145</long><media_url/></request></service_requests>"
    )


def test_one_request_is_an_array_in_json_and_what_is_absent_is_null() -> None:
    [read] = json.loads(render("service_requests", [replace(REQUEST, lat=1e-7, long=-0.0)], "json"))
    assert read["service_code"] == "006"
    assert read["description"] is read["expected_datetime"] is read["media_url"] is None
    assert (read["lat"], read["long"]) == (1e-7, 0)
    assert "extended_attributes" not in read
    xml = render("service_requests", [replace(REQUEST, lat=1e-7, long=None)], "xml")
    assert b"<lat>0.0000001</lat><long/>" in xml


def test_nothing_is_an_empty_list() -> None:
    assert render("services", [], "json") == b"[]"
    assert render("services", [], "xml").endswith(b"\n<services/>")


def test_booleans_are_words_in_xml() -> None:
    service = model.Service("001", "Lamp", "", True, "realtime", "lamp, light", "roads")
    assert b"<metadata>true</metadata><type>realtime</type>" in render("services", [service], "xml")
    [read] = json.loads(render("services", [service], "json"))
    assert read["metadata"] is True


@pytest.mark.parametrize(("number", "token"), [("1", "2"), (None, None)])
def test_an_acknowledgement_has_an_id_or_a_token(number: str | None, token: str | None) -> None:
    with pytest.raises(ValueError, match="either a service_request_id or a token"):
        model.Acknowledgement(number, token)


def test_times_are_told_in_utc() -> None:
    assert (
        w3c(datetime(2026, 1, 31, 16, 15, 30, 999, tzinfo=timezone(timedelta(hours=8))))
        == "2026-01-31T08:15:30Z"
    )
