"""`wangge user`: accounts, their roles, and how they sign in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import psycopg
import typer
from rich.table import Table

from api.commands.screen import output
from gis_core.accounts import service, store
from gis_core.accounts.rules import LINK, Role
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.errors import InvalidInputError

app = typer.Typer(no_args_is_help=True, help="Accounts: who may do what where, and how they sign in.")
BY = "wangge user"
"""Whom the log names for what is done on the command line."""
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
    typer.echo(f"added: {clean}")
    if link:
        _print_link(link)


@app.command("list")
def list_all() -> None:
    """List accounts and their roles."""
    with open_database() as connection:
        accounts = store.list_accounts(connection)
    table = Table("name", "shown as", "roles", "signs in by", "state")
    for one in accounts:
        roles = "\n".join(
            f"{role} · {area or community or 'everywhere'}" for role, area, community in one["grants"]
        )
        table.add_row(
            one["name"], one["display_name"], roles, "password" if one["password"] else "link",
            "disabled" if one["disabled"] else "",
        )  # fmt: skip
    output().print(table)


@app.command()
def grant(name: Name, role: RoleOption, area: Area = None, community: Community = None) -> None:
    """Give a role: in an area and all below it, in a community, or everywhere."""
    with open_database() as connection:
        service.grant(connection, name, role, area=area, community=community, by=BY)
    typer.echo(f"{name}: {role} · {area or community or 'everywhere'}")


@app.command()
def revoke(name: Name, role: RoleOption, area: Area = None, community: Community = None) -> None:
    """Take a role away again, named as it was given."""
    with open_database() as connection:
        service.revoke(connection, name, role, area=area, community=community, by=BY)
    typer.echo(f"{name}: no longer {role} · {area or community or 'everywhere'}")


@app.command()
def passwd(name: Name, password_stdin: Stdin = False) -> None:
    """Set an account's password; its browsers are signed out."""
    password = _new_password(password_stdin, may_be_empty=False)
    assert password is not None
    with open_database() as connection:
        service.set_password(connection, name, password, by=BY)
    typer.echo(f"{name}: password set")


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
    typer.echo(f"{name}: disabled")


@app.command()
def enable(name: Name) -> None:
    """Open a disabled account again."""
    with open_database() as connection:
        service.set_disabled(connection, name, disabled=False, by=BY)
    typer.echo(f"{name}: enabled")


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
    words = "Password (empty: sign in by link only)" if may_be_empty else "Password"
    told: str = typer.prompt(words, hide_input=True, confirmation_prompt=True, default="" if may_be_empty else None,
                             show_default=False)  # fmt: skip
    return told or None


def _print_link(secret: str, url: str | None = None) -> None:
    settings = Settings()
    base = (url or f"http://{settings.host}:{settings.port}").rstrip("/")
    minutes = int(LINK.total_seconds() // 60)
    typer.echo(f"signs in once, within {minutes} minutes: {base}/login/{secret}")
