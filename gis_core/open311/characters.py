"""Texts as every format of Open311 can hold them."""

import re

_UNHOLDABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("\r\n?")


def holdable(text: str) -> str:
    """The text without what XML 1.0 cannot hold, section 2.2; line breaks become single line feeds, section 2.11."""
    return _UNHOLDABLE.sub("", _BREAKS.sub("\n", text))
