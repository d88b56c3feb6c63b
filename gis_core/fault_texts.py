"""What is wrong with a value that a request brought, in the words of the language: pydantic has English ones only."""

import re
from collections.abc import Mapping
from typing import Any

_WHOLE, _NUMBER, _TIME, _OBJECT = "须为整数", "须为有限的数", "须为 ISO 8601 的日期或时间", "须为 JSON 对象"
CHINESE: Mapping[str, str] = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是有效的 JSON（{error}）",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": "须为列表",
    "tuple_type": "须为列表",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "string_type": "须为文本",
    "string_too_long": "最多 {max_length} 个字符",
    "string_too_short": "至少 {min_length} 个字符",
    "string_pattern_mismatch": "格式须符合 {pattern}",
    "string_unicode": "须为 Unicode 文本",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": "须为 true 或 false",
    "bool_parsing": "须为 true 或 false",
    "none_required": "须为空",
    "greater_than": "须大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "须小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "literal_error": "须为{expected}",
    "enum": "须为{expected}",
    "date_type": _TIME,
    "date_parsing": _TIME,
    "date_from_datetime_parsing": _TIME,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": "须带时区",
}
"""By pydantic's types of faults."""


def words_of(fault: Mapping[str, Any], lang: str) -> str:
    """What is wrong, of one of pydantic's faults; those without Chinese words here keep their own."""
    told = CHINESE.get(fault["type"]) if lang == "zh" else None
    if told is None:
        return str(fault["msg"])
    rule = {name: str(value) for name, value in fault.get("ctx", {}).items()}
    if "expected" in rule:
        rule["expected"] = (
            re.sub("'([^']*)'", r"“\1”", rule["expected"]).replace(" or ", "或").replace(", ", "、")
        )
    return told.format_map(rule)
