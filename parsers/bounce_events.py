"""Bounces that a sending service tells as JSON by mail: Amazon SES through SNS (its `notificationType: Bounce`).

Source: the SES developer guide, "Amazon SNS notification contents". Only what the service itself names is taken over.
"""

import json
from typing import Any

from parsers.mail import Bounce, BouncedRecipient
from parsers.reports import MAX_RECIPIENTS, clean_address, one_diagnostic, outcome

_CLASS_OF_TYPE = {"permanent": "5.0.0", "transient": "4.0.0", "undetermined": "5.0.0"}
_MAX_JSON = 64 * 1024


def is_event_sender(sender: str) -> bool:
    """Whether a From value is that of the notification service."""
    return clean_address(sender).endswith(("@sns.amazonaws.com", "@amazonses.com"))


def read_event(sender: str, text: str) -> Bounce | None:
    """The bounce that a service's JSON tells, or None if the mail is none of it."""
    if not is_event_sender(sender):
        return None
    event = _object(_first_json(text[:_MAX_JSON]))
    bounce, mail = _object(event.get("bounce")), _object(event.get("mail"))
    told = bounce.get("bouncedRecipients")
    if "Bounce" not in {event.get("notificationType"), event.get("eventType")} or not isinstance(told, list):
        return None
    default = _CLASS_OF_TYPE.get(str(bounce.get("bounceType", "")).lower(), "")
    recipients = (_recipient(_object(item), default) for item in told[:MAX_RECIPIENTS])
    identifier = _object(mail.get("commonHeaders")).get("messageId", "")
    return Bounce(
        recipients=tuple(recipient for recipient in recipients if recipient.address),
        original_message_id=identifier.strip() if isinstance(identifier, str) else "",
    )


def _first_json(text: str) -> Any:
    start = text.find("{")
    try:
        return json.JSONDecoder().raw_decode(text, start)[0] if start >= 0 else None
    except (ValueError, RecursionError):
        return None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _recipient(item: dict[str, Any], default: str) -> BouncedRecipient:
    diagnostic = one_diagnostic(str(item.get("diagnosticCode", "")))
    status, status_class, action = outcome(
        status=_status(item.get("status")) or default, action=str(item.get("action", "failed")).lower()
    )
    return BouncedRecipient(
        address=clean_address(str(item.get("emailAddress", ""))),
        status=status,
        status_class=status_class,
        action=action,
        diagnostic=diagnostic.removeprefix("smtp;").strip(),
    )


def _status(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return text if text[:2] in {"2.", "4.", "5."} and text.replace(".", "").isdecimal() else ""
