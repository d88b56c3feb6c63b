"""Who asks, and whether they may: every route names a gate, which lets a request in or tells why not.

A gate borrows a pooled connection and gives it back before the route takes its own, so that no request ever holds two.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request
from psycopg import Connection
from psycopg_pool import ConnectionPool

from api.schemas import CommentId, CommunityCode, JobId, PlanId
from gis_core.accounts import store
from gis_core.accounts.rules import Account, Permission, csrf_of, hashed, may
from gis_core.comments.store import plan_of_comment
from gis_core.editing.store import PlanRow, plan_row
from gis_core.errors import ForbiddenError, NotFoundError, UnauthorizedError
from gis_core.jobs.store import read_job

COOKIE = "wangge_session"
_SAFE = ("GET", "HEAD", "OPTIONS")
_WORDS: dict[Permission, tuple[str, str]] = {
    Permission.MAP_READ: ("see the map", "查看地图"),
    Permission.DRAFT_READ: ("see drafts and proposals", "查看草案和报审方案"),
    Permission.COMMENT_WRITE: ("comment on plans", "批注方案"),
    Permission.PLAN_EDIT: ("draw and edit plans", "划分和修改方案"),
    Permission.PLAN_ADOPT: ("adopt and retire plans", "批准和废止方案"),
    Permission.DATA_IMPORT: ("import data", "导入数据"),
    Permission.AUDIT_READ: ("read the log", "查看日志"),
    Permission.INCIDENT_READ: ("see incidents", "查看事件"),
    Permission.INCIDENT_WORK: ("work on incidents", "办理事件"),
    Permission.INCIDENT_SETUP: ("set up categories and routes", "设置事件分类和派遣规则"),
    Permission.REPORTER_READ: ("see who reported", "查看上报人信息"),
    Permission.PHOTO_MODERATE: ("publish photos", "审核照片"),
    Permission.VISIT_WRITE: ("record visits", "记录走访"),
    Permission.NOTICE_SEND: ("send notices", "发送通知"),
    Permission.MEASURE_READ: ("see measures", "查看统计"),
}


@contextlib.contextmanager
def borrowed(request: Request) -> Iterator[Connection]:
    """A pooled connection in autocommit mode, for the time of the block."""
    pool: ConnectionPool = request.app.state.pool
    with pool.connection() as connection:
        yield connection


class Gate:
    """What every route declares; subclasses say who is let in."""


class OpenToAll(Gate):
    """Nobody needs to sign in."""

    def __call__(self) -> None:
        """Let everybody in."""


class ProgramWithKey(Gate):
    """A program with an api_key, which the route reads out of the form that it is sent."""

    def __call__(self) -> None:
        """Leave it to the route."""


class SignedIn(Gate):
    """Whoever is signed in; what they see is narrowed down by the route."""

    def __call__(self, request: Request) -> None:
        """Let in whoever has an account."""
        with borrowed(request) as connection:
            enter(request, connection)


class PageForSignedIn(Gate):
    """A page: whoever is not signed in is led to the sign-in page, and back."""

    def __call__(self, request: Request) -> None:
        """Let in, or redirect."""
        with borrowed(request) as connection:
            try:
                enter(request, connection)
            except UnauthorizedError as error:
                asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                headers = {"Location": f"/login?next={quote(asked, safe='/')}", "Cache-Control": "no-store"}
                raise HTTPException(303, "Sign in first.", headers) from error


@dataclass(frozen=True)
class NeedsEverywhere(Gate):
    """A permission that is held in every community."""

    permission: Permission

    def __call__(self, request: Request) -> None:
        """Let in or raise ForbiddenError."""
        with borrowed(request) as connection:
            enter(request, connection)
            check_everywhere_or_in(request, connection, self.permission, None)


@dataclass(frozen=True)
class NeedsSomewhere(Gate):
    """One of these permissions, in any community; what it opens there the route checks."""

    permissions: tuple[Permission, ...]

    def __call__(self, request: Request) -> None:
        """Let in or raise ForbiddenError."""
        with borrowed(request) as connection:
            account = enter(request, connection)
        if not any(account.granting(one) for one in self.permissions):
            raise _forbidden(self.permissions[0], "anywhere", "任何社区")


@dataclass(frozen=True)
class NeedsCommunity(Gate):
    """A permission in the community of the address; an unknown community is 404 to whoever holds it somewhere."""

    permission: Permission

    def __call__(self, request: Request, code: CommunityCode) -> None:
        """Let in or raise ForbiddenError."""
        with borrowed(request) as connection:
            account = enter(request, connection)
            check_in(connection, account, self.permission, code)


@dataclass(frozen=True)
class NeedsPlan(Gate):
    """A permission in the community of the address's plan."""

    permission: Permission

    def __call__(self, request: Request, plan: PlanId) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            check_in(
                connection, enter(request, connection), self.permission, plan_row(connection, plan).community
            )


class ReadsPlan(Gate):
    """Reading the address's plan: `map.read` once it was adopted, `draft.read` before."""

    def __call__(self, request: Request, plan: PlanId) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            check_reads_plan(connection, enter(request, connection), plan)


class ReadsBothPlans(Gate):
    """Reading the two plans of the address."""

    def __call__(self, request: Request, plan: PlanId, other: PlanId) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            account = enter(request, connection)
            for one in (plan, other):
                check_reads_plan(connection, account, one)


@dataclass(frozen=True)
class NeedsJob(Gate):
    """A permission in the community of the plan of the address's job."""

    permission: Permission

    def __call__(self, request: Request, job: JobId) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            account = enter(request, connection)
            community = plan_row(connection, read_job(connection, job).plan_id).community
            check_in(connection, account, self.permission, community)


@dataclass(frozen=True)
class NeedsComment(Gate):
    """A permission in the community of the address's comment."""

    permission: Permission

    def __call__(self, request: Request, comment: CommentId) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            account = enter(request, connection)
            community = plan_row(connection, plan_of_comment(connection, comment)).community
            check_in(connection, account, self.permission, community)


open_to_all = Depends(OpenToAll())
program_with_key = Depends(ProgramWithKey())
signed_in = Depends(SignedIn())
page_for_signed_in = Depends(PageForSignedIn())
reads_plan = Depends(ReadsPlan())
reads_both_plans = Depends(ReadsBothPlans())
reads_map = Depends(NeedsCommunity(Permission.MAP_READ))
edits_plan = Depends(NeedsPlan(Permission.PLAN_EDIT))


def check_reads_plan(connection: Connection, account: Account, plan: int) -> None:
    """Raises ForbiddenError where the account may not read the plan, NotFoundError where there is none."""
    row = plan_row(connection, plan)
    check_in(connection, account, reading_of(row), row.community)


def reading_of(row: PlanRow) -> Permission:
    """What reading a plan needs: a draft that was given up stays what it was."""
    return Permission.MAP_READ if row.was_in_force else Permission.DRAFT_READ


def check_everywhere_or_in(
    request: Request, connection: Connection, permission: Permission, community: str | None
) -> None:
    """Raises ForbiddenError where whoever was let in lacks the permission in the community, or everywhere for None."""
    account = account_of(request)
    if community is not None:
        check_in(connection, account, permission, community)
    elif not any(grant.everywhere for grant in account.granting(permission)):
        raise _forbidden(permission, "everywhere", "全部社区")


def account_of(request: Request) -> Account:
    """Who was let in by the route's gate."""
    account: Account = request.state.account
    return account


def acting_name(request: Request) -> str:
    """Name of whoever was let in, as journals keep it."""
    return account_of(request).name


By = Annotated[str, Depends(acting_name)]


def permissions_at(connection: Connection, account: Account, community: str) -> list[Permission]:
    """What the account may do in a community."""
    areas = _areas(connection, account, community)
    return [one for one in Permission if may(account.grants, one, community, areas)]


@dataclass(frozen=True)
class Scope:
    """Ids of the communities that somebody may look at, and of those whose drafts too; None: all."""

    communities: list[int] | None
    drafts: list[int] | None

    @property
    def variant(self) -> str:
        """A short text that differs where the scope does, for ETags and caches; empty for those who see all."""
        if self.communities is None and self.drafts is None:
            return ""
        return hashlib.sha256(repr((self.communities, self.drafts)).encode()).hexdigest()[:16]


def scope_of(request: Request, connection: Connection) -> Scope:
    """What whoever was let in may look at."""
    account = account_of(request)
    return Scope(
        store.communities_within(connection, account, Permission.MAP_READ),
        store.communities_within(connection, account, Permission.DRAFT_READ),
    )


def signed_in_account(request: Request, connection: Connection) -> Account | None:
    """Whose request it is: by bearer token, else by cookie; None where neither opens the door."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    now = datetime.now(UTC)
    if scheme.lower() == "bearer":
        return store.account_of_token(connection, hashed(token.strip()), now)
    cookie = request.cookies.get(COOKIE)
    return None if cookie is None else store.account_of_session(connection, hashed(cookie), now)


def refuse_other_sites(request: Request) -> None:
    """Browsers send requests of any page to any address, cookie included: take those of this server's own pages.

    Raises:
        ForbiddenError: the browser says that the request comes from elsewhere.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if foreign or site not in (None, "same-origin", "none"):
        source = origin or site
        raise ForbiddenError(
            f"Requests that change something are refused from pages of {source}: use this service's own address.",
            f"不接受来自 {source} 的页面的修改请求：请使用本服务自己的地址。",
        )


def enter(request: Request, connection: Connection) -> Account:
    """The account that sends the request, remembered for the route.

    Raises:
        UnauthorizedError: nobody is signed in.
        ForbiddenError: a write by cookie lacks the session's token, or comes from another site.
    """
    if request.method not in _SAFE:
        refuse_other_sites(request)
    account = signed_in_account(request, connection)
    if account is None:
        raise UnauthorizedError()
    if request.method not in _SAFE and "authorization" not in request.headers:
        told = request.headers.get("x-csrf-token", "")
        if not secrets.compare_digest(told.encode(), csrf_of(request.cookies[COOKIE]).encode()):
            raise ForbiddenError(
                "The header X-CSRF-Token is missing or of another session: send `csrf` of GET /session.",
                "缺少 X-CSRF-Token，或它属于另一个会话：请发送 GET /session 返回的 csrf；在页面上请刷新后再试。",
            )
    request.state.account = account
    return account


def check_in(connection: Connection, account: Account, permission: Permission, community: str) -> None:
    """Raises ForbiddenError where the account lacks the permission in the community, NotFoundError for none such."""
    areas = _areas(connection, account, community)
    if may(account.grants, permission, community, areas):
        return
    if account.granting(permission) and not _is_community(connection, community):
        raise NotFoundError(
            f"There is no community with the code {community}.", f"没有代码为 {community} 的社区。"
        )
    raise _forbidden(permission, f"in the community {community}", f"社区 {community}")


def _areas(connection: Connection, account: Account, community: str) -> list[str]:
    """The admin areas that a community lies in; not asked for where no grant is by area."""
    return store.areas_above(connection, community) if any(one.area for one in account.grants) else []


def _is_community(connection: Connection, code: str) -> bool:
    return connection.execute("SELECT FROM community WHERE code = %s", [code]).fetchone() is not None


def _forbidden(permission: Permission, where: str, where_zh: str) -> ForbiddenError:
    en, zh = _WORDS[permission]
    return ForbiddenError(
        f"Your account may not {en} {where} ({permission}). Ask an administrator for a role that may.",
        f"您的账号无权在{where_zh}{zh}（{permission}）。请向管理员申请相应角色。",
    )
