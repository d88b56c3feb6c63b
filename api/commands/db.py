"""`wangge db`: the embedded database, or the one that DATABASE_URL names."""

import typer

from api.commands.screen import say
from gis_core.config import Settings
from gis_core.db import connect, database, migrate, newest_revision, without_password
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.errors import ConfigError, ConflictError
from gis_core.incidents.resealing import reseal
from gis_core.sealing import load_seal

app = typer.Typer(no_args_is_help=True, help="Start, stop and look at the database.")


def _embedded() -> EmbeddedPostgres:
    settings = Settings()
    if settings.database_url:
        raise ConflictError(
            f"DATABASE_URL names the server {without_password(settings.database_url)}, which this program neither "
            "starts nor stops. Unset it to use the embedded database.",
            f"DATABASE_URL 指向服务器 {without_password(settings.database_url)}，本程序既不启动也不停止它。"
            "取消该变量即用内嵌数据库。",
        )
    return EmbeddedPostgres(settings.data_dir)


@app.command()
def start() -> None:
    """Start the embedded server so that it stays until `wangge db stop`."""
    embedded = _embedded()
    embedded.start()
    with database(Settings()) as url:
        say(f"running: {without_password(url)}", f"正在运行：{without_password(url)}")


@app.command()
def stop() -> None:
    """Stop the embedded server."""
    if _embedded().stop():
        say("stopped", "已停止")
    else:
        say("was not running", "原未运行")


@app.command()
def status() -> None:
    """Tell whether the embedded server runs, and where its files are."""
    state = _embedded().status()
    if state.running:
        say(f"running: process {state.pid}", f"正在运行：进程 {state.pid}")
    else:
        say("not running", "未运行")
    say(f"folder: {state.folder}", f"目录：{state.folder}")
    if state.stays:
        say("stays until `wangge db stop`", "运行至 `wangge db stop` 为止")


@app.command("migrate")
def migrate_schema() -> None:
    """Bring the schema to the newest revision."""
    settings = Settings()
    if settings.database_url:
        migrate(settings.database_url)
    else:
        with database(settings):
            pass
    say(f"schema: revision {newest_revision()}", f"数据库结构：版本 {newest_revision()}")


@app.command("reseal")
def reseal_all() -> None:
    """Seal personal data anew under the newest of WANGGE_SECRET_KEYS, so that older keys can go."""
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        found = reseal(connection, load_seal(settings))
    say(f"resealed: {found.done}", f"已重新加密：{found.done}")
    if found.unopened:
        raise ConfigError(
            f"No key opens {found.unopened} sealed texts; they stay as they were. Keep the older keys, and add the one "
            "that is missing to WANGGE_SECRET_KEYS.",
            f"有 {found.unopened} 条加密内容没有密钥能解开，未作改动。"
            "请保留旧密钥，并把缺失的密钥加入 WANGGE_SECRET_KEYS。",
        )


@app.command()
def url() -> None:
    """Print the connection URL, for psql, QGIS or ogr2ogr. The embedded server must run (`wangge db start`)."""
    settings = Settings()
    typer.echo(settings.database_url or EmbeddedPostgres(settings.data_dir).url())
