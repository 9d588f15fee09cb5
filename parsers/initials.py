"""Quotations marked with initials before the ">", as The Bat! and old Usenet readers mark them: "JD> Hello"."""

import re
from dataclasses import replace

from parsers.attributions import find_attribution
from parsers.quotes import BLANK, OWN, QUOTED, Page

_INITIALS = re.compile(r"[ \t]{0,4}[^\W\d_]{1,4}>{1,9}(?: |$)")


def with_initials_quoted(page: Page) -> Page:
    """The page with such lines as quotations. Only below an attribution: a command prompt ("SQL> ") looks the same."""
    rows = [row for row, line in enumerate(page.lines) if ">" in line[:18] and _is_marked(page, row, line)]
    if not rows:
        return page
    above = next((row for row in range(rows[0] - 1, -1, -1) if page.kinds[row] != BLANK), None)
    kinds = list(page.kinds)
    for row in rows:
        kinds[row] = QUOTED
    quoted = replace(page, kinds="".join(kinds))
    if above is None or page.kinds[above] != OWN or find_attribution(quoted, above) is None:
        return page
    return quoted


def _is_marked(page: Page, row: int, line: str) -> bool:
    """Whether initials stand there: capitals, where the script has them."""
    found = _INITIALS.match(line)
    return found is not None and page.kinds[row] == OWN and found[0] == found[0].upper()
