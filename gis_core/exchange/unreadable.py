"""A file that its reader cannot read, in words: the readers' own are English and speak to programmers."""

import re

from gis_core.exchange.faults import Fault, ImportRejected

_FOLDERS = re.compile(r"/[^\s'\":]*/")
_LONGEST = 200
_CHINESE = (
    ("not recognized as being in a supported file format", "内容不是可识别的地理数据格式"),
    ("not a zip file", "内容不是 zip 压缩包"),
    ("Bad CRC-32", "内容校验不符"),
    ("is encrypted", "压缩包已加密"),
)
"""What readers say of the usual damages, and the same in Chinese."""


def unreadable(file_name: str, error: Exception) -> ImportRejected:
    """The refusal of a damaged or foreign file, with the reader's words but no folders and hints to programmers."""
    words = _FOLDERS.sub("", str(error).split(";")[0]).strip(" .")
    shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    zh = next((zh for en, zh in _CHINESE if en in words), f"读取程序报错“{shown}”")
    return ImportRejected(
        [Fault("file_unreadable", value=file_name, details={"reason": shown, "reason_zh": zh})]
    )
