"""What a reader process sends: values that the daemon makes again from our own types alone."""

import pickletools

import parsers
from daemon.workers.reader import pack
from parsers.mail import AutomaticKind

ABSENCE = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"


def globals_of(packed: bytes) -> set[str]:
    """What unpickling looks up by name: "module name" of each."""
    operations = list(pickletools.genops(packed))
    texts = [str(value) for operation, value, _ in operations if operation.name == "SHORT_BINUNICODE"]
    assert any(operation.name == "STACK_GLOBAL" for operation, _, _ in operations)
    return {text for text in texts if text.startswith(("parsers.", "builtins", "copyreg", "datetime", "enum"))}


def test_a_result_names_nothing_but_our_own_types_and_moments() -> None:
    mail = parsers.parse(ABSENCE)
    assert mail.automatic.kind is not AutomaticKind.NONE
    assert globals_of(pack(mail)) <= {"parsers.mail", "datetime"}
