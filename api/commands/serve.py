"""`wangge serve` and `wangge demo`: the map in a browser."""

import os
import socket
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.markup import escape

from api.app import create_app
from api.commands.import_ import import_file
from api.commands.plan_table import WORDS, Lang, print_drawing
from api.commands.screen import output
from api.commands.worker import workers
from api.server import Server
from gis_core.accounts.rules import Role
from gis_core.accounts.service import add_account, first_account, grant, make_link
from gis_core.accounts.store import list_accounts
from gis_core.config import Settings
from gis_core.db import connect, database, kept_up
from gis_core.errors import ConflictError, InvalidInputError
from gis_core.incidents.background import in_background
from gis_core.incidents.catalogue import load_shipped
from gis_core.os_faults import chinese
from gis_core.plans.service import draw_plan
from gis_core.plans.store import communities_without_plan, grid_codes
from partitioning import Rules

DEMO_FLOORS = 5
DEMO_ACCOUNT = "demo"
"""An administrator without a password: each start of the demo prints a one-time link."""
DEMO_PEOPLE = {
    "demo-worker": Role.GRID_WORKER,
    "demo-department": Role.DEPARTMENT,
    "demo-leader": Role.LEADER,
}
"""Others of the demo, since an incident is never handled and verified by one person."""
DEMO_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "source": "演示数据：momepy 自带的布拉格 Bubeneč 街区（真实的 144 栋楼）。"
        "户数按占地面积 × {floors} 层估算，不是真实户数。",
        "open": "地图已就绪，请打开：{url}    （Ctrl-C 结束）",
        "link": "此链接只能登录一次，30 分钟内有效；登录后用 {url}。再要一个：wangge user link {name}",
        "incidents": "事件上报（无需登录）：{url}report    事件办理：{url}desk    演示中的网格员、责任单位和领导："
        "wangge user link demo-worker（demo-department、demo-leader）\n"
        "事件要到网格员手中：先在地图上提交并采用方案，再用 wangge incident duty 网格代码 demo-worker 指定负责人",
        "nobody": "还没有账号，谁也不能登录。添加一个：wangge user add 账号 --role administrator",
    },
    "en": {
        "source": "Demo data: the Bubeneč neighbourhood of Prague that ships in momepy (144 real buildings). "
        "Households are estimated from footprint x {floors} floors; they are not real counts.",
        "open": "The map is ready, open: {url}    (Ctrl-C ends it)",
        "link": "That link signs in once, within 30 minutes; afterwards use {url}. Another: wangge user link {name}",
        "incidents": "Report something (no sign-in): {url}report    The desk: {url}desk    The demo's grid worker, "
        "department and leader: wangge user link demo-worker (demo-department, demo-leader)\n"
        "For incidents to reach the worker: propose and adopt the plan on the map, then say who answers for a grid: "
        "wangge incident duty GRID-CODE demo-worker",
        "nobody": "There are no accounts yet, so that nobody can sign in. Add one: "
        "wangge user add NAME --role administrator",
    },
}


def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on; 127.0.0.1 unless told")] = None,
    port: Annotated[int | None, typer.Option(help="port; 0 takes a free one", min=0, max=65535)] = None,
) -> None:
    """Serve the map and the API until Ctrl-C."""
    settings = Settings()
    listener = _bound(host or settings.host, settings.port if port is None else port)
    with database(settings) as url:
        with connect(url) as connection:
            if not list_accounts(connection):
                print(DEMO_WORDS[settings.language]["nobody"], flush=True)
        _serve(settings, url, listener)


def demo() -> None:
    """Import a real neighbourhood (or the file named by DATA), draw its grids and serve the map."""
    settings = Settings()
    lang = settings.language
    console = output()
    told = os.environ.get("DATA")
    data = _existing(told) if told else None
    listener = _bound(settings.host, settings.port)
    with database(settings) as url:
        if data:
            import_file([data], yes=True)
        else:
            typer.echo(DEMO_WORDS[lang]["source"].format(floors=DEMO_FLOORS))
            import_file([_bubenec()], community="bubenec", floors=DEMO_FLOORS, yes=True)
        with connect(url) as connection:
            for code in communities_without_plan(connection):
                drawn = draw_plan(connection, code, Rules(), seed=0, by="wangge demo", now=datetime.now(UTC))
                connection.commit()
                console.print(f"{WORDS[lang]['plan']}: [bold]{escape(str(drawn.key))}[/bold]")
                print_drawing(console, drawn.drawing, grid_codes(connection, drawn.key.id), lang)
            first_account(connection, DEMO_ACCOUNT, by="wangge demo")
            load_shipped(connection, by="wangge demo")
            _add_people(connection)
            link = make_link(connection, DEMO_ACCOUNT, by="wangge demo")
        _serve(settings, url, listener, link=link)


def _add_people(connection: psycopg.Connection) -> None:
    """The demo's other people; those who are there stay as they are."""
    known = {account["name"] for account in list_accounts(connection)}
    for name, role in DEMO_PEOPLE.items():
        if name not in known:
            add_account(connection, name, by="wangge demo")
            grant(connection, name, role, area=None, community=None, by="wangge demo")
    connection.execute(
        "INSERT INTO department_member SELECT d.code, a.id FROM department d, account a"
        " WHERE a.name = 'demo-department' ON CONFLICT DO NOTHING"
    )


def _existing(name: str) -> Path:
    if not Path(name).is_file():
        raise InvalidInputError(
            f"DATA={name}: there is no such file (looked in {Path.cwd()}).",
            f"DATA={name}：没有这个文件（在 {Path.cwd()} 中查找）。",
        )
    return Path(name)


def _bubenec() -> Path:
    """The neighbourhood that ships in momepy, found without importing that package."""
    spec = find_spec("momepy")
    if spec is None or spec.origin is None:
        raise InvalidInputError(
            "The demo's data ship in the package momepy, which is not installed; run `make setup`.",
            "演示数据随 momepy 包提供，但该包没有安装；请运行 `make setup`。",
        )
    return Path(spec.origin).parent / "datasets" / "bubenec.gpkg"


def _serve(settings: Settings, database_url: str, listener: socket.socket, link: str | None = None) -> None:
    """Serve until Ctrl-C. link: the secret of a one-time link of the demo's account, to be printed."""
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    words = DEMO_WORDS[settings.language]
    with connect(database_url) as connection:
        load_shipped(connection, by="wangge serve")
    with (
        kept_up(settings),
        workers(database_url, settings.workers, keep=True),
        in_background(settings, database_url),
    ):
        listener.listen()  # from here on whoever opens the address is answered
        print(words["open"].format(url=f"{address}login/{link}" if link else address), flush=True)
        if link:
            print(words["link"].format(url=address, name=DEMO_ACCOUNT), flush=True)
            print(words["incidents"].format(url=address), flush=True)
        Server(create_app(settings, database_url)).run(sockets=[listener])


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound before anything else is done, so that a port in use is told before a long import.

    It names its protocol: only then does asyncio switch Nagle's algorithm off, which holds answers up by 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConflictError(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port, e.g. PORT={port + 1}.",
            f"不能监听 {host}:{port}：{chinese(error)}。请换一个端口，如 PORT={port + 1}。",
        ) from error
    return listener
