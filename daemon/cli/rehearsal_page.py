"""A rehearsal as one HTML page, to show to somebody who has to agree to it."""

from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}"
    "td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8886}"
)


def page(result: dict[str, Any], title: str) -> str:
    """The page. Everything from mails is escaped."""
    rules = "".join(_rule(each) for each in result["rules"]) or "<p>Nothing would change.</p>"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1><p>{result['changed']} of {result['mails']} mails would be treated otherwise.</p>"
        f"{rules}</html>\n"
    )


def _rule(entry: dict[str, Any]) -> str:
    changes = "".join(f"<tr><td>{escape(what)}<td>{count}" for what, count in entry["changes"].items())
    examples = "".join(
        f"<tr><td>{escape(str(each['ticket'] or '-'))}<td>{escape(each['subject'])}"
        f"<td>{escape('; '.join(each['changes']))}"
        for each in entry["examples"]
    )
    return (
        f"<h2>{escape(entry['rule'])}: {entry['mails']}</h2><table><tr><th>change<th>mails{changes}</table>"
        f"<table><tr><th>ticket<th>subject<th>what would change{examples}</table>"
    )
