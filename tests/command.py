"""The command `wangge`: as a process of its own, or its `main` in this process, which saves its start."""

import contextlib
import gc
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest import mock

from api import cli

WANGGE = Path(sys.executable).with_name("wangge")
Done = subprocess.CompletedProcess[str]


def started(*arguments: object, env: dict[str, str]) -> Done:
    """A process from its start to its end; nobody is at its keyboard."""
    return subprocess.run(
        [WANGGE, *map(str, arguments)], env=env,
        check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def called(*arguments: object, env: dict[str, str]) -> Done:
    """The same call answered in this process: argument list, environment and streams are its own while it runs."""
    argv = ["wangge", *map(str, arguments)]
    threshold, handler = gc.get_threshold(), signal.getsignal(signal.SIGTERM)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status = 0
    with (
        contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), Path(os.devnull).open() as nobody,
        mock.patch.object(sys, "argv", argv), mock.patch.object(sys, "stdin", nobody),
        mock.patch.dict(os.environ, env, clear=True),
    ):  # fmt: skip
        try:
            cli.main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
            if isinstance(end.code, str):
                print(end.code, file=err)
        finally:
            gc.set_threshold(*threshold)
            signal.signal(signal.SIGTERM, handler)
    printed, told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(argv, status, printed, told)
