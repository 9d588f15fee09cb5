"""The language of a text: what the sender declared."""


def guess_language(text: str, declared: str = "") -> str:
    """The primary tag of the declared language, if there is a text."""
    return declared.partition("-")[0].strip().lower()[:8] if text else ""
