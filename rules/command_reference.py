"""The commands as a page for agents, made from the table so that it cannot fall behind it."""

from rules.command_words import WORDS, Group

_HEAD = """# Commands by mail

Write them one a line at the very top of an answer to any notice, above your own words. `# close`, `#status: solved` and
`#assign to ben` work as well. All of them are carried out, or none; the answer says what changed and how to take it
back within 30 minutes. A mail of commands alone never reaches the customer. In a new mail, name the ticket in the
subject, as `[#1042]`; there your mail server must vouch for you.
"""
_TITLES = {
    Group.STATUS: "Status",
    Group.CHANGE: "The ticket",
    Group.TEXT: "Your words",
    Group.HELD: "What was held",
    Group.UNDOING: "Taking back, confirming",
    Group.QUESTION: "Questions",
}


def reference() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *(_section(group, title) for group, title in _TITLES.items())])


def _section(group: Group, title: str) -> str:
    rows = [
        f"| `{word.example}` | {word.does} | {' '.join(f'`#{each}`' for each in word.also)} |"
        for word in WORDS
        if word.group is group
    ]
    return "\n".join([f"## {title}", "", "| write | what it does | also |", "|---|---|---|", *rows, ""])
