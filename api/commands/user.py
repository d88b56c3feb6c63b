"""`wangge user`: accounts, their roles, and how they sign in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import psycopg
import typer

from api.commands.screen import output, say, titled, worded
from gis_core.accounts import service, store
from gis_core.accounts.rules import LINK, ROLE_NAMES, Role
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.errors import InvalidInputError

app = typer.Typer(no_args_is_help=True, help="Accounts: who may do what where, and how they sign in.")
BY = "wangge user"
"""Whom the log names for what is done on the command line."""
EVERYWHERE = "everywhere", "全部范围"
Name = Annotated[str, typer.Argument(metavar="NAME", help="name of the account, such as li.na")]
RoleOption = Annotated[Role, typer.Option("--role", help="what the account is there")]
Area = Annotated[str | None, typer.Option(help="12-digit code of an admin area: the role holds in all of it")]
Community = Annotated[str | None, typer.Option(help="code of a community: the role holds in it alone")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="read the password from standard input")]


@contextmanager
def open_database() -> Iterator[psycopg.Connection]:
    """A connection whose work is committed when the block ends without an error."""
    with database(Settings()) as url, connect(url) as connection:
        yield connection


@app.command()
def add(
    name: Name,
    role: Annotated[Role | None, typer.Option(help="first role; more with `wangge user grant`")] = None,
    area: Area = None,
    community: Community = None,
    display_name: Annotated[str, typer.Option(help="as people read it, such as 李娜")] = "",
    password_stdin: Stdin = False,
) -> None:
    """Add an account, with its first role: everywhere, unless --area or --community is given.

    Asks for a password; with none, the account signs in by a one-time link, which is printed.
    """
    password = _new_password(password_stdin, may_be_empty=True)
    with open_database() as connection:
        service.add_account(connection, name, display_name=display_name, password=password, by=BY)
        clean = name.strip()
        if role is not None:
            service.grant(connection, clean, role, area=area, community=community, by=BY)
        elif area or community:
            raise InvalidInputError(
                "--area and --community say where a role holds: name it with --role.",
                "--area 和 --community 说明角色的范围：请用 --role 指定角色。",
            )
        link = None if password else service.make_link(connection, clean, by=BY)
    say(f"added: {clean}", f"已添加：{clean}")
    if link:
        _print_link(link)


@app.command("list")
def list_all() -> None:
    """List accounts and their roles."""
    with open_database() as connection:
        accounts = store.list_accounts(connection)
    table = titled(
        ("name", "账号"),
        ("shown as", "显示名"),
        ("roles", "角色"),
        ("signs in by", "登录方式"),
        ("state", "状态"),
    )
    for one in accounts:
        table.add_row(
            one["name"],
            one["display_name"],
            "\n".join(_granted(Role(role), area, community) for role, area, community in one["grants"]),
            worded("password", "密码") if one["password"] else worded("link", "链接"),
            worded("disabled", "已停用") if one["disabled"] else "",
        )
    output().print(table)


@app.command()
def grant(name: Name, role: RoleOption, area: Area = None, community: Community = None) -> None:
    """Give a role: in an area and all below it, in a community, or everywhere."""
    with open_database() as connection:
        service.grant(connection, name, role, area=area, community=community, by=BY)
    granted = _granted(role, area, community)
    say(f"{name}: {granted}", f"{name}：{granted}")


@app.command()
def revoke(name: Name, role: RoleOption, area: Area = None, community: Community = None) -> None:
    """Take a role away again, named as it was given."""
    with open_database() as connection:
        service.revoke(connection, name, role, area=area, community=community, by=BY)
    granted = _granted(role, area, community)
    say(f"{name}: no longer {granted}", f"{name}：不再是 {granted}")


@app.command()
def passwd(name: Name, password_stdin: Stdin = False) -> None:
    """Set an account's password; its browsers are signed out."""
    password = _new_password(password_stdin, may_be_empty=False)
    assert password is not None
    with open_database() as connection:
        service.set_password(connection, name, password, by=BY)
    say(f"{name}: password set", f"{name}：已设置密码")


@app.command()
def link(
    name: Name,
    url: Annotated[str | None, typer.Option(help="address that people reach the server by")] = None,
) -> None:
    """Print a link that signs in once, within half an hour."""
    with open_database() as connection:
        secret = service.make_link(connection, name, by=BY)
    _print_link(secret, url)


@app.command()
def disable(name: Name) -> None:
    """Close an account: it is signed out everywhere, and its tokens do not hold."""
    with open_database() as connection:
        service.set_disabled(connection, name, disabled=True, by=BY)
    say(f"{name}: disabled", f"{name}：已停用")


@app.command()
def enable(name: Name) -> None:
    """Open a disabled account again."""
    with open_database() as connection:
        service.set_disabled(connection, name, disabled=False, by=BY)
    say(f"{name}: enabled", f"{name}：已启用")


def _granted(role: Role, area: str | None, community: str | None) -> str:
    """A role, by the name that options take too, and where it holds."""
    return f"{worded(role, f'{ROLE_NAMES[role]} {role}')} · {area or community or worded(*EVERYWHERE)}"


def _new_password(from_stdin: bool, *, may_be_empty: bool) -> str | None:
    """The password told, None where there is none; a terminal is asked twice, a pipe never waited for unless told."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        if may_be_empty:
            return None
        raise InvalidInputError(
            "There is no terminal to ask for the password: give it on standard input with --password-stdin.",
            "没有可以输入密码的终端：请用 --password-stdin 从标准输入给出。",
        )
    words = worded("Password", "密码")
    if may_be_empty:
        words = worded("Password (empty: sign in by link only)", "密码（留空：只用链接登录）")
    told: str = typer.prompt(words, hide_input=True, confirmation_prompt=True, default="" if may_be_empty else None,
                             show_default=False)  # fmt: skip
    return told or None


def _print_link(secret: str, url: str | None = None) -> None:
    settings = Settings()
    base = (url or f"http://{settings.host}:{settings.port}").rstrip("/")
    minutes = int(LINK.total_seconds() // 60)
    address = f"{base}/login/{secret}"
    say(f"signs in once, within {minutes} minutes: {address}", f"可登录一次，{minutes} 分钟内有效：{address}")
