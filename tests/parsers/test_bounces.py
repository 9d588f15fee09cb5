"""Bounces are read whatever mail system wrote them, and nothing else is taken for one."""

import pytest
from bounce_samples import NO_BOUNCES, REPORTS, TEXTS, Sample
from mail_structures import structure_of, text_of

from parsers.bounces import read_bounce
from parsers.mail import Bounce


def read(mail: str) -> Bounce | None:
    structure = structure_of(mail)
    return read_bounce(structure, text_of(structure))


@pytest.mark.parametrize("sample", REPORTS + TEXTS, ids=lambda sample: sample.name)
def test_recipients_status_action_and_original_id_are_read(sample: Sample) -> None:
    bounce = read(sample.mail)
    assert bounce is not None
    assert tuple((r.address, r.status) for r in bounce.recipients) == sample.recipients
    assert {r.action for r in bounce.recipients} <= {sample.action}
    assert bounce.original_message_id == sample.original_id


@pytest.mark.parametrize("mail", [mail for _, mail in NO_BOUNCES], ids=[name for name, _ in NO_BOUNCES])
def test_other_mail_is_no_bounce(mail: str) -> None:
    assert read(mail) is None
