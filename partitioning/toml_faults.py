"""What is wrong with a TOML text in Chinese words: the parser has English ones only."""

import re

_WHERE = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.S
)
_WHAT = {
    "Cannot declare": "同一个表写了两次",
    "Cannot mutate": "不能再补充写完的表",
    "Cannot overwrite": "同一个名称写了两次",
    "Cannot redefine": "同一个名称写了两次",
    "Duplicate inline table key": "同一个名称写了两次",
    "Expected '='": "名称后面应有等号",
    "Expected ']'": "表名后面应有方括号 ]",
    "Expected ']]'": "表名后面应有方括号 ]]",
    "Expected newline": "一行只能写一项，后面还有多余的内容",
    "Found invalid character": "含有不允许的字符",
    "Illegal character": "含有不允许的字符",
    "Invalid date": "日期或时间不对",
    "Invalid hex": "转义字符不对",
    "Invalid initial character": "名称不能以这个字符开头",
    "Invalid statement": "这一行不是“名称 = 值”",
    "Invalid value": "等号后面没有可以识别的值；文字要加引号",
    "Unclosed array": "列表缺少右方括号 ]",
    "Unclosed inline table": "表缺少右花括号 }",
    "Unescaped": "引号内的反斜杠须写成两个",
    "Unterminated string": "文字缺少右引号",
}
"""By how the parser's words begin."""


def chinese(words: str) -> str:
    """The parser's words in Chinese, with their place; themselves in parentheses, and alone where they are unknown."""
    found = _WHERE.fullmatch(words)
    if found is None:
        return words
    place = f"第 {found['line']} 行第 {found['column']} 列" if found["line"] else "文末"
    known = max((begin for begin in _WHAT if found["what"].startswith(begin)), key=len, default=None)
    return f"{place}：{found['what']}" if known is None else f"{place}：{_WHAT[known]}（{found['what']}）"
