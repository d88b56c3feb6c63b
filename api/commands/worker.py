"""`wangge worker`: works out what planners ask the engine for; and the worker that a server starts beside it."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer

from gis_core.config import Settings
from gis_core.db import database
from gis_core.repeating import repeating

_WATCH_S = 2.0
"""How often to look whether workers live; not sooner are they started again."""
_log = logging.getLogger("wangge.worker")
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
def workers(database_url: str, number: int, *, keep: bool = False) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers in processes of their own for the time of the block; they end too where this process is killed.

    Args:
        keep: start another where one ends by itself, as for lack of memory.
    """
    command = [sys.executable, "-c", "from api.cli import main; main()", "worker", "--ends-with-input"]
    environment = os.environ | {"DATABASE_URL": database_url}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, start_new_session=True)

    started = [start() for _ in range(number)]

    def look() -> None:
        for at, one in enumerate(started):
            if one.poll() is not None:
                _log.warning("a worker ended (%s), and another is started", one.returncode)
                _close(one)
                started[at] = start()

    try:
        with repeating(look, _WATCH_S, "watches workers") if keep else nullcontext():
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
            _close(one)


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
