"""Faults of what a request brought, as pydantic finds them, in Chinese words."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, StrictBool, ValidationError

from gis_core.fault_texts import words_of


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int = 0


class Body(Inner):
    text: Annotated[str, Field(min_length=2, max_length=3, pattern="^[a-z]+$")] = "ab"
    number: Annotated[FiniteFloat, Field(ge=0, le=9)] = 1
    above: Annotated[int, Field(gt=0, lt=5)] = 1
    flag: StrictBool = True
    choice: Literal["zh", "en"] = "zh"
    many: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    pair: tuple[float, float] = (0, 0)
    inner: Inner = Inner()
    values: dict[str, int] = {}
    when: datetime = datetime(2026, 1, 1)
    zoned: AwareDatetime = datetime.fromisoformat("2026-01-01T00:00Z")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"text": "a"}, "至少 2 个字符"),
        ({"text": "abcd"}, "最多 3 个字符"),
        ({"text": "AB"}, "格式须符合 ^[a-z]+$"),
        ({"text": 1}, "须为文本"),
        ({"number": -1}, "不得小于 0.0"),
        ({"number": 10}, "不得大于 9.0"),
        ({"number": "x"}, "须为有限的数"),
        ({"above": 0}, "须大于 0"),
        ({"above": 5}, "须小于 5"),
        ({"above": 1.5}, "须为整数"),
        ({"flag": "true"}, "须为 true 或 false"),
        ({"choice": "fr"}, "须为“zh”或“en”"),
        ({"many": []}, "至少 1 项"),
        ({"many": [1, 2, 3]}, "最多 2 项"),
        ({"many": 1}, "须为列表"),
        ({"pair": 1}, "须为列表"),
        ({"inner": 1}, "须为 JSON 对象"),
        ({"values": 1}, "须为 JSON 对象"),
        ({"when": "soon"}, "须为 ISO 8601 的日期或时间"),
        ({"zoned": "2026-01-01T00:00"}, "须带时区"),
        ({"other": 1}, "没有这一项"),
    ],
)
def test_a_fault_has_chinese_words(told: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Body.model_validate(told)
    [fault] = refused.value.errors()
    assert words_of(fault, "zh") == words
    assert re.match("[A-Z][a-z]", words_of(fault, "en"))


def test_json_that_is_none_and_what_is_missing() -> None:
    class Needs(BaseModel):
        a: int

    with pytest.raises(ValidationError) as refused:
        Needs.model_validate_json("{")
    assert words_of(refused.value.errors()[0], "zh").startswith("不是有效的 JSON（EOF")
    with pytest.raises(ValidationError) as refused:
        Needs.model_validate({})
    assert words_of(refused.value.errors()[0], "zh") == "必填"
