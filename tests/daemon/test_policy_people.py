"""What people.toml and the [desk] section say about people, as the rules get it."""

from desks import CONFIG, KEY

from daemon.config import parse
from daemon.policy import load_policy
from rules.facts import Answerers


def test_who_may_answer_is_taken_from_the_configuration() -> None:
    config = parse(CONFIG.replace("[desk]", '[desk]\nanswerers = "assignee"'), "test.toml")
    assert load_policy(config, (KEY,)).desk.answerers is Answerers.ASSIGNEE
