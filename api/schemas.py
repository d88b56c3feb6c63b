"""Parameters shared by routes, with their limits."""

from typing import Annotated

from fastapi import Path, Query

_NO_NUL = r"^[^\x00]*$"
"""PostgreSQL's texts hold no NUL."""

CommunityCode = Annotated[
    str, Path(min_length=1, max_length=64, pattern=_NO_NUL, description="code of a community")
]
PlanId = Annotated[int, Path(ge=1, lt=2**63, description="id of a plan")]
CommentId = Annotated[int, Path(ge=1, lt=2**63, description="id of a comment")]
JobId = Annotated[int, Path(ge=1, lt=2**63, description="id of a job")]
PlanQuery = Annotated[int | None, Query(ge=1, lt=2**63, description="id of a plan")]
AreaQuery = Annotated[str | None, Query(pattern=r"^[0-9]{12}$", description="12-digit code of an admin area")]
After = Annotated[
    str,
    Query(
        max_length=64,
        pattern=_NO_NUL,
        description="code after which the page begins: `next` of the page before",
    ),
]
Search = Annotated[str, Query(max_length=100, pattern=_NO_NUL, description="part of a code or name")]
PageSize = Annotated[int, Query(ge=1, le=500, description="communities in one page")]
