"""What the process that sends is told survives the way there."""

import pickle
from pathlib import Path

import pytest

from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.workers.sending import for_letters

ROOT = Path(__file__).parents[3]
CONFIG = """
[desk]
rules_dir = "{root}/rules/defaults"
templates_dir = "{folder}/templates"
articles_dir = "{folder}/articles"
[[mailbox]]
name = "support"
address = "support@desk.example"
"""
ARTICLE = "url: https://desk.example/printers\nPrinters that show an error\n\nTurn the printer off and on again.\n"


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    for folder, file, text in (
        ("templates", "ticket-received.en.md.j2", "Subject: Ours\n\n{% include '_own' %}\n"),
        ("templates", "_own.en.md.j2", "Our words."),
        ("articles", "printers.md", ARTICLE),
        *(("articles", f"other{number}.md", f"Another article {number}\n\nOther words.\n") for number in range(20)),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / file).write_text(text, encoding="utf-8")
    return load_policy(parse(CONFIG.format(root=ROOT, folder=tmp_path), "test.toml"), (bytes(32),))


def test_a_policy_reaches_the_sender_as_far_as_letters_ask_it(policy: Policy) -> None:
    sent = for_letters(policy)
    arrived: Policy = pickle.loads(pickle.dumps(sent))
    assert (arrived.hash, arrived.desk, arrived.timing) == (sent.hash, sent.desk, sent.timing)
    assert arrived.notices.render("ticket-received", (), {}).text.strip() == "Our words."
    assert [each.name for each in arrived.library.matching("My printer shows an error")] == ["printers.md"]
