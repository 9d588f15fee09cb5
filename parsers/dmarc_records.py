"""DMARC policy records (RFC 7489 6.3): which of a name's TXT records counts, and what it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from parsers.tag_lists import read_tags

_DISPOSITIONS = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """What the owner of a domain asks for. `subdomain_policy` is that for names below (sp), the same if not given."""

    policy: str
    subdomain_policy: str
    dkim_alignment: Literal["r", "s"] = "r"
    spf_alignment: Literal["r", "s"] = "r"


def read_dmarc_record(texts: Sequence[str]) -> DmarcRecord | None:
    """The one DMARC record among the TXT records of a name; None where there is none, or more than one (6.6.3)."""
    records = [text for text in texts if text.partition(";")[0].replace(" ", "").replace("\t", "") == "v=DMARC1"]
    if len(records) != 1:
        return None
    tags = read_tags(records[0])
    if tags is None:
        return None
    policy, below = tags.get("p", "").lower(), tags.get("sp", "").lower()
    if policy not in _DISPOSITIONS or (below and below not in _DISPOSITIONS):
        if "mailto:" not in tags.get("rua", "").lower():
            return None
        policy = below = "none"  # 6.6.3, step 6: whoever asks for reports has a policy, if a broken one
    return DmarcRecord(
        policy=policy,
        subdomain_policy=below or policy,
        dkim_alignment="s" if tags.get("adkim", "").lower() == "s" else "r",
        spf_alignment="s" if tags.get("aspf", "").lower() == "s" else "r",
    )
