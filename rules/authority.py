"""What an agent's mail may do. A header never gives authority: proved identity, a secret of theirs, rights of now."""

from dataclasses import dataclass
from enum import StrEnum

from rules import tokens
from rules.addresses import fold
from rules.authentication import Verdict, can_be_known
from rules.cases import Case
from rules.facts import Agent, TicketFacts
from rules.tokens import Token, TokenKind


class Right(StrEnum):
    """NONE: an unverified claim. NOTE: may write internally. REPLY: the text goes to the customer."""

    NONE = "none"
    NOTE = "note"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A right, the token of the notice that was answered, and why. `doubt`: proved, yet better asked than sent.

    `by_admin`: asked for at the command line, where there is no notice to answer.
    """

    right: Right
    token: Token | None = None
    doubt: str = ""
    by_admin: bool = False
    why: str


def judge_authority(case: Case, agent: Agent, ticket: TicketFacts) -> Authority:
    """The right of this mail on this ticket: agent active, From authenticated, own token of a notice about it."""
    refusal = doubt_about_agent(case, agent)
    if refusal:
        return Authority(right=Right.NONE, why=refusal)
    answered = [token for token in case.thread.answered_tokens() if is_notice(token)]
    about = [token for token in answered if case.found.target(token.ticket_id) == ticket.id]
    own = [token for token in about if _is_for(case, agent, token)]
    if not own:
        return Authority(right=Right.NONE, why=f"no token of agent {agent.name} for this ticket")
    doubt = "" if len(own) == len(answered) else "the mail answers notices of several tickets or agents"
    note = next((token for token in own if token.kind is TokenKind.AGENT_NOTE), None)
    why = f"agent {agent.name}: {_proof(case)}, own token"
    return Authority(right=Right.NOTE if note else Right.REPLY, token=note or own[0], doubt=doubt, why=why)


def judge_commands(case: Case, agent: Agent, ticket: TicketFacts | None) -> Authority:
    """The right to give commands: that of a reply, or in a new mail the proof of From alone, which never reaches the
    customer. Where From cannot be proved (nobody looks), a token of any notice to the agent is needed."""
    authority = judge_authority(case, agent, ticket) if ticket else None
    if authority and authority.right is not Right.NONE:
        return authority
    refusal = doubt_about_agent(case, agent)
    if refusal:
        return Authority(right=Right.NONE, why=refusal)
    if case.sender.authentication.strong or case.envelope.authenticated_as:
        return Authority(right=Right.NOTE, why=f"agent {agent.name}: {_proof(case)}, a mail of its own")
    if ticket is None and any(is_notice(token) and _is_for(case, agent, token) for token in case.thread.tokens):
        return Authority(right=Right.NOTE, why=f"agent {agent.name}: own token")
    return Authority(right=Right.NONE, why=f"agent {agent.name}: From cannot be proved here, and there is no own token")


def is_notice(token: Token) -> bool:
    """Whether the token was in a notice to an agent."""
    return token.kind in (TokenKind.AGENT_REPLY, TokenKind.AGENT_NOTE)


def holds_customer_token(case: Case, ticket: TicketFacts) -> bool:
    """Whether the sender has a mail of ours about this ticket that was sent to them."""
    return any(
        signal.token is not None
        and signal.token.kind is TokenKind.CUSTOMER
        and case.found.target(signal.ticket_id) == ticket.id
        and tokens.issued_to(case.desk.keys, signal.token, case.sender.address)
        for signal in case.thread.signals
    )


def doubt_about_customer(case: Case, ticket: TicketFacts) -> str:
    """Why a participant's From is not believed; empty when it is.

    A trusted server that looked and found a domain without any policy is no reason: small senders have none.
    """
    checked = case.sender.authentication
    if checked.verdict is Verdict.FAIL:
        return checked.evidence
    if checked.verdict is Verdict.PASS or checked.checked or not can_be_known(case.envelope, case.desk):
        return ""
    if holds_customer_token(case, ticket):
        return ""
    return checked.evidence


def doubt_about_agent(case: Case, agent: Agent) -> str:
    """Why a mail in an agent's name is not believed to be theirs; where nothing can be known there is no doubt yet."""
    if not agent.active:
        return f"agent {agent.name} is not active"
    login = fold(case.envelope.authenticated_as)
    if login:
        return "" if login in map(fold, agent.addresses) else "SMTP AUTH as somebody else"
    if can_be_known(case.envelope, case.desk) and not case.sender.authentication.strong:
        return f"From is not authenticated ({case.sender.authentication.evidence})"
    return ""


def _is_for(case: Case, agent: Agent, token: Token) -> bool:
    return any(tokens.issued_to(case.desk.keys, token, address) for address in agent.addresses)


def _proof(case: Case) -> str:
    return case.sender.authentication.evidence
