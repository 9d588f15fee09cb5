"""What customers write to a help desk about, in languages of Latin script: words for orders, bills, passwords, faults.

Plain data for `languages`, beside the small words of `language_tables`: a mail of four words has few of those.
"""

TOPICS: dict[str, str] = {
    "en": "order invoice password parcel package delivery shipping printer account login log forgot broken "
    "wrong refund cancel subscription copy address website app keeps call back cost much arrive arrived "
    "send sent bill screen works does doesn't missing attached attachment reset payment morning question "
    "update lost it's",
    "de": "bestellung rechnung passwort paket lieferung versand drucker konto anmelden einloggen vergessen "
    "kaputt falsch erstattung kündigen abo kopie adresse webseite stürzt zurückrufen rückruf kostet kommt "
    "schicken senden bildschirm stimmt fehlt anbei anhang zahlung morgen frage verloren alles klar ab "
    "jetzt klappt ständig möchten brauche warte angekommen erhalten heute gestern woche wochen geliefert "
    "defekt",
    "fr": "commande facture mot passe colis livraison imprimante compte connecter oublié cassé fausse faux "
    "remboursement annuler abonnement copie adresse site coûte combien arrive arrivé envoyer écran marche "
    "ça manque pièce jointe paiement question perdu beaucoup rappeler jour attends reçu aujourd'hui hier "
    "semaine semaines",
    "es": "pedido factura contraseña paquete envío impresora cuenta sesión iniciar olvidé olvidado roto mal "
    "reembolso cancelar suscripción copia dirección sitio cuesta cuánto llega llegó enviar pantalla falta "
    "adjunto pago pregunta perdido muchas llamar dónde nada necesito espero recibido hoy ayer semana "
    "semanas dinero",
    "it": "ordine fattura pacco spedizione consegna stampante accedere dimenticato rotto sbagliata sbagliato "
    "rimborso annullare abbonamento copia indirizzo sito costa quanto arriva arrivato inviare schermo "
    "manca allegato pagamento domanda perso mille richiamare niente serve aspetto oggi ieri settimana "
    "settimane dov'è adesso riesco soldi",
    "pt": "pedido fatura encomenda pacote envio entrega impressora entrar esqueci esquecido quebrado errada "
    "errado reembolso cancelar assinatura cópia endereço custa quanto chega chegou enviar tela ecrã falta "
    "anexo pagamento pergunta perdido muito ligar nada onde espero recebi recebido hoje ontem semana "
    "semanas dinheiro agora",
    "nl": "bestelling factuur wachtwoord pakket levering verzending printer inloggen vergeten kapot fout klopt "
    "terugbetaling opzeggen annuleren abonnement kopie adres site kost hoeveel aankomt sturen scherm "
    "werkt ontbreekt bijlage betaling vraag kwijt hartelijk terugbellen nieuwe ontvangen vandaag gisteren "
    "week weken doet komt geld",
    "sv": "beställning faktura lösenord paket leverans frakt frakten skrivaren konto logga glömt trasig fel "
    "återbetalning säga upp avsluta prenumeration abonnemang kopia adress hemsida kraschar kostar kommer "
    "kommit skicka skärmen svart saknas bilagan betalning fråga borta tusen ringa öppnar öppet öppna "
    "varje gång hjälpen veckor vecka ändra er ert ligger startar datorn varan gick undrar bra",
    "da": "muligt december billedet bestilling ordre faktura adgangskode kodeord pakke pakken levering fragt "
    "fragten printeren konto logge glemt stykker forkert refusion opsige annullere abonnement kopi "
    "adresse hjemmeside går ned koster kommer kommet sende skærmen sort mangler vedhæftet vedhæftningen "
    "betaling spørgsmål væk tusind ringe tilbage åbner åbent åbne gang uger uge ændre jeres starter varen "
    "gik høre godt ventet hvad hvornår endnu modtog modtaget nye ny",
    "no": "mulig desember bildet bestilling bestillingen ordre faktura passord passordet pakke pakken levering "
    "frakt frakten skriveren konto logge glemt stykker feil refusjon si opp avslutte abonnement kopi "
    "adresse nettside nettsiden krasjer koster kommer kommet sende skjermen svart mangler vedlagt "
    "vedlegget betaling spørsmål borte tusen ringe tilbake åpner åpent åpne gang uker uke endre deres "
    "starter varen gikk lurer bra ventet hva når ennå mottok mottatt nye ny hjelpen",
    "fi": "tilaus tilaukseni lasku salasana salasanan salasanani paketti pakettini toimitus tulostin tili "
    "kirjautua kirjautumaan unohdin rikki väärä väärin hyvitys peruuttaa peruuta irtisanoa tilauksen "
    "kopio osoite sivusto kaatuu maksaa paljonko milloin saapuu saapunut lähettää näyttö puuttuu liite "
    "liitteenä maksu kysymys kadonnut paljon soittaa avaan haluamme pääse auttaa voitteko sovellus",
    "pl": "zamówienie faktura fakturę hasło hasła paczka przesyłka dostawa drukarka konto zalogować zapomniałem "
    "zapomniałam zepsuty błędna błąd zwrot anulować subskrypcja kopia kopię adres strona kosztuje ile "
    "przyjdzie dotarła wysłać ekran brakuje załącznik płatność pytanie moja teraz nic oddzwonić dziś "
    "wczoraj tydzień",
    "cs": "objednávka objednávku faktura fakturu heslo hesla balík zásilka doručení dodání tiskárna účet "
    "přihlásit zapomněl zapomněla jsem rozbitý chybná chyba vrácení zrušit předplatné kopii adresa "
    "stránka stojí kolik přijde dorazil poslat obrazovka chybí příloha platba dotaz děkuji teď mnohokrát "
    "nic zavolat dnes včera týden",
    "sk": "objednávka objednávku faktúra faktúru heslo hesla balík zásielka doručenie dodanie tlačiareň účet "
    "prihlásiť zabudol zabudla som pokazený chybná chyba vrátenie zrušiť predplatné kópiu adresa stránka "
    "stojí koľko príde dorazil poslať obrazovka chýba príloha platba otázka ďakujem teraz pekne nič "
    "zavolať dnes včera týždeň kedy",
    "hu": "rendelés rendelésem számla számlát jelszó jelszavam jelszavamat csomag csomagom szállítás nyomtató "
    "fiók bejelentkezni elfelejtettem rossz hibás visszatérítés lemondani törölni előfizetés másolat cím "
    "honlap mennyibe kerül érkezik megérkezett küldeni képernyő hiányzik csatolva fizetés kérdés "
    "elveszett szépen működik hol tudok",
    "ro": "comanda factura parola coletul colet livrare imprimanta cont autentific uitat stricat greșit greșită "
    "rambursare anula abonament copie adresa site costă cât ajunge ajuns trimite ecran lipsește atașat "
    "plata întrebare pierdut frumos merge unde azi ieri săptămână",
    "hr": "narudžba narudžbu račun lozinka lozinku paket dostava pisač prijaviti prijava zaboravio zaboravila "
    "pokvaren pogrešan povrat otkazati pretplata kopiju adresa stranica košta koliko stiže stigao poslati "
    "zaslon nedostaje prilog plaćanje pitanje izgubljen hvala lijepa radi gdje nazvati danas ima imate li "
    "novosti ovome ovom molim svoj",
    "sl": "naročilo naročila račun geslo gesla paket dostava tiskalnik prijaviti prijava pozabil pozabila "
    "pokvarjen napačen vračilo preklicati naročnina kopijo naslov stran stane koliko prispe prispel "
    "poslati zaslon manjka priloga plačilo vprašanje izgubljen lepa dela kje poklicati danes",
    "et": "tellimus arve parool parooli pakk saadetis tarne printer konto logida unustasin katki vale "
    "tagasimakse tühistada tellimuse koopia aadress leht maksab palju saabub saabus saata ekraan puudub "
    "manuses makse küsimus kadunud aitäh suur kus helistada töötab sisse",
    "lv": "pasūtījums rēķins parole paroli paka sūtījums piegāde printeris konts pieslēgties aizmirsu salauzts "
    "nepareizs atmaksa atcelt abonements kopija adrese lapa maksā cik pienāks sūtīt ekrāns trūkst "
    "pielikums maksājums jautājums pazudis liels zvanīt",
    "lt": "užsakymas užsakymo sąskaita slaptažodis slaptažodį siuntinys siunta pristatymas spausdintuvas "
    "paskyra prisijungti pamiršau sugedęs neteisinga grąžinimas atšaukti prenumerata kopija adresas "
    "puslapis kainuoja kiek atvyks siųsti ekranas trūksta priedas mokėjimas klausimas dingo labai "
    "paskambinti",
    "tr": "sipariş siparişim fatura faturam şifre şifremi paket kargo teslimat yazıcı hesap hesabım giriş "
    "unuttum bozuk yanlış iade iptal abonelik kopya adres site tutar kaç geldi gelecek gönderin ekran "
    "eksik ekte ödeme soru kayıp nerede aramak bugün dün hafta",
    "id": "pesanan tagihan faktur sandi paket pengiriman printer akun masuk lupa rusak salah pengembalian "
    "batalkan langganan salinan alamat situs biaya berapa tiba sampai kirim layar hilang lampiran "
    "pembayaran pertanyaan banyak telepon dimana berfungsi",
    "vi": "đơn hàng hóa mật khẩu gói giao máy in tài khoản đăng nhập quên hỏng sai hoàn tiền hủy bản sao địa "
    "chỉ phí bao nhiêu gửi màn hình thiếu đính kèm thanh toán câu hỏi mất đâu nhiều gọi động hoạt",
    "ca": "comanda factura contrasenya paquet enviament impressora compte sessió iniciar oblidat trencat "
    "malament reemborsament cancel·lar subscripció còpia adreça lloc costa quant arriba arribat enviar "
    "pantalla falta adjunt pagament pregunta perdut moltes trucar res necessito avui ahir setmana meva",
}

CYRILLIC_TOPICS: dict[str, str] = {
    "ru": "счёт счет пароль посылка посылку доставка доставили принтер аккаунт войти забыл забыла сломан "
    "неверный возврат отменить подписка копию адрес сайт стоит сколько придёт пришёл пришла отправить экран "
    "работает оплата вопрос моя моё мои всё ничего сегодня вчера неделя прошу заказ деньги помогите ответа",
    "uk": "рахунок пароль посилка посилку доставка доставили принтер акаунт увійти забув забула зламаний "
    "невірний повернення скасувати підписка копію адреса сайт коштує скільки прийде прийшов прийшла "
    "надіслати екран працює оплата питання моя моє мої все нічого сьогодні вчора тиждень прошу замовлення "
    "гроші допоможіть відповіді",
    "be": "рахунак пароль пасылка пасылку дастаўка прынтар увайсці забыў забыла зламаны вяртанне адмяніць "
    "падпіска копію адрас сайт каштуе колькі прыйдзе прыйшоў адправіць экран працуе аплата пытанне мая маё "
    "усё нічога сёння ўчора тыдзень замова грошы дапамажыце",
    "bg": "фактура парола пратка пратката доставка принтер принтерът акаунт вляза забравих счупен грешен "
    "връщане отказ отменя абонамент копие адрес сайт струва колко пристигне пристигна изпрати екран плащане "
    "въпрос моят моите всичко нищо днес вчера седмица поръчката пари помогнете",
    "sr": "рачун лозинка пакет испорука штампач налог пријавим заборавио заборавила покварен погрешан повраћај "
    "откажем претплата копију адреса сајт кошта колико стићи стигао пошаљете екран плаћање питање моја моје "
    "све ништа данас јуче недеља новац помозите",
    "mk": "сметка лозинка пакет испорака печатач најавам заборавив расипан погрешен враќање откажам претплата "
    "копија адреса сајт чини колку стигне пристигна испратите екран плаќање прашање моја мое сè ништо денес "
    "вчера недела пари помогнете",
}
