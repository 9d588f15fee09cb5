"""Which of a name's TXT records is a DMARC policy (RFC 7489 6.3, 6.6.3)."""

import pytest

from parsers.dmarc_records import DmarcRecord, read_dmarc_record
from parsers.tag_lists import read_tags


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=DMARC1; p=reject", DmarcRecord(policy="reject", subdomain_policy="reject")),
        ("v=DMARC1;p=none;sp=quarantine;", DmarcRecord(policy="none", subdomain_policy="quarantine")),
        ("v = DMARC1 ; P=x; p=Reject; pct=5", DmarcRecord(policy="reject", subdomain_policy="reject")),
        (
            "v=DMARC1; p=none; adkim=s; aspf=S",
            DmarcRecord(policy="none", subdomain_policy="none", dkim_alignment="s", spf_alignment="s"),
        ),
        ("v=DMARC1; p=strict; rua=mailto:a@b.example", DmarcRecord(policy="none", subdomain_policy="none")),
    ],
)
def test_a_record_says_what_its_owner_asks_for(text: str, record: DmarcRecord):
    assert read_dmarc_record(["spf or so", text]) == record


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["v=DMARC1"],
        ["v=dmarc1; p=reject"],
        ["p=reject; v=DMARC1"],
        ["v=DMARC10; p=reject"],
        ["v=DMARC1; p=strict"],
        ["v=DMARC1; p=reject; sp=some"],
        ["v=DMARC1; p=reject; p=none"],
        ["v=DMARC1; p=reject; nonsense"],
        ["v=DMARC1; p=reject", "v=DMARC1; p=none"],
        ["v=DMARC1; p=reject; x=" + "y" * 9000],
    ],
)
def test_no_record_two_or_a_broken_one_is_no_policy(texts: list[str]):
    assert read_dmarc_record(texts) is None


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;", {"a": "1"}),
        (" a = 1 2 ; B=x=y ", {"a": "1 2", "B": "x=y"}),
        ("a=", {"a": ""}),
        ("", {}),
        ("a=1;;b=2", None),
        ("a=1; a=2", None),
        ("1a=1", None),
        ("a b=1", None),
        ("é=1", None),
    ],
)
def test_a_list_of_tags_is_right_as_a_whole_or_void(text: str, tags: dict[str, str] | None):
    assert read_tags(text) == tags
