"""A bare thanks, and what only looks like one."""

import pytest

from rules.thanks import is_bare_thanks

THANKS = [
    "Thanks!",
    "thank you very much",
    "Thx",
    "OK, thanks a lot.",
    "Perfect. Thank you!\n\nBob",
    "Thanks again, Anna!",
    "Danke",
    "Vielen Dank für die schnelle Hilfe!",
    "Super, danke!\nViele Grüße\nJörg",
    "Merci beaucoup !",
    "Parfait, merci",
    "¡Muchas gracias!",
    "Perfecto, gracias por su ayuda",
    "Grazie mille",
    "Muito obrigado!",
    "Hartelijk dank",
    "Bedankt, top!",
    "Tack så mycket",
    "Tusen takk",
    "Mange tak",
    "Kiitos paljon",
    "Dziękuję bardzo",
    "Děkuji",
    "Ďakujem",
    "Köszönöm szépen",
    "Mulțumesc mult",
    "Спасибо большое!",
    "Дякую",
    "Благодаря",
    "Çok teşekkürler",
    "Ευχαριστώ πολύ",
    "Hvala lijepa",
    "Aitäh",
    "Paldies",
    "Ačiū",
    "ありがとうございます。",
    "谢谢！",
    "謝謝您",
    "감사합니다.",
    "תודה רבה",
    "شكرا جزيلا",
    "Cảm ơn bạn",
    "ขอบคุณครับ",
    "Terima kasih",
    "Thanks 👍🏽",
    "Hi Team, thank you!",
]
NOT_THANKS = [
    "",
    "OK",
    "Great",
    "Thanks, but it still fails",
    "Thanks. Urgent",
    "Thank you? Really?",
    "Thanks, please close it",
    "Danke, aber es geht nicht",
    "Merci, mais non",
    "Gracias pero no funciona",
    "Спасибо, не помогло",
    "谢谢，但是还是不行",
    "No thanks",
    "Thanks for nothing",
    "thanks broken",
    "I said thanks",
    "Thanks\n" * 100,
    "Thanks 3 more licences",
    "Thanks: Broken",
    "ありがとう、でも動きません",
]


@pytest.mark.parametrize("text", THANKS)
def test_a_thanks_in_any_language_is_recognised(text):
    assert is_bare_thanks(text)


@pytest.mark.parametrize("text", NOT_THANKS)
def test_a_mail_that_says_anything_more_is_no_bare_thanks(text):
    assert not is_bare_thanks(text)
