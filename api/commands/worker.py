"""`wangge worker`: works out what planners ask the engine for; and the worker that a server starts beside it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from gis_core.config import Settings
from gis_core.db import database

_ENDS_WITHIN_S = 10
"""A worker that is told to end gives its job back; one that does not end in time is killed, and its job found later."""


def worker(
    ends_with_input: Annotated[
        bool, typer.Option("--ends-with-input", help="end when the standard input does", hidden=True)
    ] = False,
) -> None:
    """Take jobs for the engine until Ctrl-C. `wangge serve` starts one; start more for more planners."""
    from gis_core.jobs.work import work  # the engine: loaded once the command line is known to be right

    if ends_with_input:
        threading.Thread(target=_end_with_input, name="waits for the end of the input", daemon=True).start()
    with database(Settings()) as url:
        work(url)


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def workers(database_url: str, number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers in processes of their own for the time of the block; they end too where this process is killed."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "worker", "--ends-with-input"]
    environment = os.environ | {"DATABASE_URL": database_url}
    started = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, start_new_session=True)
        for _ in range(number)
    ]
    try:
        yield started
    finally:
        for one in started:
            one.terminate()
        for one in started:
            try:
                one.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
            if one.stdin:
                one.stdin.close()
