"""The language of a customer's text is guessed from what help desks really get: a sentence or two."""

import time

import pytest

from parsers.languages import guess_language

SENTENCES: dict[str, str] = {
    "en": """My invoice from last month is wrong, could you please check it?
        I cannot log in to my account since yesterday.
        When will my order be delivered? It should have been here on Monday.
        The printer on the second floor does not work any more.
        Please cancel my subscription and send me a confirmation.
        Thanks for your quick answer, everything works again now.""",
    "de": """Meine Rechnung vom letzten Monat stimmt nicht, könnten Sie das bitte prüfen?
        Seit gestern kann ich mich nicht mehr anmelden.
        Wann wird meine Bestellung geliefert? Sie sollte am Montag da sein.
        Der Drucker im zweiten Stock funktioniert nicht mehr.
        Bitte kündigen Sie mein Abo und schicken Sie mir eine Bestätigung.
        Vielen Dank für die schnelle Antwort, jetzt geht alles wieder.""",
    "fr": """Ma facture du mois dernier est fausse, pourriez-vous la vérifier ?
        Je n'arrive plus à me connecter à mon compte depuis hier.
        Quand ma commande sera-t-elle livrée ? Elle devait arriver lundi.
        L'imprimante du deuxième étage ne fonctionne plus.
        Veuillez résilier mon abonnement et m'envoyer une confirmation.
        Merci pour votre réponse rapide, tout fonctionne à nouveau.""",
    "es": """Mi factura del mes pasado está mal, ¿podrían revisarla por favor?
        Desde ayer no puedo entrar en mi cuenta.
        ¿Cuándo llegará mi pedido? Tenía que estar aquí el lunes.
        La impresora del segundo piso ya no funciona.
        Por favor, cancelen mi suscripción y envíenme una confirmación.
        Gracias por la rápida respuesta, ahora todo funciona de nuevo.""",
    "pt": """A minha fatura do mês passado está errada, podem verificar por favor?
        Desde ontem não consigo entrar na minha conta.
        Quando será entregue a minha encomenda? Devia ter chegado na segunda-feira.
        A impressora do segundo andar não funciona mais.
        Por favor, cancelem a minha assinatura e enviem uma confirmação.
        Obrigado pela resposta rápida, agora está tudo a funcionar.""",
    "it": """La mia fattura del mese scorso è sbagliata, potete controllarla?
        Da ieri non riesco più ad accedere al mio account.
        Quando arriverà il mio ordine? Doveva essere qui lunedì.
        La stampante al secondo piano non funziona più.
        Vi prego di annullare il mio abbonamento e di mandarmi una conferma.
        Grazie per la rapida risposta, adesso funziona di nuovo tutto.""",
    "nl": """Mijn factuur van vorige maand klopt niet, kunt u dat nakijken?
        Sinds gisteren kan ik niet meer inloggen op mijn account.
        Wanneer wordt mijn bestelling geleverd? Die zou maandag komen.
        De printer op de tweede verdieping doet het niet meer.
        Wilt u mijn abonnement opzeggen en mij een bevestiging sturen?
        Bedankt voor het snelle antwoord, alles werkt nu weer.""",
    "sv": """Min faktura från förra månaden stämmer inte, kan ni kontrollera den?
        Sedan igår kan jag inte logga in på mitt konto.
        När kommer min beställning? Den skulle ha varit här i måndags.
        Skrivaren på andra våningen fungerar inte längre.
        Var vänlig och säg upp min prenumeration och skicka en bekräftelse.
        Tack för det snabba svaret, nu fungerar allt igen.""",
    "da": """Min faktura fra sidste måned er forkert, kan I kontrollere den?
        Siden i går kan jeg ikke logge ind på min konto.
        Hvornår bliver min ordre leveret? Den skulle have været her i mandags.
        Printeren på anden sal virker ikke længere.
        Vær venlig at opsige mit abonnement og sende mig en bekræftelse.
        Tak for det hurtige svar, nu virker det hele igen.""",
    "no": """Fakturaen min fra forrige måned er feil, kan dere sjekke den?
        Siden i går får jeg ikke logget inn på kontoen min.
        Når blir bestillingen min levert? Den skulle ha vært her på mandag.
        Skriveren i andre etasje virker ikke lenger.
        Vennligst si opp abonnementet mitt og send meg en bekreftelse.
        Takk for det raske svaret, nå fungerer alt igjen.""",
    "fi": """Viime kuun laskuni on väärin, voisitteko tarkistaa sen?
        En ole eilisen jälkeen päässyt kirjautumaan tililleni.
        Milloin tilaukseni toimitetaan? Sen piti olla täällä maanantaina.
        Toisen kerroksen tulostin ei enää toimi.
        Pyydän peruuttamaan tilaukseni ja lähettämään vahvistuksen.
        Kiitos nopeasta vastauksesta, nyt kaikki toimii taas.""",
    "pl": """Moja faktura z zeszłego miesiąca jest błędna, czy mogą państwo to sprawdzić?
        Od wczoraj nie mogę zalogować się na swoje konto.
        Kiedy zostanie dostarczone moje zamówienie? Miało być w poniedziałek.
        Drukarka na drugim piętrze już nie działa.
        Proszę anulować moją subskrypcję i przysłać mi potwierdzenie.
        Dziękuję za szybką odpowiedź, teraz wszystko znowu działa.""",
    "cs": """Moje faktura za minulý měsíc je špatně, můžete ji prosím zkontrolovat?
        Od včerejška se nemůžu přihlásit ke svému účtu.
        Kdy bude doručena moje objednávka? Měla tu být v pondělí.
        Tiskárna ve druhém patře už nefunguje.
        Prosím zrušte mé předplatné a pošlete mi potvrzení.
        Děkuji za rychlou odpověď, teď už zase všechno funguje.""",
    "sk": """Moja faktúra za minulý mesiac je nesprávna, môžete ju prosím skontrolovať?
        Od včera sa neviem prihlásiť do svojho účtu.
        Kedy bude doručená moja objednávka? Mala tu byť v pondelok.
        Tlačiareň na druhom poschodí už nefunguje.
        Prosím zrušte moje predplatné a pošlite mi potvrdenie.
        Ďakujem za rýchlu odpoveď, teraz už všetko opäť funguje.""",
    "hu": """A múlt havi számlám hibás, kérem, ellenőrizzék.
        Tegnap óta nem tudok belépni a fiókomba.
        Mikor szállítják ki a rendelésemet? Hétfőn kellett volna megérkeznie.
        A második emeleti nyomtató már nem működik.
        Kérem, mondják le az előfizetésemet, és küldjenek visszaigazolást.
        Köszönöm a gyors választ, most már minden működik.""",
    "ro": """Factura mea de luna trecută este greșită, o puteți verifica?
        De ieri nu mai pot intra în contul meu.
        Când va fi livrată comanda mea? Trebuia să ajungă luni.
        Imprimanta de la etajul doi nu mai funcționează.
        Vă rog să anulați abonamentul meu și să îmi trimiteți o confirmare.
        Mulțumesc pentru răspunsul rapid, acum totul funcționează din nou.""",
    "hr": """Moj račun za prošli mjesec nije točan, možete li ga provjeriti?
        Od jučer se ne mogu prijaviti na svoj račun.
        Kada će moja narudžba biti isporučena? Trebala je stići u ponedjeljak.
        Pisač na drugom katu više ne radi.
        Molim vas da otkažete moju pretplatu i pošaljete mi potvrdu.
        Hvala na brzom odgovoru, sada opet sve radi.""",
    "sl": """Moj račun za prejšnji mesec ni pravilen, ali ga lahko preverite?
        Od včeraj se ne morem prijaviti v svoj račun.
        Kdaj bo dostavljeno moje naročilo? Moralo bi priti v ponedeljek.
        Tiskalnik v drugem nadstropju ne deluje več.
        Prosim, odpovejte mojo naročnino in mi pošljite potrditev.
        Hvala za hiter odgovor, zdaj spet vse deluje.""",
    "et": """Minu eelmise kuu arve on vale, kas saaksite seda kontrollida?
        Alates eilsest ei saa ma oma kontole sisse logida.
        Millal minu tellimus kohale jõuab? See pidi esmaspäeval siin olema.
        Teise korruse printer ei tööta enam.
        Palun tühistage minu tellimus ja saatke mulle kinnitus.
        Tänan kiire vastuse eest, nüüd töötab kõik jälle.""",
    "lv": """Mans rēķins par iepriekšējo mēnesi ir nepareizs, vai varat to pārbaudīt?
        Kopš vakardienas nevaru pieslēgties savam kontam.
        Kad tiks piegādāts mans pasūtījums? Tam bija jābūt pirmdien.
        Printeris otrajā stāvā vairs nedarbojas.
        Lūdzu, atceliet manu abonementu un nosūtiet apstiprinājumu.
        Paldies par ātro atbildi, tagad viss atkal darbojas.""",
    "lt": """Mano praėjusio mėnesio sąskaita neteisinga, ar galite ją patikrinti?
        Nuo vakar negaliu prisijungti prie savo paskyros.
        Kada bus pristatytas mano užsakymas? Jis turėjo būti pirmadienį.
        Antro aukšto spausdintuvas nebeveikia.
        Prašau atšaukti mano prenumeratą ir atsiųsti patvirtinimą.
        Ačiū už greitą atsakymą, dabar viskas vėl veikia.""",
    "tr": """Geçen ayki faturam yanlış, lütfen kontrol eder misiniz?
        Dünden beri hesabıma giriş yapamıyorum.
        Siparişim ne zaman teslim edilecek? Pazartesi burada olmalıydı.
        İkinci kattaki yazıcı artık çalışmıyor.
        Lütfen aboneliğimi iptal edin ve bana bir onay gönderin.
        Hızlı cevabınız için teşekkürler, şimdi her şey yeniden çalışıyor.""",
    "id": """Tagihan saya bulan lalu salah, bisakah Anda memeriksanya?
        Sejak kemarin saya tidak bisa masuk ke akun saya.
        Kapan pesanan saya akan dikirim? Seharusnya sudah tiba hari Senin.
        Printer di lantai dua sudah tidak berfungsi.
        Mohon batalkan langganan saya dan kirimkan konfirmasi.
        Terima kasih atas jawaban cepatnya, sekarang semuanya berfungsi lagi.""",
    "vi": """Hóa đơn tháng trước của tôi bị sai, bạn có thể kiểm tra không?
        Từ hôm qua tôi không thể đăng nhập vào tài khoản.
        Khi nào đơn hàng của tôi được giao? Lẽ ra phải đến hôm thứ Hai.
        Máy in ở tầng hai không hoạt động nữa.
        Vui lòng hủy đăng ký của tôi và gửi cho tôi xác nhận.
        Cảm ơn bạn đã trả lời nhanh, bây giờ mọi thứ hoạt động lại rồi.""",
    "ca": """La meva factura del mes passat està malament, la podeu revisar si us plau?
        Des d'ahir no puc entrar al meu compte.
        Quan arribarà la meva comanda? Havia de ser aquí dilluns.
        La impressora del segon pis ja no funciona.
        Si us plau, cancel·leu la meva subscripció i envieu-me una confirmació.
        Gràcies per la resposta ràpida, ara tot torna a funcionar.""",
    "ru": """Мой счёт за прошлый месяц неверный, проверьте, пожалуйста.
        Со вчерашнего дня не могу войти в свой аккаунт.
        Когда доставят мой заказ? Он должен был прийти в понедельник.
        Принтер на втором этаже больше не работает.""",
    "uk": """Мій рахунок за минулий місяць неправильний, перевірте, будь ласка.
        З учорашнього дня не можу увійти до свого облікового запису.
        Коли доставлять моє замовлення? Воно мало бути в понеділок.
        Принтер на другому поверсі більше не працює.""",
    "bg": """Фактурата ми за миналия месец е грешна, бихте ли я проверили?
        От вчера не мога да вляза в профила си.
        Кога ще бъде доставена поръчката ми? Трябваше да е тук в понеделник.
        Принтерът на втория етаж вече не работи.""",
    "sr": """Мој рачун за прошли месец није тачан, можете ли да га проверите?
        Од јуче не могу да се пријавим на свој налог.
        Када ће моја поруџбина бити испоручена? Требало је да стигне у понедељак.
        Штампач на другом спрату више не ради.""",
    "el": """Ο λογαριασμός του προηγούμενου μήνα είναι λάθος, μπορείτε να τον ελέγξετε;
        Από χθες δεν μπορώ να συνδεθώ στον λογαριασμό μου.""",
    "he": """החשבונית שלי מהחודש שעבר שגויה, תוכלו לבדוק אותה?
        מאז אתמול אני לא מצליח להתחבר לחשבון שלי.""",
    "ar": """فاتورتي للشهر الماضي غير صحيحة، هل يمكنكم التحقق منها؟
        منذ أمس لا أستطيع الدخول إلى حسابي.""",
    "fa": """صورتحساب ماه گذشته من اشتباه است، لطفاً آن را بررسی کنید.
        از دیروز نمی‌توانم وارد حساب کاربری خود شوم.""",
    "hi": """मेरा पिछले महीने का बिल गलत है, कृपया जाँच करें।
        मैं कल से अपने खाते में लॉग इन नहीं कर पा रहा हूँ।""",
    "th": """ใบแจ้งหนี้เดือนที่แล้วของฉันไม่ถูกต้อง ช่วยตรวจสอบด้วย
        ตั้งแต่เมื่อวานฉันเข้าสู่ระบบไม่ได้""",
    "ko": """지난달 청구서가 잘못되었습니다. 확인해 주시겠습니까?
        어제부터 계정에 로그인할 수 없습니다.""",
    "ja": """先月の請求書が間違っています。ご確認をお願いします。
        昨日からアカウントにログインできません。""",
    "zh": """我上个月的账单有误，请帮忙核对一下。
        從昨天開始我無法登入我的帳戶。""",
}
TABLE = [(code, line.strip()) for code, lines in SENTENCES.items() for line in lines.splitlines()]
SHORT: dict[str, str] = {
    "fi": "Unohdin salasanani.",
    "de": """Danke, alles klar!
        Rechnung fehlt noch.
        Wir möchten kündigen.
        Bitte um Rückruf.""",
    "en": """I forgot my password.
        The app keeps crashing.
        Thanks a lot!
        Please call me back.
        Where is my order?
        It does not work.""",
    "fr": """Merci beaucoup !
        Où est ma commande ?
        Ça ne marche pas.""",
    "es": """Olvidé mi contraseña.
        ¿Dónde está mi pedido?
        Necesito una factura.""",
    "it": """Dov'è il mio ordine?
        Grazie mille!
        Non funziona niente.
        Mi serve una fattura.""",
    "pt": """Esqueci a minha senha.
        Onde está o meu pedido?
        Muito obrigado!
        Não funciona nada.
        Preciso de uma fatura.""",
    "nl": """Hartelijk dank!
        Het werkt niet.""",
    "pl": """Zapomniałem hasła.
        Dziękuję bardzo!
        Nic nie działa.""",
    "cs": """Zapomněl jsem heslo.
        Děkuji mnohokrát!
        Nic nefunguje.""",
    "sk": """Zabudol som heslo.
        Ďakujem veľmi pekne!""",
    "hu": """Hol van a rendelésem?
        Köszönöm szépen!""",
    "ro": """Am uitat parola.
        Unde este comanda mea?
        Mulțumesc frumos!""",
    "hr": """Zaboravio sam lozinku.
        Gdje je moja narudžba?
        Hvala lijepa!""",
    "sl": """Pozabil sem geslo.
        Kje je moje naročilo?""",
    "tr": """Şifremi unuttum.
        Siparişim nerede?
        Çok teşekkür ederim!""",
    "id": """Saya lupa kata sandi.
        Di mana pesanan saya?""",
    "et": """Unustasin parooli.
        Kus on minu tellimus?""",
    "lv": """Aizmirsu paroli.
        Kur ir mans pasūtījums?""",
    "lt": """Pamiršau slaptažodį.
        Kur yra mano užsakymas?""",
    "no": """Hva koster frakten til Tromsø?
        Bestillingen min er ikke kommet ennå.
        Vennligst send meg en kopi av fakturaen.
        Jeg har glemt passordet mitt.
        Appen krasjer hver gang jeg åpner den.
        Vi ønsker å si opp abonnementet vårt.
        Finnes det en oppdatering til programmet?
        Skjermen er svart når jeg starter maskinen.
        Kan dere endre leveringsadressen til Storgata 5?
        Det gikk bra, tusen takk for hjelpen!
        Hei, jeg lurer på om dere har åpent på søndag.
        Nettsiden deres er nede akkurat nå.
        Eg får ikkje logga inn på kontoen min.""",
    "da": """Hvad koster fragten til Odense?
        Min bestilling er ikke kommet endnu.
        Send mig venligst en kopi af fakturaen.
        Jeg har glemt min adgangskode.
        Appen går ned, hver gang jeg åbner den.
        Vi ønsker at opsige vores abonnement.
        Findes der en opdatering til programmet?
        Skærmen er sort, når jeg starter maskinen.
        Kan I ændre leveringsadressen til Storegade 5?
        Det gik godt, tusind tak for hjælpen!
        Hej, jeg vil høre, om I har åbent på søndag.
        Jeres hjemmeside er nede lige nu.
        Varen var i stykker, da jeg modtog den.""",
    "sv": """Vad kostar frakten till Umeå?
        Min beställning har inte kommit än.
        Skicka gärna en kopia på fakturan till mig.
        Jag har glömt mitt lösenord.
        Appen kraschar varje gång jag öppnar den.
        Vi vill säga upp vårt abonnemang.
        Finns det en uppdatering till programmet?
        Skärmen är svart när jag startar datorn.
        Kan ni ändra leveransadressen till Storgatan 5?
        Det gick bra, tusen tack för hjälpen!
        Hej, jag undrar om ni har öppet på söndag.
        Er hemsida ligger nere just nu.
        Varan var trasig när jag fick den.""",
}
BRIEF = [(code, line.strip()) for code, lines in SHORT.items() for line in lines.splitlines()]


def test_nearly_every_support_sentence_is_guessed_right() -> None:
    wrong = [(code, guess_language(line), line) for code, line in TABLE if guess_language(line) != code]
    assert len(wrong) <= len(TABLE) * 0.03, wrong


def test_a_few_words_are_enough_where_one_language_leads() -> None:
    wrong = [(code, guess_language(line), line) for code, line in BRIEF if guess_language(line) != code]
    assert len(wrong) <= len(BRIEF) * 0.03, wrong


@pytest.mark.parametrize("text", ["John Doe", "Foo Bar GmbH", "server01 error 5", "asdf qwer", "Jan de Vries"])
def test_names_tell_no_language(text: str) -> None:
    assert guess_language(text) == ""


@pytest.mark.parametrize("code", SENTENCES)
def test_a_mail_of_several_sentences_is_guessed_right(code: str) -> None:
    assert guess_language(SENTENCES[code]) == code


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("OK", "", ""),
        ("12345 67890 12345 67890 12345", "", ""),
        ("OK", "de-AT", "de"),
        ("OK", "pt_BR", "pt"),
        ("OK", "en, de", "en"),
        ("OK", "nb-NO", "no"),
        ("OK", "iw", "he"),
        ("OK", "<script>", ""),
        ("", "fr", "fr"),
        ("Der Drucker im zweiten Stock geht nicht mehr.", "en", "de"),
        ("https://www.example.org/the/and/of anna@the.example 4711-0815-2000", "", ""),
    ],
)
def test_what_is_too_short_takes_the_declared_language(text: str, declared: str, expected: str) -> None:
    assert guess_language(text, declared) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("ขอบคุณครับ ใช้งานได้แล้ว", "th"), ("תודה רבה לך", "he"), ("Ευχαριστώ", "el")]
)
def test_a_script_of_one_language_needs_no_long_text(text: str, expected: str) -> None:
    assert guess_language(text) == expected


def test_names_and_addresses_in_other_scripts_do_not_decide() -> None:
    text = "Hello, I am writing for my colleague Иван (ivan@example.org), who cannot log in. Please help us."
    assert guess_language(text) == "en"


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    started = time.perf_counter()
    guess_language("Der Drucker geht nicht. " * 50_000)
    assert time.perf_counter() - started < 0.1
