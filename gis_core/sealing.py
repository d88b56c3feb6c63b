"""Personal data at rest: sealed under a secret key, opened only where it is needed."""

import contextlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gis_core.config import Settings
from gis_core.errors import ConfigError
from gis_core.os_faults import chinese

KEY_FILE = "secret.key"


class Seal:
    """Seals and opens small mappings with Fernet (AES-128-CBC and HMAC-SHA256; the time of sealing can be read)."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """keys: newest first, each 32 bytes in URL-safe base64. The first seals; all open.

        Raises ConfigError where there is none, or one is not such a key.
        """
        if not keys:
            raise ConfigError(
                "There is no secret key to seal personal data with. Set WANGGE_SECRET_KEYS, or let the data folder "
                f"hold a {KEY_FILE}.",
                f"没有用于加密个人信息的密钥。请设置 WANGGE_SECRET_KEYS，或在数据目录中保留 {KEY_FILE}。",
            )
        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigError(
                "A secret key is not 32 bytes in URL-safe base64. Keys lie in WANGGE_SECRET_KEYS or in the data "
                f"folder's {KEY_FILE}.",
                f"密钥不是 URL 安全 Base64 编码的 32 字节。密钥位于 WANGGE_SECRET_KEYS 或数据目录的 {KEY_FILE}。",
            ) from None

    def seal(self, data: Mapping[str, Any]) -> bytes:
        """The mapping as JSON, sealed under the newest key."""
        return self._keys.encrypt(json.dumps(dict(data), ensure_ascii=False, separators=(",", ":")).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """The mapping that was sealed. Raises ConfigError where no key opens it."""
        try:
            opened: dict[str, Any] = json.loads(self._keys.decrypt(bytes(sealed)))
        except InvalidToken:
            raise _unopened() from None
        return opened

    def rotate(self, sealed: bytes) -> bytes:
        """The same under the newest key, so that an older one can go. Raises ConfigError where no key opens it."""
        try:
            return self._keys.rotate(bytes(sealed))
        except InvalidToken:
            raise _unopened() from None


def load_seal(settings: Settings) -> Seal:
    """The seal of this deployment: keys of WANGGE_SECRET_KEYS, else of the data folder's key file, made on first use.

    Raises ConfigError where the file cannot be made or read, others may read it, or what it holds is no key.
    """
    if settings.secret_keys is not None:
        return Seal(_listed(settings.secret_keys.get_secret_value()))
    path = settings.data_dir / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise ConfigError(
                f"Others than its owner may read the secret key {path}. Take that away: chmod go= {path}",
                f"密钥文件 {path} 除所有者外还有用户可以读取。请收回权限：chmod go= {path}",
            )
        return Seal(_listed(path.read_text(encoding="ascii", errors="replace")))
    except OSError as error:
        raise ConfigError(
            f"The secret key {path} cannot be used: {error.strerror}. Run as the user who owns the data folder, or set "
            "WANGGE_SECRET_KEYS.",
            f"无法使用密钥文件 {path}：{chinese(error)}。请以数据目录所有者的身份运行，或设置 WANGGE_SECRET_KEYS。",
        ) from None


def _listed(text: str) -> list[bytes]:
    return [key.encode() for key in text.replace(",", " ").split()]


def _make(path: Path) -> None:
    """Make the key file whole at once: of processes that do so together, the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unnamed = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unnamed, path)
    finally:
        unnamed.unlink(missing_ok=True)


def _unopened() -> ConfigError:
    return ConfigError(
        "No secret key opens a sealed text: the key that sealed it is missing, or the text was changed. Add the former "
        f"key to WANGGE_SECRET_KEYS after the newest one, or put the data folder's former {KEY_FILE} back.",
        "没有密钥能解开一段加密内容：加密时所用的密钥缺失，或内容被改动。"
        f"请把原密钥加在 WANGGE_SECRET_KEYS 中最新密钥之后，或放回数据目录中原来的 {KEY_FILE}。",
    )
