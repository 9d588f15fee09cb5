"""Command lines of the admin: no shell, no waiting for ever, no endless output, nothing left behind."""

import sys

import pytest

from daemon.transports.processes import run


def python(code: str, *, seconds: float = 5, most: int = 1000):
    return run([sys.executable, "-c", code], timeout_seconds=seconds, most_bytes=most)


def test_what_it_prints_and_how_it_ends_is_told() -> None:
    ran = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (ran.code, sorted(ran.output.split()), ran.why) == (3, ["err", "out"], "")


def test_no_shell_reads_an_argument() -> None:
    ran = run(["/bin/echo", "$(id); `id` && id | id"], timeout_seconds=5, most_bytes=1000)
    assert ran.output == "$(id); `id` && id | id\n"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import time; time.sleep(60)", "it took longer than 0.2 seconds"),
        ("import os, time; os.close(1); os.close(2); time.sleep(60)", "it took longer than 0.2 seconds"),
        ("while True: print('x' * 900)", "it printed more than 1000 bytes"),
    ],
)
def test_what_goes_on_too_long_or_prints_too_much_is_ended(code: str, why: str) -> None:
    ran = python(code, seconds=0.2 if "took" in why else 5)
    assert (ran.code, why in ran.why, len(ran.output) <= 1000) == (None, True, True)


def test_what_it_started_ends_with_it() -> None:
    code = "import os, time\nif os.fork() == 0: time.sleep(60)\nelse: print('gone')"
    assert "took longer" in python(code, seconds=0.3).why


def test_it_sees_no_environment_of_ours_and_has_no_input() -> None:
    ran = python("import os, sys; print(sorted(os.environ), repr(sys.stdin.read()))")
    assert "'HOME', 'LANG'" in ran.output
    assert ran.output.endswith("''\n")


def test_a_program_that_is_not_there_is_said() -> None:
    assert "could not be started" in run(["/no/such/program"], timeout_seconds=1, most_bytes=10).why
