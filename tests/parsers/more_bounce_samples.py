"""More bounces, in the shapes of less common mail systems and of older releases."""

from bounce_samples import ANNA, BERT, RETURNED, Sample, plain

MORE_TEXTS = (
    Sample(
        "exim pipe",
        plain(f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  |/usr/bin/procmail
    (generated from {ANNA})
    quota exceeded

The following text was generated during the delivery attempt:

------ |/usr/bin/procmail
       (generated from {ANNA}) ------

/var/mail/anna: quota exceeded

------ This is a copy of the message, including all the headers. ------
------ The body of the message is 1234567 characters long; only the first
------ 1000 or so are included here.

{RETURNED}"""),
        ((ANNA, "5.2.2"),),
    ),
    Sample(
        "exim alias",
        plain(f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to all of its recipients.
The following address(es) failed:

  x99@other.example (generated from {ANNA})
    SMTP error from remote mailer after RCPT TO:<x99@other.example>:
    host mx.other.example [192.0.2.3]: 550 5.7.1 Spam detected

{RETURNED}"""),
        (("x99@other.example", "5.7.1"),),
    ),
    Sample(
        "sendmail warning",
        plain(
            f"""    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

The original message was received at Mon, 2 Mar 2026 10:00:00 GMT
from desk.sender.example [192.0.2.7]

   ----- Transcript of session follows -----
<{ANNA}>... Deferred: Connection timed out with mx.customer.example.
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old
""",
            subject="Warning: could not send message for past 4 hours",
        ),
        ((ANNA, "4.4.7"),),
        action="delayed",
        original_id="",
    ),
    Sample(
        "activehunter",
        plain(f"""  ----- The following addresses had permanent fatal errors -----

>>> {ANNA} <{ANNA}>

  ----- Transcript of session follows -----
550 sorry, no mailbox here by that name (#5.1.1 - chkuser)

  ----- Original message follows -----
{RETURNED}"""),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "mdaemon",
        plain(
            f"""The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.

YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!

Failed address: {ANNA}

--- Session Transcript ---
 Mon 2026-03-02 10:00:00: *  From: desk@sender.example
 Mon 2026-03-02 10:00:00: *  To: {ANNA}
 Mon 2026-03-02 10:00:00: --> RCPT To:<{ANNA}>
 Mon 2026-03-02 10:00:00: <-- 550 <{ANNA}>, Recipient unknown
--- End Transcript ---
""",
            sender="MDaemon at mx.example <MDaemon@mx.example>",
            subject="Permanent Delivery Failure",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "mobile network",
        plain(
            """Message could not be delivered to mobile.

Error: No valid recipients for this MM

----- Original message -----
From: desk@sender.example
To: 5551234567@mms.example
Subject: hi
""",
            sender="post_master@mms.example",
            subject="Undeliverable Message",
        ),
        (("5551234567@mms.example", "5.1.1"),),
        original_id="",
    ),
    Sample(
        "bulleted recipient",
        plain(
            f"""This is a delivery failure notification.

The following message could not be delivered to:
      * {ANNA}

Failure to contact customer.example: SMTP;530 5.7.0 must authenticate
Routing: Could not find a gateway for {ANNA}

The following message was returned:
{RETURNED}""",
            subject="Mail Delivery failure",
        ),
        ((ANNA, "5.7.0"),),
    ),
    Sample(
        "masked in the notice, named in the returned message",
        plain(
            f"""   ----- The following addresses had delivery problems -----
********@***.customer.example

   ----- Non-delivered information -----
The number of messages in recipient's mailbox exceeded the local limit.

   ----- Original message follows -----
{RETURNED}""",
            subject="Returned mail: User unknown",
        ),
        ((ANNA, "5.2.2"),),
    ),
    Sample(
        "one transcript, two recipients",
        plain(f"""   ----- The following addresses had permanent fatal errors -----
<{ANNA}>
<{BERT}>

   ----- Transcript of session follows -----
... while talking to mx.customer.example.:
>>> RCPT To:<{ANNA}>
<<< 550 MAILBOX NOT FOUND
550 <{ANNA}>... User unknown
>>> RCPT To:<{BERT}>
<<< 552 <{BERT}> mailbox full
552 <{BERT}>... Mailbox full
"""),
        ((ANNA, "5.1.1"), (BERT, "5.2.2")),
        original_id="",
    ),
    Sample(
        "qmail gave up",
        plain(f"""Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{ANNA}>:
CNAME lookup failed temporarily. (#4.4.3)
I'm not going to try again; this message has been in the queue too long.

<{BERT}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Enclosed are the original headers of the message.

{RETURNED}"""),
        ((ANNA, "4.4.3"), (BERT, "5.1.1")),
    ),
    Sample(
        "surgemail",
        plain(
            f"""Your message cannot be delivered to the following recipients:

{ANNA}
\t[mx.customer.example responded 550 5.1.1 user unknown]

You can receive help by sending mail to postmaster@mx.example

{RETURNED}""",
            sender='"Mail Server" <postmaster@mx.example>',
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "gmail delay",
        plain(
            f"""This is an automatically generated Delivery Status Notification

THIS IS A WARNING MESSAGE ONLY.

YOU DO NOT NEED TO RESEND YOUR MESSAGE.

Delivery to the following recipient has been delayed:

     {ANNA}

Message will be retried for 2 more day(s)

Technical details of temporary failure:
The recipient server did not accept our requests to connect.
[(10) mx.customer.example. [192.0.2.1]:25: Connection refused]

----- Original message -----

{RETURNED}""",
            sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            subject="Delivery Status Notification (Delay)",
        ),
        ((ANNA, "4.4.1"),),
        action="delayed",
    ),
    Sample(
        "courier",
        plain(
            f"""This is a delivery status notification from mx.example,
running the Courier mail server, version 0.65.2.

The original message was received on Mon,  2 Mar 2026 10:00:00 +0000
from desk (desk.sender.example [192.0.2.7])

---------------------------------------------------------------------------

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<{ANNA}>:
    mx.customer.example [192.0.2.1]:
>>> RCPT TO:<{ANNA}>
<<< 550 5.1.1 <{ANNA}>... User Unknown

---------------------------------------------------------------------------
""",
            sender='"Courier mail server at mx.example" <@>',
            subject="NOTICE: mail delivery status.",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "office 365",
        plain(
            f"""Your message to {ANNA} couldn't be delivered.

anna wasn't found at customer.example.

How to Fix It
The address might be misspelled or might not exist.

More Info for Email Admins
Status code: 550 5.1.10

Original Message Details
Created Date: 3/2/2026 10:00:00 AM
Sender Address: desk@sender.example
Recipient Address: {ANNA}
Subject: Your printer

Error Details
Reported error: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
""",
            sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@sender.example>",
            subject="Undeliverable: Your printer",
        ),
        ((ANNA, "5.1.10"),),
        original_id="",
    ),
    Sample(
        "ironport",
        plain(
            f"""The following message to <{ANNA}> was undeliverable.
The reason for the problem:
5.1.0 - Unknown address error 550-'5.1.1 <{ANNA}>: Recipient address rejected: User unknown'
""",
            subject="Delivery Status Notification (Failure)",
        ),
        ((ANNA, "5.1.0"),),
        original_id="",
    ),
    Sample(
        "spam firewall",
        plain(
            f"""Your message to:

{ANNA}

was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:

Subject: Your printer
""",
            sender="Spam Firewall <postmaster@mx.customer.example>",
            subject="**Message you sent blocked by our bulk email filter**",
        ),
        ((ANNA, "5.7.1"),),
        original_id="",
    ),
    Sample(
        "one sentence",
        plain(f"The message from <desk@sender.example> named 'hi' sent to {ANNA} could not be delivered: disk quota\n"),
        ((ANNA, "5.2.2"),),
        original_id="",
    ),
    Sample(
        "japanese",
        plain(
            f"次の宛先へのメールの送信ができませんでした。\n\n<{ANNA}>: ユーザが存在しません\n",
            subject="配信エラー通知",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "exchange in french",
        plain(
            f"""Votre message n'a pas pu être remis au destinataire suivant :

{ANNA}
L'adresse de messagerie que vous avez entrée est introuvable.

Informations de diagnostic pour les administrateurs :
Serveur de génération : mx.customer.example
{ANNA}
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
""",
            sender="Microsoft Exchange <postmaster@customer.example>",
            subject="Non remis : Your printer",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
)
