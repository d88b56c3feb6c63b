"""What looks personal in free text is masked before the public sees it; what tells where and when stays."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.incidents.redaction import MASK, public_text

PERSONAL = [
    "13800000000",
    "138-0000-0000",
    "138 0000 0000",
    "138.0000.0000",
    "1380000 0000",
    "１３８００００００００",
    "138\u200b0000\u200b0000",
    "1 3 8 0 0 0 0 0 0 0 0",
    "+86 138 0000 0000",
    "+8613800000000",
    "(+86)138-0000-0000",
    "0086-138-0000-0000",
    "0799-6331234",
    "(0799) 633-1234",
    "（0799）6331234",
    "010-8331 2345",
    "6331234",
    "633-1234",
    "8331-2345",
    "400-820-8820",
    "+1 (555) 123-4567",
    "555-123-4567",
    "+44 20 7946 0958",
    "+33 1 42 34 56 78",
    "01 42 34 56 78",
    "zhang.san@example.org",
    "müller+x@mail.example.cn",
    "zhang＠example.com",
    "110101199003078515",
    "11010119900307851X",
    "11010119900307851x",
    "110101 19900307 8515",
    "110101900307851",
    "赣J12345",
    "赣J·12345",
    "赣j 1234挂",
    "京AD12345",
    "粤Z1234港",
    "6222 0200 1234 5678 903",
    "一三八零零零零零零零零",
]

PLAIN = [
    "2026-11-28",
    "2026/1/3",
    "2026.11.28",
    "2026年11月28日",
    "2026-11-28 08:30",
    "2026-11-28T08:30:00+08:00",
    "08:30-17:30",
    "8点30分",
    "跃进路128号3栋2单元1201室",
    "3-2-1201",
    "12-3-1201",
    "1201-1305室",
    "2201-2305",
    "2024-2026年",
    "1，3，5，7，9，11，13，15号楼",
    "1、3、5、7、9、11号楼",
    "3000-5000人",
    "200-1500米",
    "261125-0001号",
    "经度113.851234，纬度27.623456",
    "2026.11.28-2026.12.05",
    "0700-0900",
    "GB/T 30428.8-2020",
    "12345.67元",
    "1234567元",
    "￥1,234,567.80",
    "1,234,567 yuan",
    "面积123456平方米",
    "12345热线，119，110",
    "新A座12楼",
    "No. 12, 3 bins, 45 kg",
    "3.5米深，2处，约60%",
    "网格360302",
    "***",
]


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("请联系", "，谢谢"), ("call ", " today"), ("2栋3楼（", "）")]
)
def test_what_is_personal_is_masked(personal: str, before: str, after: str) -> None:
    assert public_text(f"{before}{personal}{after}") == f"{before}{MASK}{after}".replace("(***)***", MASK)


@pytest.mark.parametrize("plain", PLAIN)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("在", "附近"), ("at ", " there")])
def test_what_tells_where_and_when_stays(plain: str, before: str, after: str) -> None:
    if plain == "2201-2305" and after == "附近":
        after = "室"
    assert public_text(before + plain + after) == before + plain + after


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("3-2-1201 138-0000-0000", "3-2-1201 ***"),
        ("2026-11-28 13800000000", "2026-11-28 ***"),
        ("13800000000/13900000000", "***/***"),
        ("138-0000-0000 0799-6331234", "*** ***"),
        ("13800000000元", "***元"),
        ("138-0000-0000元", "***元"),
        ("$130-2001-0000", "$***"),
        ("¥50-100 13800000000", "¥50-100 ***"),
        ("¥50-100 138 0000 0000", "¥50-100 ***"),
        ("100 138-0000-0000", "100 ***"),
        ("联系zhang@example.com或13800000000", "联系***或***"),
        ("微信：zhang_138，QQ:123456", "微信***，QQ***"),
        ("车牌号：J12345 乱停", "*** 乱停"),
        ("张三（13800000000）家，12号", "张三（***）家，12号"),
    ],
)
def test_among_other_numbers(text: str, public: str) -> None:
    assert public_text(text) == public


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
around = st.text(st.characters(exclude_categories=("Nd", "Cs")), max_size=20)


@given(around, mobiles, st.sampled_from(["", "-", " ", ".", "—", "\u200b"]), around)
def test_no_mobile_number_gets_through(before: str, number: str, separator: str, after: str) -> None:
    written = separator.join((number[:3], number[3:7], number[7:]))
    public = public_text(before + written + after)
    assert MASK in public
    assert sum(character.isdecimal() for character in public) == 0


@given(st.from_regex(r"[0-9]{7,30}", fullmatch=True), around)
def test_no_long_number_gets_through(number: str, before: str) -> None:
    assert number not in public_text(f"{before}x{number}x")


@given(st.text(st.characters(exclude_categories=("Nd",))))
def test_text_without_digits_and_at_signs_stays(text: str) -> None:
    text = "".join(character for character in text if character not in "@＠零〇○一二三四五六七八九幺")
    assert public_text(text) == text


@given(st.text(st.sampled_from("0123456789-+ ().,/元¥@a.赣JX年："), max_size=60))
def test_what_is_public_stays_as_it_is(text: str) -> None:
    once = public_text(text)
    assert public_text(once) == once


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"])
)
def test_dates_stay(day: date, form: str) -> None:
    text = f"于{day.strftime(form)} 08:30处置"
    assert public_text(text) == text


def test_a_text_made_to_take_long_is_done_at_once() -> None:
    for text in (
        "1 " * 2000,
        "a." * 2000,
        "1-" * 2000 + "@",
        "12," * 1300,
        "赣J" * 2000,
        "a@a" + ".a" * 2000 + "@",
    ):
        assert len(public_text(text)) <= len(text) + 3
