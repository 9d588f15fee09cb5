"""The Date field (RFC 5322 3.3) as an instant, in the forms that are really sent."""

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_ZONES = {"edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8}
"""RFC 5322 4.3; every other name there means UTC to a reader, and more recent European ones are added."""
_ZONES |= {"bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "wet": 0, "west": 1}

_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[ap]m)?"
_ZONE = r"(?:\s*(?:(?:gmt|utc)?(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})|(?P<zone>[a-z]{1,5})\b))?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<day>\d{{1,2}})[\s.-]+(?P<month>[a-z]{{3}})[a-z]*[\s,.-]+(?P<year>\d{{2,4}})[\s,]+{_TIME}{_ZONE}",
        rf"(?P<month>[a-z]{{3}})[a-z]*\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})[\s,]+{_TIME}{_ZONE}",
        rf"(?P<month>[a-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})[\st]+{_TIME}{_ZONE}",
    )
)
_COMMENT = re.compile(r"\([^()]*\)")
_LONGEST = 200


def read_date(text: str) -> datetime | None:
    """The instant as aware UTC, or None if there is none. A missing or unknown zone counts as UTC (RFC 5322 4.3)."""
    plain = _COMMENT.sub(" ", text[:_LONGEST])
    for form in _FORMS:
        if found := form.search(plain):
            return _instant(found.groupdict())
    return None


def _instant(fields: dict[str, str | None]) -> datetime | None:
    month = fields["month"] or ""
    try:
        local = datetime(
            _year(fields["year"] or ""),
            int(month) if month.isdigit() else _MONTHS[month.lower()],
            int(fields["day"] or 0),
            _hour(int(fields["hour"] or 0), fields["half"]),
            int(fields["minute"] or 0),
            min(int(fields["second"] or 0), 59),  # a leap second has no place in datetime
            tzinfo=timezone(_offset(fields)),
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError, KeyError):
        return None


def _year(written: str) -> int:
    """Two and three digits as RFC 5322 4.3 says."""
    year = int(written)
    if len(written) > 3:
        return year
    return year + (2000 if year < 50 else 1900)


def _hour(written: int, half: str | None) -> int:
    if not half:
        return written
    return written % 12 + (12 if half.lower() == "pm" else 0)


def _offset(fields: dict[str, str | None]) -> timedelta:
    if fields["sign"]:
        size = timedelta(hours=int(fields["zh"] or 0), minutes=int(fields["zm"] or 0))
        return -size if fields["sign"] == "-" else size
    return timedelta(hours=_ZONES.get((fields["zone"] or "").lower(), 0))
