"""Rules of plans: the states they pass through and the codes of their grids. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from gis_core.errors import ConflictError, InvalidInputError

AREA_CODE = re.compile(r"[0-9]{12}")


class PlanStatus(StrEnum):
    """State of a plan. At most one plan of a community is adopted."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    RETIRED = "retired"

    def word(self, lang: Literal["zh", "en"]) -> str:
        """What a planner reads."""
        return _CHINESE[self] if lang == "zh" else str(self)


_CHINESE = {
    PlanStatus.DRAFT: "草案",
    PlanStatus.PROPOSED: "拟定",
    PlanStatus.ADOPTED: "已采用",
    PlanStatus.RETIRED: "已停用",
}

TRANSITIONS: dict[PlanStatus, frozenset[PlanStatus]] = {
    PlanStatus.DRAFT: frozenset({PlanStatus.PROPOSED, PlanStatus.RETIRED}),
    PlanStatus.PROPOSED: frozenset({PlanStatus.DRAFT, PlanStatus.ADOPTED, PlanStatus.RETIRED}),
    PlanStatus.ADOPTED: frozenset({PlanStatus.RETIRED}),
    PlanStatus.RETIRED: frozenset(),
}


def check_transition(plan: str, before: PlanStatus, after: PlanStatus) -> None:
    """Refuse a change of state that the rules do not know.

    Raises:
        ConflictError: the change is not allowed; the message names the allowed ones.
    """
    if after not in TRANSITIONS[before]:
        allowed = sorted(TRANSITIONS[before])
        ways = "、".join(one.word("zh") for one in allowed) or "无"
        raise ConflictError(
            f"Plan {plan} is {before} and cannot become {after}; it can become: "
            f"{', '.join(allowed) or 'nothing'}.",
            f"方案 {plan} 的状态是{before.word('zh')}，不能变为{after.word('zh')}；可以变为：{ways}。",
        )


@dataclass(frozen=True)
class GridCodeScheme:
    """How the code of a grid is made of its community's code and a serial number from 1 to `most`."""

    name: str
    form: str
    most: int

    def code(self, community_code: str, serial: int) -> str:
        """The code of the grid with this serial number."""
        return self.form.format(community=community_code, serial=serial)


FIFTEEN_DIGITS = GridCodeScheme("15-digit", "{community}{serial:03d}", 999)
"""6 digits county + 3 subdistrict + 3 community + 3 grid, e.g. 370102013006008."""
SUFFIXED = GridCodeScheme("suffix", "{community}-{serial:03d}", 999)
"""For communities without an area code: their own key, a hyphen, three digits."""


def scheme_for(community_code: str) -> GridCodeScheme:
    """15 digits where the community's code is a 12-digit area code, else its key with a suffix."""
    return FIFTEEN_DIGITS if AREA_CODE.fullmatch(community_code) else SUFFIXED


def next_codes(community_code: str, issued: Iterable[str], count: int) -> list[str]:
    """Codes for new grids, in the order of their numbers; none that was ever issued comes again.

    Args:
        community_code: the community's code.
        issued: every code that a grid of the community has borne in force.
        count: how many codes are needed.

    Raises:
        InvalidInputError: the scheme has no code left.
    """
    scheme = scheme_for(community_code)
    used = set(issued)
    last = max((serial for serial in range(1, scheme.most + 1) if scheme.code(community_code, serial) in used),
               default=0)  # fmt: skip
    if last + count > scheme.most:
        raise InvalidInputError(
            f"Community {community_code} has issued grid codes up to {last}; {count} more exceed the "
            f"{scheme.most} of the {scheme.name} scheme. Use a scheme with more digits.",
            f"社区 {community_code} 的网格编码已用到 {last}，再加 {count} 个超过 {scheme.name} 编码方案的上限 "
            f"{scheme.most}；请改用位数更多的方案。",
        )
    return [scheme.code(community_code, serial) for serial in range(last + 1, last + count + 1)]
