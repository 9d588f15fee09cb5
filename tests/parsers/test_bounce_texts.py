"""Where a notice ends, whom it names, and whether the system has given up."""

import pytest

from parsers.bounce_texts import read_mentions, says_delayed, split_notice

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "marker",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
        "   ----- Original message follows -----",
        "   ----- Unsent message follows -----",
        "----- Original message -----",
        "--- The header of the original message is following. ---",
        "Original message headers:",
        "Message headers follow:",
        "------- Returned Message --------",
        "|------------------------- Message text follows: ------------------------|",
        "---- Begin forwarded message headers ----",
        "Ursprüngliche Nachrichtenkopfzeilen:",
        "-------original message / オリジナルメッセージ",
    ],
)
def test_the_notice_ends_where_the_returned_message_begins(marker: str) -> None:
    assert split_notice(f"It failed.\n{marker}\nSubject: Hi\n") == ("It failed.", "Subject: Hi")


def test_the_notice_ends_at_a_block_of_headers_without_a_marker() -> None:
    headers = "Received: from a\n\tby b\nMessage-ID: <1@a.example>\nSubject: Hi"
    assert split_notice(f"It failed.\n\n{headers}\n") == ("It failed.\n", headers)


@pytest.mark.parametrize(
    "line", ["UNDELIVERABLE MAIL", "Your message was not delivered:", "Reason: no\nHost: x\nUser: y"]
)
def test_headings_and_labels_do_not_end_the_notice(line: str) -> None:
    assert split_notice(f"It failed.\n{line}\nmore") == (f"It failed.\n{line}\nmore", "")


@pytest.mark.parametrize(
    "line",
    [
        "<anna@b.example>:",
        "  anna@b.example",
        '"anna@b.example":',
        "anna@b.example: 550 no",
        "anna@b.example on Mon, 2 Mar 2026 10:00:05 +0000",
        "anna@b.example<mailto:anna@b.example>",
        "'anna@b.example' on 2/3/2026 10:00 AM",
        ">>> RCPT To:<anna@b.example>",
        "Recipient: [SMTP:anna@b.example]",
        "Failed address: anna@b.example",
        "User mailbox exceeds allowed size: anna@b.example",
        "(generated from anna@b.example)",
        "550 <anna@b.example>... User unknown",
        "There was an error delivering your mail to <anna@b.example>.",
        "Unknown local part anna in <anna@b.example>",
        "[Status: Error, Address: <anna@b.example>, ResponseCode 421, , Host not reachable.]",
    ],
)
def test_a_recipient_is_found_in_each_way_of_naming_it(line: str) -> None:
    found = read_mentions(f"It failed.\n\n{line}\n", ignored=NOBODY, expected=NOBODY)
    assert [mention.address for mention in found] == ["anna@b.example"]


@pytest.mark.parametrize(
    "line",
    [
        "MAIL FROM:<desk@a.example>",
        "From: desk@a.example",
        "Message-ID: <1234@a.example>",
        "For help, send mail to postmaster@b.example",
        "xxxx@b.example",
        "***@b.example",
    ],
)
def test_senders_helpers_ids_and_masked_addresses_are_no_recipients(line: str) -> None:
    assert read_mentions(f"It failed.\n{line}\n", ignored=NOBODY, expected=NOBODY) == ()


def test_the_original_sender_is_no_recipient() -> None:
    notice = "desk@a.example\nanna@b.example\n"
    found = read_mentions(notice, ignored=frozenset({"desk@a.example"}), expected=NOBODY)
    assert [mention.address for mention in found] == ["anna@b.example"]


@pytest.mark.parametrize(
    ("subject", "notice", "delayed"),
    [
        ("Warning: could not send message for past 4 hours", "", True),
        ("Delivery Status Notification (Delay)", "has been delayed", True),
        ("", "Your message has not yet been delivered. Delivery attempts will continue.", True),
        ("", "This is a permanent error; I've given up. The first attempt has been delayed.", False),
        ("Undelivered Mail Returned to Sender", "could not be delivered", False),
    ],
)
def test_a_delay_is_told_from_a_failure(subject: str, notice: str, delayed: bool) -> None:
    assert says_delayed(subject, notice) is delayed
