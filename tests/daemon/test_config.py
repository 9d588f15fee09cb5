"""The configuration: all problems at once, each with line and remedy; secrets are never printed."""

from datetime import timedelta
from pathlib import Path

import pytest

from daemon.config import load, parse
from daemon.config_example import example
from daemon.config_types import SecretSource, parse_duration, parse_size
from daemon.config_verification import name_server
from daemon.errors import ConfigError

ROOT = Path(__file__).parents[2]
BAD = sorted((ROOT / "tests" / "bad_config").glob("*.toml"))
LEAST = '[[mailbox]]\nname = "support"\naddress = "support@desk.example"\n'


@pytest.mark.parametrize("file", BAD, ids=[file.stem for file in BAD])
def test_every_problem_of_a_bad_file_is_told_with_place_and_remedy(file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(file)
    told = [str(problem).removeprefix(f"{file}:").strip() for problem in caught.value.problems]
    expected = file.with_suffix(".expected").read_text().splitlines()
    assert len(told) == len(expected), told
    assert all(line.startswith(start) for line, start in zip(told, expected, strict=True)), told


def test_a_secret_written_into_the_file_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        load(ROOT / "tests" / "bad_config" / "secret.toml")
    assert "canary" not in str(caught.value)


def test_the_example_is_what_the_code_says() -> None:
    assert (ROOT / "config.example.toml").read_text() == example()


def test_the_example_holds_every_default() -> None:
    least = parse(LEAST, "x").model_dump(exclude={"mailbox"})
    assert parse(example(), "x").model_dump(exclude={"mailbox"}) == least


def test_the_least_configuration_is_one_mailbox() -> None:
    assert parse(LEAST, "x").mailbox[0].address == "support@desk.example"


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("20h", 72_000), ("3d", 259_200), ("5 m", 300)]
)
def test_durations_carry_their_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "20", "h", "-1h", "1.5h", "1y", "20 hours", None, 20])
def test_a_duration_without_a_unit_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "size"), [("1B", 1), ("512KiB", 524_288), ("35MiB", 36_700_160), (7, 7)])
def test_sizes_are_bytes(text: object, size: int) -> None:
    assert parse_size(text) == size


def test_relative_paths_are_meant_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "postroom.toml"
    file.write_text(LEAST)
    assert load(file).desk.data_dir == tmp_path / "var"


def test_a_secret_that_others_can_read_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("canary")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        SecretSource(file=str(file)).read()
    assert "canary" not in str(caught.value)


def test_a_secret_is_read_from_file_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("one\n")
    file.chmod(0o600)
    monkeypatch.setenv("DESK_PASSWORD", "two")
    assert SecretSource(file=str(file)).read() == "one"
    assert SecretSource(env="DESK_PASSWORD").read() == "two"


def test_a_secret_that_is_missing_names_the_variable() -> None:
    with pytest.raises(ConfigError, match="NO_SUCH_VARIABLE is not set"):
        SecretSource(env="NO_SUCH_VARIABLE").read()


@pytest.mark.parametrize(
    ("value", "server"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
    ],
)
def test_a_name_server_is_an_address_with_or_without_a_port(value: str, server: tuple[str, int]) -> None:
    assert name_server(value) == server


@pytest.mark.parametrize("value", ["", "ns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "1.2.3.4:x"])
def test_a_name_server_by_name_or_with_an_odd_port_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="expected the IP address of a name server"):
        name_server(value)
