"""Every message can be told in both languages, is short, and wants the same values in both."""

import re
import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gis_core.incidents.telling import zone_of
from gis_core.incidents.templates import (
    LINK,
    OF_ACTION,
    TEXTS,
    Language,
    Message,
    render,
    template_of,
    wanted,
)

VALUES = {
    "number": "261128000001",
    "category": {"zh": "暴露垃圾", "en": "Rubbish left out"},
    "due": "2026-11-28 17:00 UTC+8",
    "until": "2027-02-26 17:00 UTC+8",
    "reason": {"zh": "不属于受理范围", "en": "not within the remit"},
    "target": "261127000012",
    "to": {"zh": "供水公司", "en": "the water company"},
    "department": {"zh": "城管局", "en": "Urban Management"},
    "decision": {"zh": "批准", "en": "approved"},
    "grid": {"zh": "网格 01", "en": "grid 01"},
    "community": {"zh": "安源社区", "en": "Anyuan"},
    "text": {"zh": "28 日 9-17 时停水检修", "en": "no water on the 28th, 9 to 17 h"},
}
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_both_languages_tell_the_same_values(template: str) -> None:
    texts = TEXTS[template]
    assert texts.keys() == {"zh", "en"}
    names = [set(re.findall(r"{(\w+)}", " ".join(texts[lang]))) for lang in LANGUAGES]
    assert names[0] == names[1] == wanted(template)
    bodies = [set(re.findall(r"{(\w+)}", texts[lang][1])) for lang in LANGUAGES]
    assert bodies[0] == bodies[1] == wanted(template), (
        "the body alone, as in a short message, says everything"
    )


@pytest.mark.parametrize("template", sorted(TEXTS))
def test_a_chinese_text_is_one_short_message(template: str) -> None:
    message = render(template, "zh", VALUES)
    assert len(message.body) <= 70
    assert re.search(r"[一-鿿]", message.subject)
    assert not re.search(r"[一-鿿]", render(template, "en", VALUES).body)


def test_a_message_tells_its_values_in_its_language() -> None:
    assert render("warn", "zh", VALUES) == Message(
        "261128000001 即将超期", "261128000001“暴露垃圾”将于 2026-11-28 17:00 UTC+8 到期，请尽快办理。"
    )
    assert render("warn", "en", VALUES) == Message(
        "261128000001 is due soon", '261128000001 "Rubbish left out" is due by 2026-11-28 17:00 UTC+8.'
    )


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Shanghai", "UTC+8"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/St_Johns", "UTC-3:30"),
        ("UTC", "UTC"),
    ],
)
def test_a_time_is_told_with_its_zone(zone: str, told: str) -> None:
    assert zone_of(datetime(2026, 11, 30, 12, tzinfo=ZoneInfo(zone))) == told


def test_a_link_is_added_where_there_is_one() -> None:
    link = "https://grid.example.org/r/abc"
    assert render("accepted", "zh", {**VALUES, "link": link}).body.endswith(f"将安排处置。 详情：{link}")
    assert render("accepted", "en", {**VALUES, "link": link}).body.endswith(f"handled. More: {link}")
    assert LINK["zh"][:3] not in render("accepted", "zh", {**VALUES, "link": ""}).body


def test_values_are_never_taken_for_templates_and_subjects_have_one_line() -> None:
    message = render("emergency", "en", {**VALUES, "category": "{number.__class__}\r\nBcc: all"})
    assert message.subject == "Emergency 261128000001: {number.__class__} Bcc: all"


def test_an_unknown_template_or_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="greeting"):
        render("greeting", "zh", VALUES)
    with pytest.raises(KeyError, match="message warn lacks category, due"):
        render("warn", "zh", {"number": "1"})


def test_every_step_that_the_reporter_hears_of_has_a_message() -> None:
    path = Path(__file__).resolve().parents[2] / "gis_core" / "incidents" / "data" / "transitions.toml"
    steps = tomllib.loads(path.read_text(encoding="utf-8"))["transition"]
    assert {step["action"] for step in steps if step.get("audience") == "reporter"} == OF_ACTION.keys()
    assert set(OF_ACTION.values()) <= TEXTS.keys()


def test_who_follows_is_told_the_same_and_asked_for_nothing() -> None:
    told = {template_of(action, own=False) for action in OF_ACTION} - {None}
    assert told == {name for name in TEXTS if name.startswith("followed_")}
    alone = {action for action in OF_ACTION if template_of(action, own=False) is None}
    assert alone == {"report", "ask", "refuse_reopen"}
    for template in told:
        assert wanted(template) == wanted(template.removeprefix("followed_"))
        for lang in LANGUAGES:
            body = render(template, lang, VALUES).body
            assert not re.search("上报的|评价|申请|请|[Yy]our report|Please|you can", body)
