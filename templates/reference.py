"""The reference of templates for admins, made from the catalogue so that it cannot fall behind it."""

from templates.catalogue import NOTICES, Notice
from templates.notices import SUFFIX
from templates.samples import MEANINGS, names
from templates.sandbox import FILTERS_ALLOWED, MOST_CHARACTERS, MOST_STEPS

_HEAD = f"""\
# Templates

One file is one notice in one language: `NAME.LANG{SUFFIX}`, such as `ticket-received.de{SUFFIX}`. It starts with a
`Subject:` line and an empty line; what follows is Markdown with Jinja2. The text part and the HTML part are both made
from it. Put your own files into the folder that `desk.templates_dir` names; they replace the packaged ones of the same
name. `BRAND/NAME.LANG{SUFFIX}` is used for one brand alone: a mailbox or a team of that name, the mailbox first.

A name that starts with an underscore is a partial: `{{% include "_goodbye" %}}` finds `_goodbye.LANG{SUFFIX}` in the
language of the including template, then in English, the brand's own first.

The language is the customer's, then the mailbox's, then English.

Whatever a variable holds is printed as it was typed: neither Jinja2 nor Markdown nor HTML in it has any effect. There
are no method calls; the filters are {", ".join(f"`{name}`" for name in FILTERS_ALLOWED)}, and
`bar`, which draws a number from 0 to 100. A template may take
{MOST_STEPS} steps and write {MOST_CHARACTERS} characters. Each template is tried at load on a full and on a bare
ticket; what fails is reported and nothing changes. One that fails later is replaced by the packaged one for that mail,
and the admins are told.

Look: `postroom template list`, `postroom template preview NAME --lang de --open`, `postroom template check`.
"""


def reference() -> str:
    """The whole page as Markdown."""
    sections = [_section(notice) for _, notice in sorted(NOTICES.items())]
    variables = [f"| `{name}` | {meaning} |" for name, meaning in sorted(MEANINGS.items())]
    table = "\n".join(["## Variables", "", "| name | meaning |", "|---|---|", *variables])
    return "\n".join([_HEAD, table, "", "## Notices", "", *sections])


def _section(notice: Notice) -> str:
    readers = "agents or admins" if notice.internal else "customers"
    used = ", ".join(f"`{name}`" for name in names(notice.sample))
    return f"### {notice.name}\n\n{notice.purpose} To {readers}.\n\nVariables: {used}\n"
