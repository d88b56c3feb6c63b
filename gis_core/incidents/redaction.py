"""Masks what looks personal in free text before the public sees it. Pure.

It errs towards masking; what a person would call out by name only (names, addresses) needs a moderator.
"""

import re

MASK = "***"

_KEPT = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?P<sep>[-/.])(?:0?[1-9]|1[0-2])(?P=sep)(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|[¥￥$€]\s?\d[\d,]{0,9}(?:\.\d{1,2})?(?!\d)"
    r"|(?<![\d.,])\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?(?![\d,])"
    r"|(?<![\d.,])\d{1,8}(?:\.\d{1,2})?(?=\s?(?:元|块|万|RMB|CNY|yuan))",
    re.IGNORECASE,
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_WORDS = re.compile(
    # e-mail; the local part takes letters of any script but Chinese, which is written without spaces before it
    r"(?:[^\W一-鿿]|[.%+'-])+[@＠][^\W_](?:[\w-]*[^\W_])?(?:[.．][^\W_](?:[^\W一-鿿]|-)*)+"
    # identity numbers of 18 digits, the last of which may be an X, whole or in groups
    r"|(?<!\d)\d{6}[\s-]?(?:18|19|20)\d\d[\s-]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[\s-]?\d{3}[\dXxＸｘ](?!\d)"
    # licence plates: province, office, five characters or six, of which one is a digit
    rf"|[{_PROVINCES}][A-HJ-Z][\s·•.-]?(?=[A-Z]{{0,5}}\d)[A-HJ-NP-Z\d]{{4,5}}[A-HJ-NP-Z\d挂学警港澳](?![A-Z\d])"
    r"|车牌(?:号码?)?[\s:：是为]{0,3}(?=[A-Z]{0,5}\d)[A-Z\d]{5,7}(?![A-Z\d])"
    # accounts of chats
    r"|(?<=微信)号?[\s:：]{0,3}(?=[A-Z_-]*\d)[A-Z\d_-]{5,20}|(?<=QQ)号?[\s:：]{0,3}\d{5,12}"
    r"|[零〇○一二三四五六七八九幺]{7,}",
    re.IGNORECASE,
)
_SEPARATORS = r"[\s()（）/_~·•.．。－—–‐‑\-\u200b-\u200f\u2060\ufeff]{1,3}"
_CHAIN = re.compile(rf"[(（]?(?:[+＋]\s?)?[(（]?\d+(?:{_SEPARATORS}\d+)*")
_GROUPED_MOBILE = re.compile(rf"(?<!\d)1[3-9]\d{_SEPARATORS}\d{{4}}{_SEPARATORS}\d{{4}}(?!\d)")
_GROUP = re.compile(r"\d+")
_MOST_GROUPS = 20
"""A card's number of 19 digits, each written apart, has as many groups."""
_LONG = 7
"""Digits in a row from which on a number is masked."""


def public_text(text: str) -> str:
    """The text with e-mail addresses, telephone, identity and card numbers, plates and long numbers as `***`.

    Dates, times, prices and house numbers stay.
    """
    text = _WORDS.sub(MASK, text)
    mobiles = [mobile.span() for mobile in _GROUPED_MOBILE.finditer(text)]
    parts, done = [], 0
    for kept in _KEPT.finditer(text):
        if any(kept.start() < end and start < kept.end() for start, end in mobiles):
            continue  # what looks like a price is a part of a number
        parts += [_CHAIN.sub(_masked, text[done : kept.start()]), kept.group()]
        done = kept.end()
    return "".join([*parts, _CHAIN.sub(_masked, text[done:])])


def _masked(chain: re.Match[str]) -> str:
    """A chain of groups of digits, the numbers of persons in it masked: the longest of each first group."""
    text = chain.group()
    groups = list(_GROUP.finditer(text))
    mobiles = [place for place in range(len(groups) - 2) if _is_grouped_mobile(groups[place : place + 3])]
    parts, done, first = [], 0, 0
    while first < len(groups):
        plus = first == 0 and "+" in text[: groups[0].start()].replace("＋", "+")
        last = _end(groups, first, plus)
        if last is None or any(first < start < last < start + 3 for start in mobiles):
            first += 1
            continue
        start, end = groups[first].start(), groups[last - 1].end()
        parts += [_bare(text[done:start], text[start:end]), MASK]
        done, first = end, last
    return "".join([*parts, text[done:]])


def _bare(gap: str, number: str) -> str:
    """What stands before a number, without the plus and the bracket that belong to it."""
    opened_before = re.search(r"^[^(（]*[)）]", number)
    return re.sub(r"[(（]?[+＋]\s?$|[+＋]?\s?[(（]$" if opened_before else r"[+＋]\s?$", "", gap)


def _end(groups: list[re.Match[str]], first: int, plus: bool) -> int | None:
    """Where the longest number that begins with this group ends; None where none does."""
    for last in range(min(len(groups), first + _MOST_GROUPS), first, -1):
        if _is_personal([group.group() for group in groups[first:last]], plus):
            return last
    return None


def _is_personal(groups: list[str], plus: bool) -> bool:
    digits = "".join(groups)
    lengths = [len(group) for group in groups]
    if len(groups) == 1:
        return len(digits) >= (_LONG if not plus else 8)
    apart = set(lengths) == {1}
    if not apart and min(lengths) == 1 and not plus:
        return False
    return (
        _is_mobile(digits)
        or (plus and 8 <= len(digits) <= 15)
        or (digits.startswith("0") and 9 <= len(digits) <= 16)
        or (lengths in ([3, 3, 4], [1, 3, 3, 4]))
        or (digits[:3] in ("400", "800") and len(digits) == 10)
        or (lengths in ([3, 4], [4, 4]) and _is_landline(groups))
        or (16 <= len(digits) <= 19 and _keeps_check_digit(digits))
    )


def _is_mobile(digits: str) -> bool:
    """A mainland number of 11 digits, with the country's prefix or without."""
    own = re.sub(r"^(?:00)?86(?=\d{11}$)", "", digits)
    return len(own) == 11 and own[0] == "1" and own[1] in "3456789"


def _is_grouped_mobile(groups: list[re.Match[str]]) -> bool:
    told = [group.group() for group in groups]
    return [len(group) for group in told] == [3, 4, 4] and _is_mobile("".join(told))


def _is_landline(groups: list[str]) -> bool:
    """A number without its area's code; neither years, nor rooms of a floor or two, nor from so many to so many."""
    first, second = (int(group) for group in groups)
    rooms = len(groups[0]) == 4 and abs(second - first) <= 400
    rounded = first % 10 == 0 and second % 100 == 0
    return groups[0][0] in "2345678" and not rooms and not rounded


def _keeps_check_digit(digits: str) -> bool:
    """The rule of Luhn, which numbers of bank cards keep."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0
