"""Imports point one way, and each library has one door."""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("daemon", "parsers", "rules", "templates")
MAY_IMPORT = {
    "parsers": {"parsers"},
    "rules": {"parsers", "rules"},
    "templates": {"templates"},
    "daemon": set(OURS),
}
# library -> the only places that may import it
DOORS = {
    "sqlalchemy": ("daemon/store/",),
    "alembic": ("daemon/store/migrations/",),
    "aiosmtpd": ("daemon/transports/",),
    "imapclient": ("daemon/transports/",),
    "smtplib": ("daemon/transports/", "daemon/cli/demo.py"),
    "apscheduler": ("daemon/ticker.py",),
    "jinja2": ("templates/",),
    "re2": ("rules/",),
    "pydantic": ("daemon/config", "daemon/policy"),
    "click": ("daemon/cli/",),
    "dkim": ("parsers/dkim_signatures.py",),
    "dns": ("daemon/transports/resolvers.py",),
    "publicsuffixlist": ("parsers/public_suffixes.py",),
    "rich": ("daemon/cli/",),
}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("time", "monotonic"), ("date", "today")}
INSIDE = {
    "daemon/errors.py": set(),
    "daemon/clock.py": set(),
    "daemon/log.py": set(),
    "daemon/ports.py": set(),
    "daemon/durable_files.py": set(),
    "daemon/transports/": {"errors", "ports", "log", "clock", "durable_files", "transports"},
    "daemon/store/": {"errors", "ports", "log", "clock", "durable_files", "store"},
}


MODULES = [str(path.relative_to(ROOT)) for package in OURS for path in sorted((ROOT / package).rglob("*.py"))]


@cache
def nodes(file: str) -> tuple[ast.AST, ...]:
    """All of a module's syntax tree."""
    return tuple(ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))))


def imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def by_file(wrong: Callable[[str], set[str]]) -> dict[str, set[str]]:
    """What is wrong in each module in which anything is."""
    return {file: found for file in MODULES if (found := wrong(file))}


@cache
def imports(file: str) -> tuple[str, ...]:
    return tuple(imported(nodes(file)))


def test_packages_import_only_what_lies_beneath_them() -> None:
    def wrong(file: str) -> set[str]:
        allowed = MAY_IMPORT[file.split("/", maxsplit=1)[0]]
        return {name for name in imports(file) if (top := name.split(".")[0]) in OURS and top not in allowed}

    assert by_file(wrong) == {}


def test_each_library_has_one_door() -> None:
    def wrong(file: str) -> set[str]:
        libraries = {name: DOORS.get(name.split(".")[0]) for name in imports(file)}
        return {name for name, doors in libraries.items() if doors and not file.startswith(doors)}

    assert by_file(wrong) == {}


def test_inside_the_daemon_imports_point_one_way() -> None:
    def wrong(file: str) -> set[str]:
        allowed = next((names for place, names in INSIDE.items() if file.startswith(place)), None)
        used = {name.split(".")[1] for name in imports(file) if name.startswith("daemon.")}
        return set() if allowed is None else used - allowed

    assert by_file(wrong) == {}


def test_the_pure_packages_read_no_clock_and_open_nothing() -> None:
    def wrong(file: str) -> set[str]:
        calls = [node.func for node in nodes(file) if isinstance(node, ast.Call)]
        clocks = {(f.value.id, f.attr) for f in calls if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)}
        opened = {f.id for f in calls if isinstance(f, ast.Name)} & {"open", "print", "exec", "eval"}
        return set() if file.startswith("daemon") else opened | {".".join(each) for each in clocks & CLOCKS}

    assert by_file(wrong) == {}


def test_only_the_clock_module_reads_the_wall_clock() -> None:
    readers = {
        file
        for file in MODULES
        for node in nodes(file)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("datetime", "now"), ("time", "time")}
    }
    assert readers <= {"daemon/clock.py"}


def test_nothing_of_ours_hides_a_module_of_the_standard_library() -> None:
    names = {path.stem for package in OURS for path in (ROOT / package).glob("*.py")} - {"__init__"}
    confusing = {"email", "queue", "logging", "threading", "utils", "helpers", "common"}
    assert not names & confusing
    assert not set(OURS) & sys.stdlib_module_names


VERIFYING = {
    "daemon.verification",
    "daemon.workers.verifying",
    "daemon.transports.resolvers",
    "parsers.dkim_signatures",
    "parsers.public_suffixes",
    "rules.dmarc",
    "rules.verification",
}


def test_a_desk_that_verifies_nobody_does_not_load_what_verifies() -> None:
    def wrong(file: str) -> set[str]:
        module = nodes(file)[0]
        assert isinstance(module, ast.Module)
        top = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
        name = file.removesuffix(".py").replace("/", ".")
        return set() if name in VERIFYING else VERIFYING & set(imported(top))

    assert by_file(wrong) == {}
