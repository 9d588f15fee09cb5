"""Adding and removing entries of deny*.toml as an admin would: the rest of the file, comments too, stays as it is."""

import re
from collections.abc import Mapping
from datetime import date

from rules.deny import reads_as

_BLOCK = re.compile(r"^\[\[deny\]\][^\n]*\n(?:(?!^\[)[^\n]*\n?)*", re.MULTILINE)


def entry(value: str, action: str, why: str, until: date | None) -> str:
    """The text of a new entry, its kind told from its form."""
    kind, plain = reads_as(value)
    fields = {"kind": kind, "value": plain, "action": action, "why": why}
    lines = [f"{name} = {_quoted(each)}" for name, each in fields.items() if each]
    lines += [f"until = {until.isoformat()}"] if until else []
    return "\n[[deny]]\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " else " " for char in escaped) + '"'


def without(files: Mapping[str, str], value: str) -> dict[str, str]:
    """The files that change when every entry of this value is taken out, with their new text."""
    kind, plain = reads_as(value)
    wanted = (f"kind = {_quoted(kind)}", f"value = {_quoted(plain)}")
    changed = {}
    for name, text in files.items():
        kept = _BLOCK.sub(lambda match: "" if all(each in match[0] for each in wanted) else match[0], text)
        if kept != text:
            changed[name] = kept
    return changed
