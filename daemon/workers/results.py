"""The result mail of commands: tables that line up in plain text, and what can be tapped next."""

from collections.abc import Mapping, Sequence
from typing import Any

from daemon.workers.taps import taps


def result_variables(kept: Mapping[str, Any], address: str, subject: str) -> dict[str, Any]:
    """From what the store kept of a report to what its template prints."""
    changes = [["what", "was", "is"], *kept["changes"]]
    done = [{"title": "Done", "rows": changes}] if kept["changes"] else []
    return {
        "objections": [{"line": line, "why": why} for line, why in kept["objections"]],
        "confirm": kept["confirm"],
        "confirm_why": kept["confirm_why"],
        "undo": kept["undo"],
        "text": kept["text"],
        "taken": kept.get("taken", ""),
        "tables": [table(each["title"], each["rows"]) for each in (*done, *kept["tables"])],
        "actions": taps(_next(kept), address, subject),
    }


def _next(kept: Mapping[str, Any]) -> tuple[str, ...]:
    if kept.get("offers"):
        return tuple(kept["offers"])
    if kept["confirm"]:
        return (f"#confirm {kept['confirm']}",)
    if kept["objections"]:
        return ("#send", "#drop", "#help") if kept["text"] else ("#help",)
    return (f"#undo {kept['undo']}",) if kept["undo"] else ()


def table(title: str, rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Cells padded to the width of their column, so that the text part is a table too."""
    if not rows:
        return {"title": title, "header": [], "rows": []}
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return {"title": title, "header": padded[0], "rows": padded[1:]}
