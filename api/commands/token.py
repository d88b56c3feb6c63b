"""`wangge token`: bearer tokens, with which programs act for an account."""

from typing import Annotated

import typer

from api.commands.screen import output, say, titled
from api.commands.user import Name, open_database
from gis_core.accounts import service, store

app = typer.Typer(no_args_is_help=True, help="Tokens with which programs act for an account.")
BY = "wangge token"


@app.command()
def add(
    name: Name,
    label: Annotated[str, typer.Option(help="what the token is for, such as QGIS")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="how long it holds; unset: until revoked")
    ] = 365,
) -> None:
    """Print a new token of an account. It is shown this once."""
    with open_database() as connection:
        _, secret = service.make_token(connection, name, label, days=days, by=BY)
    typer.echo(secret)


@app.command("list")
def list_all() -> None:
    """List tokens, newest first."""
    with open_database() as connection:
        tokens = store.list_tokens(connection)
    table = titled(
        ("id", "编号"), ("account", "账号"), ("for", "用途"), ("made", "签发"), ("holds until", "有效期至"),
        ("revoked", "吊销"),
    )  # fmt: skip
    for token, account, label, *dates in tokens:
        table.add_row(str(token), account, label, *(f"{at:%Y-%m-%d}" if at else "" for at in dates))
    output().print(table)


@app.command()
def revoke(token: Annotated[int, typer.Argument(help="id from `wangge token list`", min=1)]) -> None:
    """Make a token void."""
    with open_database() as connection:
        service.revoke_token(connection, token, by=BY)
    say(f"token {token}: revoked", f"令牌 {token}：已吊销")
