"""Whole conversations, mail by mail: a customer, an agent, a colleague."""

import json
from dataclasses import asdict, replace

import pytest
from postroom import ALICE, ANNA, BEN, BOB, EVE, NOTICES, PEOPLE, Postroom, Sent, to, who

import parsers
from daemon.clock import FakeClock
from daemon.policy import Policy
from daemon.store.store import Store
from daemon.workers.deciding import consider
from rules.facts import Answerers, Canned, Envelope, Interest

ONLY_RESULT = [("command-result", ANNA)]


@pytest.fixture
def desk(store: Store, clock: FakeClock) -> Postroom:
    return Postroom(store, clock)


def opened(desk: Postroom, author: str = ALICE, subject: str = "Printer") -> Sent:
    """A customer has written; the notice that Anna got."""
    return to(desk.write(author, "It does not print.\n", subject=subject), ANNA)


def result(mails: list[Sent]) -> str:
    return to(mails, ANNA, "command-result").text


def test_commands_alone_change_the_ticket_and_reach_no_customer(desk):
    mails = desk.answer(opened(desk), "#solve\n#tag +paper\n#priority: high\n")
    assert who(mails) == ONLY_RESULT
    ticket = desk.ticket()
    assert (ticket["status"], ticket["tags"], ticket["priority"]) == ("solved", ["paper"], "P2")
    assert "| status   | open | solved |" in result(mails)


def test_commands_with_only_a_greeting_below_reach_no_customer(desk):
    assert who(desk.answer(opened(desk), "#solve\n\nBest regards,\nAnna\n")) == ONLY_RESULT


def test_a_reply_with_commands_does_both_and_the_customer_sees_no_command(desk):
    mails = desk.answer(opened(desk), "#solve\n\nPlease turn it off and on again.\n")
    assert who(mails) == [("command-result", ANNA), ("reply", ALICE)]
    assert to(mails, ALICE).text == "Please turn it off and on again."
    assert (desk.ticket()["status"], desk.ticket()["assignee"]) == ("solved", "anna")


def test_an_unknown_word_executes_and_sends_nothing_and_can_be_sent_by_a_tap(desk):
    asked = desk.answer(opened(desk), "#sovle\n#take\n\nDear Alice, done.\n")
    assert who(asked) == ONLY_RESULT
    assert "did you mean #solve?" in asked[0].text
    assert desk.ticket()["assignee"] == ""
    mails = desk.answer(asked[0], asked[0].tap("#send"))
    assert to(mails, ALICE).text == "Dear Alice, done."


def test_everything_an_agent_did_is_undone_within_half_an_hour(desk):
    done = desk.answer(
        opened(desk), "#take\n#solve\n#tag a\n#type incident\n#cc bob@cust.example\n#time 15m\n#due 3d\n"
    )
    undone = desk.answer(done[0], done[0].tap(done[0].line("#undo")))
    ticket = desk.ticket()
    assert (ticket["status"], ticket["assignee"], ticket["tags"]) == ("open", "", [])
    assert [person["address"] for person in ticket["participants"]] == [ALICE]
    assert "| assignee" in undone[0].text


def test_undo_is_too_late_after_half_an_hour_and_for_a_colleague(desk):
    done = desk.answer(opened(desk), "#solve\n")
    other = desk.write(BEN, done[0].line("#undo"), subject="[#1001]")
    assert "nothing of yours" in to(other, BEN).text
    desk.wait(minutes=31)
    assert "nothing of yours" in result(desk.answer(done[0], "#undo\n"))


def test_what_somebody_changed_since_is_not_undone(desk):
    done = desk.answer(opened(desk), "#priority P1\n")
    desk.write(BEN, "#priority P2\n", subject="[#1001]")
    assert "has been changed since" in result(desk.answer(done[0], "#undo\n"))
    assert desk.ticket()["priority"] == "P2"


def test_a_merged_ticket_goes_on_under_both_numbers_until_it_is_split_again(desk):
    opened(desk)
    second = opened(desk, subject="Printer again")
    done = desk.answer(second, "#merge 1001\n")
    assert "goes on in 1001" in done[0].text
    assert len(desk.ticket(1001)["messages"]) == 3
    mails = desk.write(ALICE, "And now it burns.\n", subject="Re: [#1002] Printer again")
    assert "[#1001]" in to(mails, ANNA).mail["Subject"]
    desk.answer(done[0], "#undo\n")
    assert [len(desk.ticket(number)["messages"]) for number in (1001, 1002)] == [3, 2]


def test_merging_tickets_of_two_customers_must_be_confirmed(desk):
    opened(desk)
    asked = desk.answer(opened(desk, author=EVE), "#merge 1001\n")
    assert "Not done yet" in asked[0].text
    assert len(desk.ticket(1001)["messages"]) == 1
    confirm = asked[0].line("#confirm")
    desk.answer(asked[0], asked[0].tap(confirm))
    assert len(desk.ticket(1001)["messages"]) > 1
    assert "not known" in result(desk.answer(asked[0], f"{confirm}\n"))


def test_a_split_moves_a_message_and_what_follows_and_can_be_undone(desk):
    opened(desk)
    desk.wait(minutes=5)
    notice = to(desk.write(ALICE, "Another thing: my chair.\n", subject="Re: [#1001] Printer"), ANNA)
    done = desk.answer(notice, "#split\n")
    assert [m["text"].strip() for m in desk.ticket(1002)["messages"]] == ["Another thing: my chair."]
    assert "1002" in result(done)
    desk.answer(done[0], "#undo\n")
    assert "Another thing: my chair." in [m["text"].strip() for m in desk.ticket(1001)["messages"]]


def test_the_first_message_cannot_be_split_off(desk):
    assert "nothing would stay behind" in result(desk.answer(opened(desk), "#split\n"))


def test_erasing_a_message_must_be_confirmed(desk):
    asked = desk.answer(opened(desk), "#erase\n")
    word = asked[0].line("#confirm")
    desk.answer(asked[0], f"{word}\n")
    assert desk.ticket()["messages"][0]["text"] == "(erased)"


def test_a_colleagues_answer_since_holds_mine_and_three_taps_decide(desk):
    mails = desk.write(ALICE, "It does not print.\n")
    desk.answer(to(mails, BEN), "Use the other one.\n")
    held = to(desk.answer(to(mails, ANNA), "Turn it on.\n"), ANNA)
    assert (held.template, "ben has answered" in held.text) == ("held-notice", True)
    assert held.tap("#drop").strip() == "#drop"
    assert to(desk.answer(held, held.tap("#send"), quote=False), ALICE).text == "Turn it on."


def test_a_held_answer_is_dropped_or_kept_as_a_note(desk):
    mails = desk.write(ALICE, "It does not print.\n")
    desk.answer(to(mails, BEN), "Use the other one.\n")
    held = to(desk.answer(to(mails, ANNA), "Turn it on.\n"), ANNA)
    assert who(desk.answer(held, held.tap("#note"))) == [("command-result", ANNA), ("note-notice", BEN)]
    assert desk.ticket()["messages"][2]["kind"] == "note"
    assert "nothing is held here" in result(desk.answer(held, held.tap("#drop")))


def test_a_third_party_is_let_in_by_a_tap(desk):
    (ack,) = [each for each in desk.write(ALICE, "It does not print.\n") if each.recipient == ALICE]
    told = to(desk.answer(ack, "I know why.\n", author=BOB), ANNA)
    assert told.template == "third-party-notice"
    desk.answer(told, told.tap("#accept"))
    ticket = desk.ticket()
    assert [(m["from"], m["public"]) for m in ticket["messages"][:2]] == [(ALICE, True), (BOB, True)]
    assert {person["address"] for person in ticket["participants"]} == {ALICE, BOB}


def test_a_new_mail_naming_the_number_gives_commands_but_writes_to_no_customer(desk):
    opened(desk)
    assert who(desk.write(ANNA, "#take\n", subject="[#1001]")) == ONLY_RESULT
    assert desk.ticket()["assignee"] == "anna"
    mails = desk.write(ANNA, "#reply\nDear Alice\n", subject="[#1001]")
    assert "answer a notice" in result(mails)
    assert ALICE not in [each.recipient for each in mails]


def test_commands_of_an_unproved_agent_do_nothing(desk):
    notice = opened(desk)
    desk.answer(notice, "#solve\n", Authentication_Results="mx.us.example; dmarc=fail header.from=us.example")
    desk.write(ANNA, "#solve\n", subject="[#1001]", passed=False)
    assert desk.ticket()["status"] == "open"


def test_an_agent_asks_without_naming_any_ticket(desk):
    opened(desk)
    mails = desk.write(ANNA, "#list unassigned\n#help\n", subject="hello")
    assert who(mails) == ONLY_RESULT
    assert "| 1001   | P3" in mails[0].text
    assert "#snooze 3d" in mails[0].text
    assert "which ticket?" in result(desk.write(ANNA, "#solve\n", subject="hello"))


def test_a_forwarded_mail_becomes_the_customers_ticket(desk):
    text = (
        "#tag vip\n\nShe rang as well, be quick.\n\n---------- Forwarded message ---------\n"
        "From: Carol Customer <carol@cust.example>\nDate: Sun, 22 Nov 2026 at 09:00\nSubject: Chair broken\n"
        "To: <anna@us.example>\n\nMy chair broke.\n"
    )
    mails = desk.write(ANNA, text, subject="Fwd: Chair broken")
    assert who(mails) == [("command-result", ANNA), ("new-ticket-notice", BEN)]
    ticket = desk.ticket()
    assert (ticket["requester"], ticket["subject"], ticket["tags"]) == ("carol@cust.example", "Chair broken", ["vip"])
    entries = [(m["from"], m["public"], m["text"].strip()) for m in ticket["messages"]]
    assert entries == [(ANNA, False, "She rang as well, be quick."), ("carol@cust.example", True, "My chair broke.")]
    desk.answer(mails[0], "#requester dave@cust.example\n")
    assert desk.ticket()["requester"] == "dave@cust.example"


def test_an_ambiguous_name_asks_back(desk):
    twins = tuple(replace(agent, display_name="Kim Agent") for agent in PEOPLE.agents)
    desk.desk = replace(PEOPLE, agents=twins)
    assert "'kim' may be anna, ben" in result(desk.answer(opened(desk), "#assign to kim\n#solve\n"))
    assert desk.ticket()["status"] == "open"


def test_a_colleague_who_is_given_a_ticket_is_told_once(desk):
    mails = desk.answer(opened(desk), "#assign ben\n#note @ben please look\n")
    assert [each.recipient for each in mails].count(BEN) == 1


def test_a_follower_hears_of_a_ticket_that_somebody_else_has(desk):
    notice = opened(desk)
    desk.answer(notice, "#assign ben\n#follow\n")
    desk.wait(minutes=5)
    told = desk.write(ALICE, "Still broken.\n", subject="Re: [#1001] Printer")
    assert who(told) == [("customer-reply-notice", ANNA), ("customer-reply-notice", BEN)]


def test_a_prepared_answer_stands_above_the_agents_own_words(desk):
    desk.desk = replace(PEOPLE, canned=(Canned(name="reset", text="Dear {{ requester.name }},\nhold the button.\n"),))
    mails = desk.answer(opened(desk), "#canned Reset\n\nAnna\n")
    assert to(mails, ALICE).text == f"Dear {ALICE},\nhold the button.\n\nAnna"


def test_only_the_assignee_answers_where_the_desk_says_so(desk):
    desk.desk = replace(PEOPLE, answerers=Answerers.ASSIGNEE)
    mails = desk.write(ALICE, "It does not print.\n")
    desk.answer(to(mails, BEN), "#take\n")
    held = desk.answer(to(mails, ANNA), "Turn it on.\n")
    assert who(held) == [("held-notice", ANNA)]


def test_snoozing_puts_a_ticket_on_hold_until_then(desk):
    mails = desk.answer(opened(desk), "#snooze tomorrow 9:00\n")
    assert desk.ticket()["status"] == "on_hold"
    assert "2026-11-23 09:00" in result(mails)


def test_two_addresses_of_one_customer_are_joined(desk):
    desk.answer(opened(desk), "#join private@home.example\n")
    second = opened(desk, author="private@home.example", subject="Chair")
    assert "[#1001]" in second.text
    assert who(desk.answer(second, "#merge 1001\n")) == ONLY_RESULT
    assert len(desk.ticket(1001)["messages"]) > 2


def test_an_answer_comes_from_the_alias_the_customer_wrote_to_and_shows_no_private_address(desk):
    notice = to(desk.write(ALICE, "It does not print.\n", to="help@us.example"), ANNA)
    reply = to(desk.answer(notice, "Turn it on.\n"), ALICE)
    assert reply.mail["From"] == '"Anna Agent (Example support)" <help@us.example>'
    assert reply.mail["Reply-To"].startswith('"Example support" <help+t') or "help+t" in reply.mail["Reply-To"]
    assert ANNA.encode() not in reply.raw


def test_all_mails_of_a_ticket_stay_together_in_outlook_and_elsewhere(desk):
    notice = opened(desk)
    first = to(desk.answer(notice, "Turn it on.\n"), ALICE)
    second = to(desk.answer(notice, "And off.\n"), ALICE)
    for header in ("Thread-Index", "Thread-Topic", "In-Reply-To"):
        assert first.mail[header] == second.mail[header] != None  # noqa: E711
    assert first.mail["References"].split()[0] == second.mail["References"].split()[0]
    assert first.mail["In-Reply-To"] == "<m1@cust.example>"


def test_replies_in_quick_succession_become_one_notice_with_all_of_them(desk):
    opened(desk)
    subject = "Re: [#1001] Printer"
    desk.wait(minutes=5)
    assert len(desk.write(ALICE, "One.\n", subject=subject)) == 2
    assert desk.write(ALICE, "Two.\n", subject=subject) == desk.write(ALICE, "Three.\n", subject=subject) == []
    told = to(desk.wait(minutes=3), ANNA)
    assert [word in told.text for word in ("Two.", "Three.")] == [True, True]


def test_a_customer_who_answers_at_once_is_heard_at_once(desk):
    notice = opened(desk)
    desk.answer(to(desk.write(ALICE, "One.\n", subject="Re: [#1001] Printer"), ANNA), "What?\n")
    assert to(desk.write(ALICE, "Two.\n", subject="Re: [#1001] Printer"), ANNA).text
    assert notice.recipient == ANNA


def test_a_team_signature_stands_below_every_answer(desk):
    desk.desk = replace(PEOPLE, teams=(replace(PEOPLE.teams[0], signature="First line support"),))
    reply = to(desk.answer(opened(desk), "Turn it on.\n"), ALICE)
    assert reply.text == "Turn it on.\n\nFirst line support"


CUSTOMERS_WORDS = [
    ("#close\n", "closed"),
    ("# Close.\nThanks!\n", "closed"),
    ("#solve\n", "open"),
    ("Hi\n#close\n", "open"),
]


@pytest.mark.parametrize(("text", "status"), CUSTOMERS_WORDS, ids=[repr(text) for text, _ in CUSTOMERS_WORDS])
def test_a_customers_words_close_a_ticket_and_do_nothing_else(desk, text, status):
    (ack,) = [each for each in desk.write(ALICE, "It does not print.\n") if each.recipient == ALICE]
    desk.answer(ack, text)
    assert desk.ticket()["status"] == status


def test_a_customer_opens_a_closed_ticket_again_and_a_copied_one_leaves(desk):
    notice = opened(desk)
    desk.answer(notice, f"#cc {BOB}\n#close\n")
    desk.write(ALICE, "#reopen\n", subject="Re: [#1001] Printer")
    assert desk.ticket()["status"] == "open"
    desk.write(BOB, "#unsubscribe\n", subject="Re: [#1001] Printer")
    assert [person["address"] for person in desk.ticket()["participants"]] == [ALICE]


def test_a_requester_who_unsubscribes_stays_requester_and_is_still_answered(desk):
    notice = opened(desk)
    desk.write(ALICE, "#unsubscribe\n", subject="Re: [#1001] Printer")
    event = next(each for each in desk.ticket()["events"] if each["kind"] == "field")
    assert (event["data"]["field"], event["data"]["new"]) == ("unsubscribed", "yes")
    assert to(desk.answer(notice, "Turn it on.\n"), ALICE).text == "Turn it on."


def test_an_agent_hears_of_what_the_agent_wants_to_hear_of(desk):
    anna, ben = PEOPLE.agents
    desk.desk = replace(PEOPLE, agents=(replace(anna, notices=(Interest.MINE,)), replace(ben, notices=(Interest.ALL,))))
    assert [each.recipient for each in desk.write(ALICE, "It does not print.\n")] == [ALICE, BEN]
    desk.write(BEN, "#assign anna\n", subject="[#1001]")
    desk.wait(minutes=5)
    told = desk.write(ALICE, "Still.\n", subject="Re: [#1001] Printer")
    assert who(told) == [("customer-reply-notice", ANNA), ("customer-reply-notice", BEN)]


def test_a_stranger_who_guesses_the_thread_of_a_ticket_opens_a_new_one(desk):
    opened(desk)
    desk.write(EVE, "Let me in.\n", subject="Hi", In_Reply_To="<ticket-1001@us.example>")
    assert len(desk.ticket(1001)["messages"]) == 1


def test_where_no_server_vouches_for_anybody_commands_need_a_token(desk):
    desk.desk = replace(PEOPLE, authserv_ids=())
    notice = opened(desk)
    desk.write(ANNA, "#solve\n", subject="[#1001]")
    desk.write(ANNA, "#list open\n", subject="hello")
    assert desk.ticket()["status"] == "open"
    assert "1001" in result(desk.answer(notice, "#solve\n#list open\n"))
    assert desk.ticket()["status"] == "solved"


def test_explaining_an_agents_mail_names_the_commands_and_fits_into_json(desk):
    notice = opened(desk)
    token = notice.mail["Reply-To"].partition("<")[2].strip(">")
    envelope = Envelope(source="explain", sender=ANNA, recipients=(token,), received_at=desk.clock.now())
    mail = parsers.parse(f"From: {ANNA}\r\nTo: {token}\r\n\r\n#take\r\n#show\r\n".encode())
    policy = Policy(desk=replace(PEOPLE, authserv_ids=()), notices=NOTICES, hash="test")
    with desk.store.reading() as connection:
        decision = consider(connection, mail, envelope, policy, desk.clock.now(), breaker_limit=10)
    assert "commands: #take #show" in decision.trace.authority
    assert "questions" in json.dumps([asdict(action) for action in decision.actions])
