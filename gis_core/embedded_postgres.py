"""A private PostgreSQL + PostGIS cluster in the data folder, reached through a unix socket only.

Every program that uses the cluster holds a shared lock on it; the last one to leave stops the server, unless
it was started to stay (`wangge db start`). Locks are the kernel's, so a killed program leaves none behind; a killed
server is started again, and PostgreSQL replays its log. PostgreSQL refuses to run as root: then the server runs
as the system user `postgres`.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from gis_core.errors import DatabaseError
from gis_core.os_faults import chinese

START_TIMEOUT_S = 60
MAX_SOCKET_FOLDER = 80  # a unix socket's path holds at most 107 bytes
SYSTEM_FOLDER = Path("/var/lib/wangge")
SERVER_PROGRAMS = Path("/usr/lib/postgresql")
SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "60",
    "jit": "off",
    "log_error_verbosity": "terse",  # no rows that a constraint refused: they may hold personal data
    "timezone": "UTC",
}


@dataclass(frozen=True)
class ServerStatus:
    """Whether the server runs, under which process id, and where its files are."""

    running: bool
    pid: int | None
    folder: Path
    stays: bool


class EmbeddedPostgres:
    """The cluster of one data folder.

    Args:
        data_dir: the data folder; made if absent. The cluster lies in its `postgres/`.
        extra_settings: further server settings, e.g. `{"fsync": "off"}` for throw-away clusters.
    """

    def __init__(self, data_dir: Path, *, extra_settings: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self._settings = SERVER_SETTINGS | (extra_settings or {})
        self._user = _server_user()

    @property
    def folder(self) -> Path:
        """The folder that holds `data/` (the cluster), `server.log` and, if its path is short, `run/`."""
        return self.data_dir / "postgres"

    def url(self, database: str = "wangge") -> str:
        """Connection URL in libpq's form."""
        return f"postgresql://{self._user.pw_name}@/{database}?host={quote(str(self._socket_folder()))}"

    @contextlib.contextmanager
    def session(self) -> Iterator[str]:
        """Start the server if needed, yield the URL, and stop the server when the last session ends.

        Raises:
            DatabaseError: PostgreSQL is not installed or does not start; the message quotes its log.
        """
        self._ensure_data_dir()
        with (self.data_dir / "users.lock").open("a") as users:
            with self._exclusive():
                fcntl.flock(users, fcntl.LOCK_SH)
                self._ensure_started()
            try:
                yield self.url()
            finally:
                self._leave(users)

    def start(self) -> None:
        """Start the server so that it stays until `stop`; nothing happens if it runs already."""
        self._ensure_data_dir()
        with self._exclusive():
            self._ensure_started()
            self._stays_file.touch()

    def restart_if_killed(self) -> bool:
        """Start the server again where it was killed, and tell whether it was; one that was stopped stays so.

        Raises:
            DatabaseError: it does not start.
        """
        if not (self._cluster / "postmaster.pid").exists() or self._pid() is not None:
            return False
        with self._exclusive():
            self._ensure_started()
        return True

    def stop(self) -> bool:
        """Stop the server, ending open connections; tell whether it ran."""
        if not self.data_dir.exists():
            return False
        self._ensure_data_dir()
        with self._exclusive():
            self._stays_file.unlink(missing_ok=True)
            return self._stop_server()

    def status(self) -> ServerStatus:
        """Whether the server runs; starts nothing."""
        pid = self._pid()
        return ServerStatus(pid is not None, pid, self.folder, self._stays_file.exists())

    # The rest is how.

    @property
    def _cluster(self) -> Path:
        return self.folder.resolve() / "data"

    @property
    def _log(self) -> Path:
        return self.folder.resolve() / "server.log"

    @property
    def _stays_file(self) -> Path:
        return self.data_dir / "server-stays"

    def _ensure_data_dir(self) -> None:
        """Make the data folder and its lock files, or say whose it is."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            for name in ("users.lock", "server.lock"):
                (self.data_dir / name).open("a").close()
        except OSError as error:
            raise self._closed(error) from error

    def _closed(self, error: OSError) -> DatabaseError:
        return DatabaseError(
            f"The data folder {self.data_dir} cannot be used: {error.strerror} ({error.filename}). Run as the user who "
            "owns it, or name another folder by WANGGE_DATA.",
            f"无法使用数据目录 {self.data_dir}：{chinese(error)}，{error.filename}。请以其所有者的身份运行，"
            "或用 WANGGE_DATA 指定其他目录。",
        )

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        with (self.data_dir / "server.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _leave(self, users: IO[str]) -> None:
        with self._exclusive():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if not self._stays_file.exists():
                self._stop_server()

    def _ensure_started(self) -> None:
        if self._pid() is not None:
            return
        self._ensure_cluster()
        self._clear_after_crash()
        socket_folder = self._socket_folder()
        if not socket_folder.exists():
            self._make_folder(socket_folder)
        settings = self._settings | {"unix_socket_directories": str(socket_folder)}
        options = " ".join(f"-c {name}={_quoted(value)}" for name, value in settings.items())
        done = self._run(
            "pg_ctl", "start", "-w", "-t", str(START_TIMEOUT_S), "-D", str(self._cluster),
            "-l", str(self._log), "-o", options,
        )  # fmt: skip
        if done.returncode != 0:
            raise DatabaseError(
                f"The embedded PostgreSQL in {self.folder} did not start: {done.stdout.strip()}\n"
                f"Last lines of {self._log}:\n{self._log_tail()}\n"
                "Mend what the log names (permissions of the folder, disk space, memory), or set DATABASE_URL "
                "to another server.",
                f"内嵌 PostgreSQL（{self.folder}）未能启动：{done.stdout.strip()}\n"
                f"{self._log} 的最后几行：\n{self._log_tail()}\n"
                "请处理日志所说的问题（文件夹权限、磁盘空间、内存），或用 DATABASE_URL 指定其他服务器。",
            )

    def _clear_after_crash(self) -> None:
        """Let a killed server's processes end, and remove its lock files.

        PostgreSQL would do so itself, but takes a killed server that nobody has reaped yet (a zombie, as containers
        keep them) for a running one, and refuses to start.
        """
        pid_file = self._cluster / "postmaster.pid"
        deadline = time.monotonic() + START_TIMEOUT_S
        while pid_file.exists() and _processes_in(self._cluster):
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"A killed server's processes {_processes_in(self._cluster)} in {self._cluster} do not end; "
                    "end them by `kill`, then start again."
                )
            time.sleep(0.05)
        pid_file.unlink(missing_ok=True)
        for left in self._socket_folder().glob(".s.PGSQL.*"):
            left.unlink()

    def _ensure_cluster(self) -> None:
        if (self._cluster / "PG_VERSION").exists():
            return
        if self.folder.is_symlink() and not self.folder.exists():
            self.folder.unlink()
        if not self.folder.exists():
            self._make_home()
        unfinished = self._cluster.with_name("data.new")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        done = self._run(
            "initdb", "-D", str(unfinished), "-U", self._user.pw_name, "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=reject",
        )  # fmt: skip
        if done.returncode != 0:
            raise DatabaseError(f"initdb could not make a cluster in {self.folder}: {done.stdout.strip()}")
        unfinished.rename(self._cluster)

    def _make_home(self) -> None:
        """Make `folder`; where the server's user cannot reach it, a link to a folder under /var/lib."""
        self._make_folder(self.folder)
        if self._can_write(self.folder):
            return
        self.folder.rmdir()
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
        elsewhere = Path(tempfile.mkdtemp(prefix=f"{self._digest()}-", dir=SYSTEM_FOLDER))
        os.chown(elsewhere, self._user.pw_uid, self._user.pw_gid)
        self.folder.symlink_to(elsewhere)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def _can_write(self, folder: Path) -> bool:
        return self._as_user("test", "-w", str(folder)).returncode == 0

    def _socket_folder(self) -> Path:
        inside = self.folder.resolve() / "run"
        if len(os.fsencode(inside)) <= MAX_SOCKET_FOLDER:
            return inside
        return Path(tempfile.gettempdir()) / f"wangge-{self._user.pw_uid}-{self._digest()}"

    def _digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]

    def _pid(self) -> int | None:
        """Process id of the running server, None if there is none (a stale pid file counts as none)."""
        try:
            pid = int((self._cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        except OSError as error:
            raise self._closed(error) from error
        return pid if b"postgres" in command.split(b"\0", 1)[0] else None  # a zombie has no command

    def _stop_server(self) -> bool:
        if self._pid() is None:
            return False
        done = self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._cluster))
        if done.returncode != 0 and self._pid() is not None:
            raise DatabaseError(f"The embedded PostgreSQL did not stop: {done.stdout.strip()}")
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._as_user(str(server_binaries() / program), *arguments)

    def _as_user(self, *command: str) -> subprocess.CompletedProcess[str]:
        root = os.geteuid() == 0
        return subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=self._user.pw_uid if root else None,
            group=self._user.pw_gid if root else None,
            extra_groups=[] if root else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )

    def _log_tail(self, lines: int = 12) -> str:
        if not self._log.exists():
            return "(no log)"
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])


def server_binaries() -> Path:
    """Folder of the newest installed PostgreSQL server's programs.

    Raises:
        DatabaseError: no server is installed.
    """
    candidates = sorted(
        SERVER_PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    if candidates:
        return candidates[0].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise DatabaseError(
        f"PostgreSQL is not installed: no initdb under {SERVER_PROGRAMS} or on PATH. "
        "Install postgresql-15 and postgresql-15-postgis-3, or set DATABASE_URL to a server with PostGIS.",
        f"没有安装 PostgreSQL：{SERVER_PROGRAMS} 和 PATH 中都没有 initdb。"
        "请安装 postgresql-15 和 postgresql-15-postgis-3，或用 DATABASE_URL 指定带 PostGIS 的服务器。",
    )


def _processes_in(folder: Path) -> list[int]:
    """Ids of living processes whose working folder this is, as that of every PostgreSQL process is its cluster."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if (entry / "cwd").readlink() == folder:
                    found.append(int(entry.name))
    return found


def _server_user() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
