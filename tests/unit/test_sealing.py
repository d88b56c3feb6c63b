"""Personal data is sealed at rest, and opens with its key only."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gis_core.config import Settings, settings_faults
from gis_core.errors import ConfigError
from gis_core.sealing import Seal, load_seal

OLD, NEW = Fernet.generate_key(), Fernet.generate_key()
PERSON = {"name": "张三", "phone": "13800000000"}


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_what_is_sealed_opens_as_it_was(data: dict[str, object]) -> None:
    seal = Seal([NEW, OLD])
    assert seal.open(seal.seal(data)) == data


def test_a_sealed_text_shows_nothing_and_no_two_are_alike() -> None:
    seal = Seal([NEW])
    first, second = seal.seal(PERSON), seal.seal(PERSON)
    assert first != second
    assert all(word.encode() not in first for word in PERSON.values())


def test_a_rotated_text_needs_the_newest_key_only() -> None:
    sealed = Seal([OLD]).seal(PERSON)
    assert Seal([NEW, OLD]).open(sealed) == PERSON
    rotated = Seal([NEW, OLD]).rotate(sealed)
    assert Seal([NEW]).open(rotated) == PERSON


@pytest.mark.parametrize("act", ["open", "rotate"])
def test_without_its_key_nothing_opens_and_the_message_shows_no_content(act: str) -> None:
    sealed = Seal([OLD]).seal(PERSON)
    for text in (sealed, sealed[:-9] + b"AAAAAAAA=", b"13800000000"):
        with pytest.raises(ConfigError) as raised:
            getattr(Seal([NEW]), act)(text)
        said = raised.value.text("en") + raised.value.text("zh")
        assert "No secret key opens a sealed text" in said
        assert "没有密钥能解开" in said
        assert text.decode() not in said
        assert raised.value.__suppress_context__


def test_a_seal_needs_a_key_that_is_one() -> None:
    with pytest.raises(ConfigError, match="no secret key to seal"):
        Seal([])
    with pytest.raises(ConfigError, match="not 32 bytes") as raised:
        Seal([b"hunter2"])
    assert "hunter2" not in str(raised.value)


def test_the_key_file_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    sealed = load_seal(settings).seal(PERSON)
    assert load_seal(settings).open(sealed) == PERSON
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((settings.data_dir / "secret.key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gis_core.config import Settings; "
        "from gis_core.sealing import load_seal; print('ready', flush=True); sys.stdin.readline(); "
        "print(load_seal(Settings(data_dir=Path(sys.argv[1]))).seal({'a': 1}).decode())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    sealed = [process.communicate()[0].strip().encode() for process in processes]
    seal = load_seal(Settings(data_dir=tmp_path))
    assert [seal.open(text) for text in sealed] == [{"a": 1}] * 4


def test_a_key_file_that_others_read_or_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    load_seal(settings)
    path = tmp_path / "secret.key"
    for mode in (0o644, 0o640, 0o602):
        path.chmod(mode)
        with pytest.raises(ConfigError, match=r"Others than its owner may read the secret key .* chmod go="):
            load_seal(settings)
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(ConfigError, match="no secret key to seal"):
        load_seal(settings)
    path.unlink()
    path.mkdir(mode=0o700)
    with pytest.raises(ConfigError, match=r"secret\.key cannot be used: Is a directory"):
        load_seal(settings)


def test_keys_of_the_environment_go_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WANGGE_SECRET_KEYS", f"{NEW.decode()}, {OLD.decode()}")
    settings = Settings(data_dir=tmp_path)
    assert load_seal(settings).open(Seal([OLD]).seal(PERSON)) == PERSON
    assert list(tmp_path.iterdir()) == []
    assert NEW.decode() not in repr(settings)


def test_a_wrong_key_of_the_environment_is_told_by_its_number_and_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WANGGE_SECRET_KEYS", f"{NEW.decode()},hunter2")
    with pytest.raises(ValidationError) as raised:
        Settings()
    said = settings_faults(raised.value)
    assert said.startswith(
        "WANGGE_SECRET_KEYS=***: Value error, of 2 keys, number 2 is not 32 bytes in URL-safe"
    )
    assert "hunter2" not in said + str(raised.value)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_SECRET_KEYS", " ")
    assert Settings().secret_keys is None


def test_text_is_kept_as_json() -> None:
    token = Seal([NEW]).seal(PERSON)
    assert json.loads(Fernet(NEW).decrypt(token)) == PERSON
