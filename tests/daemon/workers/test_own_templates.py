"""An admin's own templates at work: by team and mailbox, and one that fails when it matters."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ticking_desks import ADA, CUSTOMER, TickingDesk

from templates.notices import Notices, packaged

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
FAILS_LATER = "Subject: Ours\n\nOurs.{% if ticket.number == 1001 %}{{ desk.nothing }}{% endif %}"
DIGEST_FAILS = 'Subject: Ours\n\nOurs.{% if intro and intro != "Good morning." %}{{ nothing }}{% endif %}'


def desk_with(store, clock, **files: str) -> TickingDesk:
    """A desk on a Monday before nine whose admin wrote these templates."""
    clock.advance(MONDAY - clock.now())
    desk = TickingDesk(store, clock)
    own = {f"{name.replace('__', '/').replace('_', '-')}.en.md.j2": text for name, text in files.items()}
    desk.policy = replace(desk.policy, notices=Notices(packaged(), own))
    assert desk.policy.notices.problems == []
    return desk


def test_a_template_that_fails_for_a_mail_is_replaced_by_the_packaged_one_and_the_admin_is_told(store, clock) -> None:
    desk = desk_with(store, clock, ticket_received=FAILS_LATER)
    desk.customer_writes()
    assert desk.subjects_to(CUSTOMER) == ["[#1001] We have received your message"]
    [told] = desk.sent_to("root@desk.example")
    assert told.subject == "Example support: a template of yours does not work"
    assert "ticket-received.en.md.j2: 'dict object' has no attribute 'nothing'" in told.text


def test_so_is_one_of_a_mail_that_is_about_no_ticket(store, clock) -> None:
    desk = desk_with(store, clock, digest=DIGEST_FAILS)
    desk.customer_writes()
    desk.wait(hours=1)
    assert desk.subjects_to(ADA)[-1] == "Example support: your tickets today"
    assert "digest.en.md.j2" in desk.sent_to("root@desk.example")[0].text


@pytest.mark.parametrize("brand", ["support", ""])
def test_a_team_or_mailbox_has_its_own_words(store, clock, brand: str) -> None:
    name = f"{brand}__ticket_received" if brand else "ticket_received"
    desk = desk_with(store, clock, **{name: "Subject: {{ ticket.tag }} Ours\n\nIn our words."})
    desk.customer_writes()
    assert desk.last_to(CUSTOMER).subject == "[#1001] Ours"
