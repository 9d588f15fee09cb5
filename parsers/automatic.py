"""Whether a machine wrote the mail, by the two plainest signs."""

from parsers.mail import Automatic, AutomaticKind, Bounce
from parsers.parts import Structure


def classify(structure: Structure, text: str, subject: str, bounce: Bounce | None) -> Automatic:
    """Classify by a bounce and Auto-Submitted (RFC 3834) only."""
    if bounce is not None:
        return Automatic(kind=AutomaticKind.REPORT, acknowledge=False)
    submitted = structure.headers.get("auto-submitted").lower()
    if submitted.startswith("auto-"):
        return Automatic(kind=AutomaticKind.AUTO_GENERATED, acknowledge=False, evidence=(subject, text[:0]))
    return Automatic()
