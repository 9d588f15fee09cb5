"""What tells languages apart: small words, endings and letters of those written in Latin script, scripts of the others.

Plain data for `languages`; a word may stand in several lists and then counts less in each.
"""

WORDS: dict[str, str] = {
    "en": "the and of to in is that it for you was with on as have are be this not but at by from or had they "
    "we my your i an been has can could would will when what which there their do does did if our please "
    "thank thanks hello dear regards problem help any after since again how why where about me us am no "
    "yes just only still also than more some need want get don't can't working",
    "de": "der die das und ist nicht ich sie wir ein eine einen einem einer mit auf für von zu den dem des im "
    "bei auch es wie aus an nach noch nur oder aber wenn werden wird wurde haben hat habe kann können "
    "bitte danke hallo ihr ihre ihnen mein meine mir uns unser kein keine mehr schon seit sehr als um was "
    "wo zum zur über vielen grüße freundlichen problem leider dass sich bin sind war hier diese dieser "
    "immer wieder ihren guten tag gerne möchte funktioniert geht",
    "fr": "le la les de des du et est un une en que qui pour dans pas ne je vous nous il elle sur avec au aux "
    "ce cette ces mon ma mes votre vos notre nos sont été être avoir j'ai c'est n'est mais ou où plus par "
    "si bonjour merci depuis très comme tout tous fait peut pouvez veuillez problème cordialement leur "
    "d'un d'une qu'il suis ai avons avez lors encore aussi même toujours s'il plaît peux impossible "
    "fonctionne quand comment pourquoi doit saisissez sélectionnez utilisateur page erreur autre chaque "
    "ici maintenant entre celui ont peuvent sera",
    "es": "el la los las de del y que en un una es no por para con se su sus lo al como más pero mi me le ha he "
    "hay está están son muy este esta estos esto cuando donde qué cómo gracias hola buenos días buenas "
    "tardes usted ustedes desde sin sobre también ya nos puede puedo pueden favor saludos problema ser "
    "estoy tengo tiene hace todo todos sí o porque nuestro nuestra mis fue han así quiero necesito ayuda "
    "correo funciona pedido hasta debe esa ese fueron será introduzca seleccione usuario contraseña "
    "página él ella otro otra cada aquí ahora entre dentro",
    "it": "il lo la i gli le di del della dei delle dell e è che in un una uno non per con si sono da dal dalla "
    "al alla nel nella mi ho ha hanno abbiamo questo questa come ma anche più se ci vi grazie buongiorno "
    "ciao salve saluti cordiali quando dove perché mio mia vostro vostra nostro sul sulla problema essere "
    "stato stata può posso potete molto tutto già ancora ne cosa su dopo l'ordine vorrei funziona gentile "
    "fare senza allora sempre distinti ricevuto inserisci deve stati altro altra ogni qui ora tra fra "
    "utente password pagina selezionare questi queste quale quali",
    "pt": "o a os as de do da dos das e que em um uma é não por para com se no na nos nas ao mais como mas foi "
    "são está estão meu minha eu você vocês nós ele ela isso este esta já muito também só quando onde "
    "obrigado obrigada olá bom dia boa tarde gostaria favor tem tenho pode posso seu sua pelo pela até "
    "sem sobre atenciosamente cumprimentos problema ser estou ter fazer há me lhe nosso nossa ainda todos "
    "consigo conta funciona porque preciso pedido desde deve essa esse foram será insira selecione "
    "usuário utilizador senha página erro numa num dele dela nesta neste há-de ambos outro outra",
    "nl": "de het een en van ik je is dat in te niet op voor met zijn er aan die hebben heeft ook als maar om "
    "naar bij dan dit wij we u uw mijn kan kunnen kunt geen nog wel door over uit worden wordt werd was "
    "waar wat hoe wie graag bedankt dank hallo beste groet groeten vriendelijke alvast heb sinds meer "
    "zeer goed niets deze ons onze zou wil moet al altijd weer probleem mij me werkt gaat hoor of ben nu",
    "sv": "och att det som en på är av för med den till inte om ett har jag de vi så kan från när men var ska "
    "skulle nu eller mig min mitt mina ni er du han hon dem detta denna hej tack mvh hälsningar vänliga "
    "sedan måste vara blir blev vad hur varför efter också mycket utan mer inget ingen något någon får "
    "fick vill hade under upp ut här där igen vår vårt era fungerar går alla oss inga bara hälsning sig "
    "din ditt ange välj användare finns kanske andra samma mellan dessa innan kunde",
    "da": "og at det som en på er af for med den til ikke om et har jeg de vi så kan fra når men var skal ville "
    "nu eller mig min mit mine i jer du han hun dem dette denne hej tak venlig hilsen mvh siden må være "
    "bliver blev hvad hvordan hvorfor efter også meget uden mere intet ingen noget nogen får fik vil "
    "havde op ud her der igen vores jeres virker kunne nogle selv bedes gerne venligst fået hvornår kun "
    "lige sig bruger brugt blevet både findes din dit anden mellem hvis skulle kunde inden endnu stadig "
    "måske vælg indtast angiv disse mens hjælp ind længere fejl uge hos sal kom gå end hjemmeside sådan "
    "ukendt tilladt tilgængelig rigtig været gør gøre siger job færre følgende hvilken henvendelse besked "
    "adgangskode",
    "no": "og at det som en på er av for med den til ikke om et har jeg de vi så kan fra når men var skal ville "
    "nå eller meg min mitt mine dere du han hun dem dette denne hei takk vennlig hilsen mvh siden må være "
    "blir ble hva hvordan hvorfor etter også mye uten mer ingenting ingen noe noen får fikk vil hadde opp "
    "ut her der igjen vår vårt deres fungerer kunne selv gjerne vennligst fått bare seg hvor skulle "
    "ønsker hjelp ikkje ein eit eg frå dei vere vore korleis kva kvifor vart vert nokon noko dersom berre "
    "desse blitt både finnes ditt velge før brukt selve tillatelse bruker annen fortsatt kanskje mellom "
    "inn lenger etasje uke feil hos viser enn nettsted nettsiden gå lik slik ukjent tillatt tilgjengelig "
    "riktig vært gjør gjøre sier jobb færre følgende hvilken henvendelse melding beskjed",
    "fi": "ja on ei että se en olen ole oli mutta kun niin kuin myös jos tai vain nyt mitä miten miksi missä "
    "minun minulla minulle sinä me te he tämä tämän tässä tätä siitä sen sitä ovat voi voin voitte "
    "voisitte hei moi kiitos terveisin ystävällisin jälkeen kanssa ennen vielä jo aina kaikki mikä joka "
    "jotka hän ollut olla ettei eikä toimi saan saa olisi haluan ongelma tilaus päivää asti sähköposti "
    "voinko uudelleen kiitoksia mahdollista valitse käyttäjä salasana sivu virhe anna täytyy pitää "
    "pitäisi uusi uuden enää näitä nämä niitä ne niiden takaisin eilen tänään saanut saada lasku sitten "
    "vaikka koska",
    "pl": "i w na z do nie się że jest to jak ale o od po za co tak już tylko lub oraz dla przez przy są był "
    "była było być mam mamy może można mogę proszę dziękuję dzień dobry witam pozdrawiam czy gdy kiedy "
    "gdzie dlaczego mój moja moje nasz państwa pan pani ten ta te tego tej tym jego ich mi mnie nam "
    "bardzo jeszcze również problem bez który która które zamówienie działa chciałbym pomoc ponieważ aby "
    "żeby nadal",
    "cs": "a v na se je že to s z do ale jak jako o od po za co tak už jen nebo pro při jsou byl byla bylo být "
    "mám máme může mohu prosím děkuji děkuju dobrý den zdravím pozdravem když kde proč můj moje naše vás "
    "vám váš mi mě nám velmi ještě také problém bez který která které jsem jsme jste není nelze si tento "
    "tato toto této by ho ji jeho jejich ve ze již mnoho nefunguje objednávka chtěl bych zadejte použijte "
    "pokud uživatel musí bude vybraný neexistuje kterého nebyl nebyla mohli všechny právě potom údaje "
    "objekt tuto tímto patře druhém teď zase včera mého svého mé mojí",
    "sk": "a v na sa je že to s z do ale ako o od po za čo tak už len alebo pre pri sú bol bola bolo byť mám "
    "máme môže môžem prosím ďakujem dobrý deň zdravím pozdravom keď kde prečo môj moje naše vás vám váš "
    "mi ma nám veľmi ešte tiež problém bez ktorý ktorá ktoré som sme ste nie nedá si tento táto toto "
    "tejto by ho ju jeho ich vo zo mnoho nefunguje objednávka chcel bych nemôžem stále aj iba zadajte "
    "použite ak používateľ musí bude vybraný neexistuje ktorého nebol nebola mohli všetky práve potom "
    "údaje objekt poschodí druhom teraz opäť včera môjho svojho mojej",
    "hu": "a az és hogy nem is egy van volt de meg csak már még el ki be ha mert vagy mint ez ezt azt aki ami "
    "amely kell lehet kérem köszönöm tisztelt üdvözlettel üdv szia jó napot hogyan miért hol mikor nekem "
    "én mi ti ők ön önök minden nagyon után alatt előtt óta által szerint sem nincs vagyok lenne lesz "
    "tudom tudok tud kérném probléma segítség rendelés működik szeretném most itt ott mit amikor egyik "
    "másik legyen felhasználó jelszó oldal hiba adja válassza önnek lett ezek azok vissza újra nélkül "
    "között",
    "ro": "și şi de la în a cu pe nu este că o un din pentru să se mai am ai ați avem au sunt dar sau ce care "
    "cum când unde mi îmi vă ne meu mea mele nostru noastră dumneavoastră bună ziua mulțumesc mulţumesc "
    "salut stimă respect după fără foarte prin până fost dacă acest această aceasta acum tot toate nici "
    "deja problema comanda vreau doresc rog te e lui ei lor le îi funcționează pot poate putea către "
    "despre el ea",
    "hr": "i je u na se da ne za s od do su sam smo ste što koji koja koje kao ali ili već samo ako kada gdje "
    "zašto kako mi me vas vam nam naš naša vaš moj moja moje ovo ova ovaj to taj nije nisam može možete "
    "mogu molim hvala poštovani poštovanje pozdrav dobar dan biti bio bila bilo još vrlo jako bez prema "
    "nakon iz po pri kod problem narudžba li ga ih sve uvijek lijep tijekom trebam htio bih sada biste "
    "ćete morate odaberite molimo korisnik lozinka stranica pogreška vaše svoju drugi nisu ovog ovu niste "
    "također ukoliko budući prije zadnji ponovo došlo račun računa preko uz više jučer opet drugom moju "
    "mojeg svoj prošli",
    "sl": "in je v na se da ne za s z od do so sem smo ste kaj ki kot ampak ali že samo če ko kje zakaj kako mi "
    "me vas vam nam naš naša vaš moj moja moje to ta ni nisem lahko moram prosim hvala spoštovani "
    "pozdravljeni pozdrav lep dober dan biti bil bila bilo še zelo brez po pri iz problem naročilo ga jih "
    "vse vedno sta bi tudi imam imamo želim deluje kdaj sedaj zdaj zato pa tega boste bodo ter kadar naj "
    "morate prosimo vnesite izbrani uporabnik oziroma geslo stran napaka drugo svoje niso kateri ker pred "
    "zadnji znova prišlo račun računa več včeraj spet drugem mojo mojega svoj prejšnji vaše vašim ogled "
    "izbiro možnost mora vrednosti vendar vsebovati urejanje nimate niti katero",
    "et": "ja on ei et see ma me te ta kui aga ka ning või siis juba ainult veel nüüd mis kes kuidas miks kus "
    "millal minu meie teie tema oma selle seda sellest olen oleme olete oli olnud saab saan saate palun "
    "tänan aitäh tere tervitades lugupidamisega pärast enne kuni ilma koos väga kõik midagi mida ole pole "
    "olla tööta probleem tellimus soovin abi teha saanud vaja kas mul meil mulle nii alates sisesta vali "
    "peab võib olema kasutaja parool leht viga neid need nende uuesti kinni hiljem tagasi mitte muuda "
    "kuid eile täna",
    "lv": "un ir ar ka no uz par es mēs jūs viņš tas tā šis šī bet vai arī jau tikai vēl kā kas kur kad kāpēc "
    "man mans mana mūsu jūsu lūdzu paldies labdien sveiki cieņu pēc pirms līdz bez ļoti viss visi nav "
    "esmu esam bija būt varu var varat nevaru problēma pasūtījums strādā vēlos palīdzību lai ja to tiek "
    "pie manā manu nedarbojas tagad vairs šo kopš netiek saņēmu",
    "lt": "ir yra su kad iš į už apie aš mes jūs jis tai ta šis ši bet ar taip pat jau tik dar kaip kas kur "
    "kada kodėl man mano mūsų jūsų prašau ačiū laba diena sveiki pagarba po prieš iki be labai viskas "
    "visi nėra esu esame buvo būti galiu gali galite negaliu problema užsakymas veikia noriu pagalba jei "
    "to dėl nuo nes arba tačiau neveikia prie pagal savo tą šiuo prašome",
    "tr": "ve bir bu da de için ile çok ne var yok mi mı değil olarak ben biz siz o daha ama gibi kadar sonra "
    "önce en her şey nasıl neden nerede zaman merhaba teşekkürler teşekkür ederim lütfen saygılarımla iyi "
    "günler sayın bana bize size benim bizim sizin olan oldu olduğu olur ediyorum edebilir misiniz "
    "istiyorum sorun yardım sipariş hala henüz artık beri ya veya hiç şu ki eder çalışmıyor şekilde "
    "tarafından alamıyorum",
    "id": "yang dan di ini itu untuk dengan tidak saya kami anda dari ke pada adalah akan sudah telah bisa "
    "dapat ada juga atau karena jika kalau apa bagaimana mengapa kenapa kapan mana mohon tolong terima "
    "kasih selamat pagi siang hormat salam lebih sangat masih belum lagi hanya semua oleh setelah sebelum "
    "sejak tetapi tapi masalah pesanan bantuan harap bapak ibu kita mereka dia nya agar seperti dalam "
    "tersebut silakan ingin",
    "vi": "và của là có không tôi cho được với các trong một những này đã khi đến từ cũng như để thì rất nhưng "
    "vì nếu hay hoặc tại sao xin vui lòng cảm ơn chào kính trân trọng bạn chúng anh chị em vẫn chưa sẽ "
    "đang bị làm ra vào lên lại về nào gì đây đó giúp lỗi hàng ngày tài khoản thể nhận mới sau trước việc "
    "hệ thống người theo",
    "ca": "el la els les de del dels i que en un una és no per amb es seu seva ho al com més però meu meva em "
    "li ha he hi està estan són molt aquest aquesta aquests això quan on què gràcies hola bon dia bones "
    "tardes vostè des sense sobre també ja ens pot puc poden si us plau salutacions problema ser estic "
    "tinc té fa tot tots perquè nostre nostra meves fins any hem pel pels ajuda comanda funciona vull "
    "necessito d'un d'una l'ordre cordialment podeu rebut heu han aquells cal usuari contrasenya pàgina "
    "ell ella altre altra cada aquí ara entre dins introduïu seleccioneu vosaltres teniu",
}

ENDINGS: dict[str, str] = {
    "en": "ing tion ness ally ment ould ough ight",
    "de": "ung ungen lich keit heit isch chen ieren sch tz",
    "fr": "tion eux euse ement aient iez ais eau ique oir",
    "es": "ción ciones mente idad ado ando iendo aje ña ño",
    "it": "zione zioni mente ità ato ando endo gli cchi ezza",
    "pt": "ção ções mente dade ado ando endo agem ões ão nha lho",
    "nl": "ing heid lijk ijk oek aar atie eren ijn oor eel",
    "sv": "ning ande het ligt orna arna ade ligt tion ens",
    "da": "ning ende hed ligt erne ede else tion dig ig",
    "no": "ning ende het lig ene ede else sjon asjon dig eg",
    "fi": "ssa ssä sta stä lla llä lta ltä nen inen taan tään isen ään uu mme tte",
    "pl": "nie anie enie ość ości ego emu ych ami cie ków ów ała ało łem",
    "cs": "ní ání ení ost osti ého ému ých ami ech ové ách ím ou ět",
    "sk": "nie anie enie osť osti ého ému ých ami och ové ách ím ou ieť",
    "hu": "ság ség nak nek ban ben ból ből hoz hez ként tam tem ott ett ás és tok tek om em",
    "ro": "ție ţie ului ilor elor are ează ască ește ul ea ție ții ată",
    "hr": "nje anje enje ost osti oga omu ima ije ijo vno ski ći jem",
    "sl": "nje anje enje ost osti ega emu imi ih ijo vno ski ti mo",
    "et": "ses sest sele line ud tud nud mine misel ud sse lt ga da",
    "lv": "šana ums ām ēja ījums ība ās iem us ās āt ēt īt jā",
    "lt": "imas ymas ius ų ės ai as is us ti ė omis iau",
    "tr": "lar ler ım im mak mek dan den dır dir yor yorum lık lik sı si nda nde ması mesi",
    "id": "kan nya kah lah ang an ng",
    "vi": "",
    "ca": "ció cions ment itat ades nt at eix ny atge",
}

LETTERS: dict[str, str] = {
    "en": "",
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü¿¡",
    "it": "àèéìòù",
    "pt": "áâãàçéêíóôõúü",
    "nl": "éëïóöüè",
    "sv": "åäöé",
    "da": "åæøé",
    "no": "åæøé",
    "fi": "äöå",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșțşţ",
    "hr": "čćđšž",
    "sl": "čšž",
    "et": "äõöüšž",
    "lv": "āčēģīķļņšūž",
    "lt": "ąčęėįšųūž",
    "tr": "çğıöşüâî",
    "id": "",
    "vi": "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "ca": "àçèéíïòóúü·",
}

# Languages easily taken for each other, and fragments of words (a blank is a word's edge) that part them.
RIVALS: tuple[dict[str, str], ...] = (
    {
        "da": "age uge øge ige ege åge øbe abe åbe ade ide ude øde åde ej øj tion hed æ ud_ af_ gt_ nde_ ug_ ag_ "
        "eg_ brug ighed",
        "no": "ake uke øke ike_ eke åke_ øpe ape åpe ate_ ute øte åte ei øy sjon het_ kj gj nn ut_ av_ kk "
        "tt_ uk_ ak_ ek_ pp",
        "sv": "ck ä ö tion ningen arna orna ade_ ska_ och_ ör ör_ ll_ nn_ är_ ig_ än ått åll att_ isk vä fö hä",
    },
    {
        "cs": "ě ř ů ou_ ej_ í_ ím_ ích_ te_ le_ tí_ st_ ní_ jš zd_ ovat_ uje_ ce_ že ze_",
        "sk": "ľ ĺ ŕ ô ä ia_ ie_ iu_ iť_ ť_ iem_ iach_ te_ sť_ nie_ jš dz ovať_ uje_ cia_ vo_ zo_ ám_ ktor",
    },
    {
        "hr": "ć đ ije je_ oga_ omu_ ima_ ati_ iti_ ije_ nje_ ih_ ko_ što šć kv ško ra_ vat_ lo_ ci_ tk upi",
        "sl": "ega_ emu_ ite_ ati_ eno_ nje_ ev_ evi_ ih_ lj_ te_ ko_ šč kaj jo_ no_ ka_ ijo_ ek_ el_ al_ il_ na_ va_",
    },
    {
        "es": "ñ ión ció ll ue ie _el_ _los_ _las_ _y_ aje dad_ ndo_ qu ez_ ar_ er_ ón_ ía_ ie",
        "pt": "ã õ ç nh lh ão ção ões ou_ em_ ei_ dade_ _o_ _os_ _as_ _e_ agem_ ss êm_ ndo_ m_ vo",
        "ca": "ç ny ll ix ció tge _el_ _els_ _les_ _i_ itat_ nt_ ss l' d' ts_ eu_ au_ ït ig_ at_ ut_",
        "it": "gli zz tt cc zion ità_ _il_ _di_ _e_ gi ch sc uo ò_ ss pp ll nn o_ i_",
        "fr": "eau eux ou oi tion ment_ ez_ qu _et_ ai au é_ ée_ ent_ es_ è l' d' ss",
        "ro": "ă ș ț ul_ lui_ _și_ ea_ rea_ ii_ ție oa _nu_ _de_ ind_ eș",
    },
    {
        "et": "õ ü ud_ ad_ ib_ ga_ sse_ line_ st_ us_ id_ ks_ te_ mine_ b_ d_ äe oo ee",
        "fi": "y ssa_ ssä_ sta_ stä_ nen_ n_ lla_ llä_ uu ää ii tt kk an_ en_ in_ yt uo yö ie_ lt",
    },
    {
        "bg": "ъ щ ът_ ят_ ата_ ето_ ите_ та_ то_ да_ ване_ ние_ ия_ ко_ яв",
        "ru": "ы э ый_ ого_ ть_ ся_ ться_ ие_ ые_ ой_ ая_ ов_ ение_ сть_ ет_ ши",
        "mk": "ќ ѓ ѕ ата_ ето_ ите_ иот_ ање_ уваат_ уваш _во_ _на_ _е_",
        "sr": "ћ ђ је_ ије ња_ ог_ ом_ их_ ти_ ај_ ште _у_ _за_",
        "be": "ў ы э і_ ць_ цца_ ага_ ня дз гэт ў_ ць ах_",
        "uk": "і ї є ть_ ся_ ння_ ти_ ого_ ів_ ий_ ії_",
    },
)

# First code point, last code point, language; for scripts that one language in the main writes in.
SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1200, 0x137F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x1F00, 0x1FFF, "el"),
    (0x3040, 0x30FF, "ja"),
    (0x3130, 0x318F, "ko"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "ko"),
    (0xF900, 0xFAFF, "han"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
    (0xFF66, 0xFF9F, "ja"),
    (0x20000, 0x2FA1F, "han"),
)

CYRILLIC_LETTERS: dict[str, str] = {
    "ru": "ыэёъщйья",
    "uk": "іїєґщйья",
    "be": "ўіыэёйья",
    "bg": "ъщйя",
    "sr": "ђјљњћџ",
    "mk": "ѓќѕјљњџ",
}
CYRILLIC_WORDS: dict[str, str] = {
    "ru": "и в не на что я с как это по но из у за от так же вы мы для если или уже только был была было есть "
    "при мой мне нам вас вам здравствуйте спасибо пожалуйста добрый день могу можно нет когда где почему "
    "после ещё очень наш этот эта эти который которая будет должен до ваш ваша между меня его их имеет "
    "опять заказ работает также вашего чтобы о этом этой следующих нужно нужен быть свой своего время них "
    "может могут значение поле объекта",
    "uk": "і в не на що я з як це по але із у за від так же ви ми для якщо або вже тільки був була було є при "
    "мій мені нам вас вам вітаю дякую ласка добрий день можу можна немає коли де чому після ще дуже та до "
    "й про",
    "be": "і ў не на што я з як гэта па але у за ад так вы мы для калі або ўжо толькі быў была было ёсць пры "
    "мой мне нам вас вам дзякуй ласка добры дзень магу можна няма дзе чаму пасля яшчэ вельмі гэты гэтая "
    "якія які якая будзе павінен ваш ваша яго іх ёсьць каб гэтага вашага аб з'яўляецца",
    "bg": "и в не на че аз с как това по но от у за така вие ние ако или вече само беше е при мой ми ни ви "
    "здравейте благодаря моля добър ден мога може няма кога къде защо след още много да се ще си са съм "
    "към във със моята тази този тези който която които бъде бил трябва дали до вашия вашата между ме го "
    "ги имам имате отново поръчка работи вашият",
    "sr": "и у не на да ја с како то по али из за од тако ви ми ако или већ само био била било је при мој нам "
    "вас вам поздрав хвала молим добар дан могу може нема када где зашто после још врло се су сам смо што "
    "који овај ова ово ови која које буде треба до ваш ваша између ме га их имам поново поруџбина ради са "
    "као није би ове овој бисте требало више мање ову овом оно мора бити вредност нисам немам",
    "mk": "и во не на дека јас со како тоа по но од за така вие ние ако или веќе само беше е при мој ми ни ви "
    "здраво благодарам ве молам добар ден можам може нема кога каде зошто после уште многу да се ќе си "
    "сум го ја ги овој оваа овие кој која кои биде треба дали до вашиот меѓу ме имам повторно нарачка "
    "работи вашата",
}
PERSIAN_LETTERS = "پچژگکی"
URDU_LETTERS = "ٹڈڑںےھہ"
