"""Signatures: what is split off below a reply, and what only looks like one and stays."""

from pathlib import Path

import pytest

from parsers.signatures import find_signature

DEVICES = (Path(__file__).parent / "replies" / "devices.list").read_text(encoding="utf-8").splitlines()

SIGNATURES = [
    "-- \nBob",
    "--\nBob\nAcme",
    "—\nReply to this email directly or view it on GitHub<https://github.com/example>.",
    "-Ann Lee",
    "- Bob",
    "_______________________________________________\nusers mailing list\nusers@lists.example.com",
    "***********\nBob Smith\nAcme",
    "Best regards,\nBob Smith\nCEO, Acme Inc.\nTel. +1 555 123 4567\nwww.example.com",
    "Mit freundlichen Grüßen\n\nAnna Schmidt\nVertrieb\n\nFirma GmbH\nStraße 3\n12345 Berlin\nTel.: +49 30 1234",
    "Cordialement,\nJean Dupont\nDirecteur",
    "С уважением,\nИван Петров\nООО Ромашка\n+7 495 123-45-67",
    "This e-mail and any attachments are confidential.\nIf you are not the intended recipient, delete it.",
    "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.",
    "Ce message et ses pièces jointes sont confidentiels et destinés à l'usage de son destinataire.",
    "Este mensaje y sus archivos adjuntos son confidenciales.",
    "Questo messaggio contiene informazioni riservate.",
    "Dit bericht is vertrouwelijk.",
    "Esta mensagem é confidencial.",
    "Это сообщение конфиденциально.",
    "Virus-free. www.example.com",
    *DEVICES,
]
KEPT = [
    "Thanks!",
    "Cheers,\nBob",
    "Best regards,\nBob Smith",
    "Thanks,\n\nBob\n\nPS: one more thing, can you call me?",
    "Options:\n- Milk",
    "Sent from the warehouse yesterday, the parcel never arrived.",
    "Sent from my desk, is much easier than my mobile phone.",
    "My number is +49 30 123456 and my address\nSmith Street 3\n12345 Berlin",
    "The environment is staging, and the message in the log is long.",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_below_words_is_found_whole(signature: str) -> None:
    lines = ["My answer.", "", *signature.split("\n")]
    assert find_signature(lines) == {at for at in range(2, len(lines)) if lines[at]}


@pytest.mark.parametrize("words", KEPT)
def test_words_that_resemble_a_signature_stay(words: str) -> None:
    assert find_signature(["My answer.", "", *words.split("\n")]) == frozenset()


def test_a_device_line_above_other_words_is_split_off_alone() -> None:
    lines = ["Sent from my iPhone", "", "But I forgot to say that the second printer is broken too, please come!"]
    assert find_signature(lines) == {0}


def test_a_rule_above_prose_is_no_signature() -> None:
    prose = "This paragraph under the rule goes on for so long that nobody would take it for a signature at all."
    assert find_signature(["Above.", "", "=====", prose]) == frozenset()
