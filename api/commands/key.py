"""`wangge key`: keys with which other people's programs report by Open311."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.commands.screen import output, say, titled, worded
from api.commands.user import EVERYWHERE, open_database
from gis_core.areas.rules import CHINESE
from gis_core.open311 import keys

app = typer.Typer(no_args_is_help=True, help="Keys with which other people's programs report by Open311.")
BY = "wangge key"
Name = Annotated[str, typer.Argument(metavar="NAME", help="name of the program, such as citizen-app")]


@app.command()
def add(
    name: Name,
    jurisdiction: Annotated[
        str | None, typer.Option(help="code of an admin area or a community: the key holds in it alone")
    ] = None,
) -> None:
    """Print a new key. It is shown this once."""
    with open_database() as connection:
        secret = keys.add_key(connection, name, jurisdiction, by=BY, now=datetime.now(UTC))
    typer.echo(secret)


@app.command("list")
def list_all() -> None:
    """List keys, oldest first."""
    with open_database() as connection:
        found = keys.list_keys(connection)
    table = titled(("name", "名称"), ("jurisdiction", "辖区"), ("made", "签发"), ("revoked", "吊销"))
    for one in found:
        revoked = f"{one.revoked_at:%Y-%m-%d}" if one.revoked_at else ""
        table.add_row(
            one.name, one.jurisdiction or worded(*EVERYWHERE), f"{one.created_at:%Y-%m-%d}", revoked
        )
    output().print(table)


@app.command()
def revoke(name: Name) -> None:
    """Make a key void; its name is not given again."""
    with open_database() as connection:
        keys.revoke_key(connection, name, by=BY, now=datetime.now(UTC))
    say(f"{name}: revoked", f"{name}：已吊销")


@app.command()
def jurisdictions() -> None:
    """List the admin areas and communities that a key can be for."""
    with open_database() as connection:
        found = keys.list_jurisdictions(connection)
    table = titled(("code", "代码"), ("level", "级别"), ("name", "名称"))
    for code, level, name in found:
        table.add_row(code, worded(level, CHINESE[level]), name)
    output().print(table)
