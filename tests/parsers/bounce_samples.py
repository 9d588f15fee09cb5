"""Bounces as mail systems write them: name, mail, and the recipients with their status that must be read."""

from typing import NamedTuple


class Sample(NamedTuple):
    """One bounce: the expected (address, status) pairs, the action and the original Message-ID."""

    name: str
    mail: str
    recipients: tuple[tuple[str, str], ...]
    action: str = "failed"
    original_id: str = "<original.1@sender.example>"


RETURNED = """Received: from desk (desk.sender.example [192.0.2.7])
\tby mx.sender.example; Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <original.1@sender.example>
From: Desk <desk@sender.example>
To: Anna <anna@customer.example>
Subject: [#12] Your printer
Date: Mon, 2 Mar 2026 10:00:00 +0000

Hello Anna,
"""


def plain(
    notice: str, sender: str = "MAILER-DAEMON@mx.example", subject: str = "failure notice", more: str = ""
) -> str:
    return f"From: {sender}\nTo: desk@sender.example\nSubject: {subject}\n{more}\n{notice}"


def dsn(
    fields: str, notice: str = "Your message bounced.", subtype: str = "message/delivery-status", tail: str = "--b--\n"
) -> str:
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: desk@sender.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{notice}

--b
Content-Type: {subtype}

{fields}

--b
Content-Type: message/rfc822

{RETURNED}
{tail}"""


ANNA = "anna@customer.example"
BERT = "bert@customer.example"

REPORTS = (
    Sample(
        "postfix",
        dsn(
            "Reporting-MTA: dns; mx.example\nArrival-Date: Mon, 2 Mar 2026 10:00:00 +0000\n\n"
            f"Final-Recipient: rfc822; {ANNA}\nOriginal-Recipient: rfc822;{ANNA}\nAction: failed\nStatus: 5.1.1\n"
            f"Remote-MTA: dns; mx.customer.example\nDiagnostic-Code: smtp; 550 5.1.1 <{ANNA}>: Recipient address\n"
            "    rejected: User unknown in virtual mailbox table"
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "vague status, exact diagnostic",
        dsn(
            f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.0.0\n"
            "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full"
        ),
        ((ANNA, "5.2.2"),),
    ),
    Sample(
        "no blank lines between groups",
        dsn(
            f"Reporting-MTA: dns; mx.example\nFinal-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.1.1\n"
            f"Final-Recipient: rfc822; {BERT}\nAction: failed\nStatus: 5.2.1"
        ),
        ((ANNA, "5.1.1"), (BERT, "5.2.1")),
    ),
    Sample(
        "delayed with a permanent code",
        dsn(f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {ANNA}\nAction: delayed\nStatus: 4.4.1"),
        ((ANNA, "4.4.1"),),
        action="delayed",
    ),
    Sample(
        "internationalised",
        dsn(
            "Reporting-MTA: dns; mx.example\n\n"
            "Final-Recipient: utf-8; j\\x{F6}rg@customer.example\nAction: failed\nStatus: 5.1.1",
            subtype="message/global-delivery-status",
        ),
        (("jörg@customer.example", "5.1.1"),),
    ),
    Sample(
        "unusable final recipient",
        dsn(
            f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: x400; /G=Anna/\nOriginal-Recipient: rfc822; {ANNA}\n"
            "Action: failed\nStatus: 5.1.1"
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "no final boundary",
        dsn(
            f"Reporting-MTA: dns; mx.example\n\n"
            f"Final-Recipient: RFC822;<{ANNA}>\nAction: Failed\nStatus: 5.1.1 (no user)",
            tail="",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "fields in plain text",
        dsn(f"Final-Recipient: rfc822; {ANNA}\nAction: failed\nStatus: 5.4.4", subtype="text/plain"),
        ((ANNA, "5.4.4"),),
    ),
    Sample(
        "no status but a diagnostic",
        dsn(f"Final-Recipient: rfc822; {ANNA}\nAction: failed\nDiagnostic-Code: smtp; 550 User unknown"),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "delivered",
        dsn(f"Final-Recipient: rfc822; {ANNA}\nAction: delivered\nStatus: 2.1.5"),
        ((ANNA, "2.1.5"),),
        action="delivered",
    ),
)

TEXTS = (
    Sample(
        "qmail",
        plain(f"""Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{ANNA}>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 <{ANNA}>... User Unknown
Giving up on 192.0.2.1.

<{BERT}>:
Sorry, I couldn't find any host named customer.example. (#5.1.2)

--- Below this line is a copy of the message.

Return-Path: <desk@sender.example>
{RETURNED}"""),
        ((ANNA, "5.1.1"), (BERT, "5.1.2")),
    ),
    Sample(
        "exim",
        plain(
            f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {ANNA}
    SMTP error from remote mail server after RCPT TO:<{ANNA}>:
    host mx.customer.example [192.0.2.1]: 550 No such user here

------ This is a copy of the message, including all the headers. ------

{RETURNED}""",
            subject="Mail delivery failed: returning message to sender",
            more=f"X-Failed-Recipients: {ANNA}\nAuto-Submitted: auto-replied\n",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "exim delay",
        plain(
            f"""This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.

The message identifier is:     1ABCDE-000123-00
The subject of the message is: Your printer
The date of the message is:    Mon, 2 Mar 2026 10:00:00 +0000

The address to which the message has not yet been delivered is:

  {ANNA}
    Delay reason: connection timed out

No action is required on your part. Delivery attempts will continue for
some time.""",
            subject="Warning: message 1ABCDE-000123-00 delayed 24 hours",
        ),
        ((ANNA, "4.4.1"),),
        action="delayed",
        original_id="",
    ),
    Sample(
        "sendmail 8",
        plain(
            f"""The original message was received at Mon, 2 Mar 2026 10:00:00 GMT
from desk.sender.example [192.0.2.7]

   ----- The following addresses had permanent fatal errors -----
<{ANNA}>
    (reason: 550 5.1.1 <{ANNA}>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.customer.example.:
>>> RCPT To:<{ANNA}>
<<< 550 5.1.1 <{ANNA}>... User unknown
550 5.1.1 <{ANNA}>... User unknown

   ----- Original message follows -----

{RETURNED}""",
            subject="Returned mail: see transcript for details",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "sendmail 5",
        plain(
            f"""   ----- Transcript of session follows -----
While talking to mx.customer.example:
>>> RCPT To:<{ANNA}>
<<< 550 <{ANNA}>... User unknown
550 <{ANNA}>... User unknown

   ----- Unsent message follows -----
{RETURNED}""",
            subject="Returned mail: User unknown",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "exchange 5.5",
        plain(
            f"""Your message

  To:      {ANNA}
  Subject: Your printer
  Sent:    Mon, 2 Mar 2026 10:00:00 +0000

did not reach the following recipient(s):

{ANNA} on Mon, 2 Mar 2026 10:00:05 +0000
    The recipient name is not recognized
\tThe MTS-ID of the original message is: c=us;a= ;p=customer
;l=EXCHANGE010203
    MSEXCH:IMS:CUSTOMER:HQ:EXCHANGE 0 (000C05A6) Unknown Recipient
""",
            sender="System Administrator <postmaster@customer.example>",
            subject="Undeliverable: Your printer",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "exchange 2003",
        plain(
            f"""Your message did not reach some or all of the intended recipients.

      Subject:  Your printer
      Sent:     2/3/2026 10:00 AM

The following recipient(s) could not be reached:

      {ANNA} on 2/3/2026 10:00 AM
            The e-mail account does not exist at the organization this message was sent to.
            < mx.customer.example #5.1.1 smtp;550 5.1.1 <{ANNA}>... User unknown>
""",
            sender="System Administrator",
            subject="Undeliverable: Your printer",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "exchange 2007 in german",
        plain(
            f"""Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:

{ANNA}<mailto:{ANNA}>
Die E-Mail-Adresse des Empfängers wurde im E-Mail-System nicht gefunden.

________________________________
Diagnoseinformationen für Administratoren:

Generierender Server: mail.customer.example

{ANNA}
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

Ursprüngliche Nachrichtenkopfzeilen:

{RETURNED}""",
            sender="Microsoft Exchange <MicrosoftExchange329e71@customer.example>",
            subject="Unzustellbar: Your printer",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "gmail of old",
        plain(
            f"""Delivery to the following recipient failed permanently:

     {ANNA}

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the recipient domain. We recommend
contacting the other email provider at postmaster@customer.example for further information.
The error that the other server returned was: 550 550 5.7.1 Message rejected as spam (state 14).

   ----- Original message -----

{RETURNED}""",
            sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            subject="Delivery Status Notification (Failure)",
        ),
        ((ANNA, "5.7.1"),),
    ),
    Sample(
        "yahoo",
        plain(
            f"""Sorry, we were unable to deliver your message to the following address.

<{ANNA}>:
Remote  host said:
554 delivery error: dd This user doesn't have a yahoo.com account ({ANNA}) [0]

--- Below this line is a copy of the message.

{RETURNED}""",
            subject="Failure Notice",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "domino",
        plain(
            f"""Your message

  Subject: Your printer

was not delivered to:

  {ANNA}

because:

  User anna ({ANNA}) not listed in Domino Directory

""",
            sender="postmaster@customer.example",
            subject="DELIVERY FAILURE: User anna not listed in Domino Directory",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "notes",
        plain(
            f"""------- Failure Reasons  --------

User not listed in public Name & Address Book
{ANNA}

------- Returned Message --------

{RETURNED}""",
            sender="postmaster@customer.example",
            subject="DELIVERY FAILURE",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "groupwise",
        plain(
            f"""The message that you sent was undeliverable to the following:
\t{ANNA} (user not found)

Possibly truncated original message follows:

{RETURNED}""",
            subject="Message status - undeliverable",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "old postfix",
        plain(
            f"""This is the Postfix program at host mx.example.

I'm sorry to have to inform you that the message returned
below could not be delivered to one or more destinations.

For further assistance, please send mail to <postmaster>

If you do so, please include this problem report. You can
delete your own text from the message returned below.

\t\t\tThe Postfix program

<{ANNA}>: host mx.customer.example[192.0.2.1] said: 552 Message
    size exceeds fixed limit (in reply to end of DATA command)
""",
            subject="Undelivered Mail Returned to Sender",
        ),
        ((ANNA, "5.3.4"),),
        original_id="",
    ),
    Sample(
        "gmx",
        plain(
            f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of
its recipients. This is a permanent error. The following address
failed:

"{ANNA}":
SMTP error from remote server after RCPT command:
host: mx.customer.example
5.1.1 <{ANNA}>... User Unknown

--- The header of the original message is following. ---

{RETURNED}""",
            subject="Mail delivery failed: returning message to sender",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "t-online",
        plain(
            f"""|------------------------- Message log follows: -------------------------|
 no valid recipients were found for this message
|------------------------- Failed addresses follow: ---------------------|
 <{ANNA}> ... unknown user
|------------------------- Message text follows: ------------------------|
{RETURNED}""",
            subject="mail failed, returning to sender",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "oracle messaging server",
        plain(
            f"""This report relates to a message you sent with the following header fields:

  Return-path: <desk@sender.example>
  Received: from mx.example by mx2.example for {BERT}; Mon, 2 Mar 2026 10:00:00 +0000
  Message-id: <original.1@sender.example>
  From: desk@sender.example

Your message cannot be delivered to the following recipients:

  Recipient address: {ANNA}
  Reason: Remote SMTP server has rejected address
  Diagnostic code: smtp;550 5.1.1 <{ANNA}>... User Unknown
  Remote system: dns;mx.customer.example (TCP|192.0.2.9|47323|192.0.2.1|25)
""",
            sender="Internet Mail Delivery <postmaster@mx.example>",
            subject="Delivery Notification: Delivery has failed",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "interscan",
        plain(
            f"""Sent <<< RCPT TO:<{ANNA}>
Received >>> 550 5.1.1 <{ANNA}>... user unknown

Unable to deliver message to <{ANNA}>
""",
            sender="InterScan MSS <postmaster@mx.example>",
            subject="Mail could not be delivered",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "imail",
        plain(
            f"""User mailbox exceeds allowed size: {ANNA}

Original message follows.

{RETURNED}""",
            sender="Postmaster <postmaster@mx.example>",
            subject="Undeliverable Mail",
        ),
        ((ANNA, "5.2.2"),),
    ),
    Sample(
        "mailenable",
        plain(
            f"""Message could not be delivered to some recipients.
The following recipient(s) could not be reached:

\tRecipient: [SMTP:{ANNA}]
\tReason: Remote SMTP Server Returned: 550 relay not permitted

Message headers follow:

{RETURNED}""",
            sender="MailEnable Postmaster <postmaster@mx.example>",
            subject="Message Delivery Failure",
        ),
        ((ANNA, "5.7.1"),),
    ),
    Sample(
        "ezweb",
        plain(
            f"""Each of the following recipients was rejected by a remote mail server.
The reasons given by the server are included to help you determine why
each recipient was rejected.

    Recipient: <{ANNA}>
    >>> RCPT TO:<{ANNA}>
    <<< 550 <{ANNA}>: User unknown

Your original message follows.

{RETURNED}""",
            sender="Postmaster@ezweb.ne.jp",
            subject="Mail System Error - Returned Mail",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "kddi",
        plain(
            f"""Your mail sent on: Mon, 2 Mar 2026 10:00:00 +0900
\tCould not be delivered to: <{ANNA}>
\tAs their mailbox is full.

""",
            sender="no-reply@app.auone-net.jp",
            subject="Mail could not be delivered",
            more="Return-Path: <>\n",
        ),
        ((ANNA, "5.2.2"),),
        original_id="",
    ),
    Sample(
        "messagelabs",
        plain(
            f"""This is the mail delivery agent at messagelabs.com.
I was unable to deliver your message to the following addresses:

{ANNA}

Reason: 550 {ANNA}... No such user

The message subject was: Your printer
The message date was: Mon, 2 Mar 2026 10:00:00 +0000
The message identifier was: DF/12-3456

Please do not reply to this email as it is sent from an unattended mailbox.
""",
            subject="Mail Delivery Failure",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "zoho",
        plain(
            f"""This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

{ANNA} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <{ANNA}>... User Unknown

""",
            sender="mailer-daemon@mail.zoho.example",
            subject="Undelivered Mail Returned to Sender",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "bracketed reason",
        plain(
            f"""The original message was received at Mon, 02 Mar 2026 10:00:00 +0000
from desk@sender.example

---The following addresses had delivery errors---

{ANNA} [User unknown]

{RETURNED}""",
            subject="Returned Mail: User unknown",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "numbered errors",
        plain(
            f"""We had trouble delivering your message. Full details follow:

Subject: 'Your printer'
Date: 'Mon, 02 Mar 2026 10:00:00 +0000'

1 error(s):

SMTP Server <mx.customer.example> rejected recipient <{ANNA}>
  (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]

---- Begin forwarded message headers ----
{RETURNED}""",
            subject="There was an error sending your mail",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "opensmtpd",
        plain(
            f"""    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

{ANNA}: 550 5.2.2 <{ANNA}>... Mailbox Full

    Below is a copy of the original message:

{RETURNED}""",
            subject="Delivery status notification",
        ),
        ((ANNA, "5.2.2"),),
    ),
    Sample(
        "dragonfly",
        plain(
            f"""This is the DragonFly Mail Agent v0.13 at mx.example.

There was an error delivering your mail to <{ANNA}>.

mx.customer.example [192.0.2.1] did not like our RCPT TO:
552 5.2.2 <{ANNA}>: Recipient address rejected: Mailbox full

Message headers follow.

{RETURNED}""",
            subject="Mail delivery failed",
        ),
        ((ANNA, "5.2.2"),),
    ),
    Sample(
        "james",
        plain(
            f"""Hi. This is the James mail server at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.  Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
{ANNA}

Error message:
550 - Requested action not taken: no such user here

Message details:
  Subject: Your printer
  MAIL FROM: desk@sender.example
  RCPT TO: {ANNA}
""",
            sender="postmaster@mx.example",
            subject="[BOUNCE]",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "mailfoundry",
        plain(
            f"""Unable to deliver message to: <{ANNA}>
Delivery failed for the following reason:
Server mx.customer.example[192.0.2.1] failed with: 550 <{ANNA}> No such user here

This has been a permanent failure.  No further delivery attempts will be made.
""",
            subject="Undeliverable mail",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "mailmarshal",
        plain(
            f"""Your message:
   From:    desk@sender.example
   Subject: Your printer

Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:
    {ANNA}

Additional Information
======================
Original Sender:    <desk@sender.example>
Sender-MTA:         <192.0.2.7>
""",
            sender="postmaster@mx.example",
            subject="Undeliverable Mail: Your printer",
        ),
        ((ANNA, "5.1.1"),),
        original_id="",
    ),
    Sample(
        "mfilter",
        plain(
            f"""エラーメールです。

-------server message
550 5.1.1 unknown user <{ANNA}>

-------unsent users / 配信できなかったユーザ
{ANNA}

-------original message / オリジナルメッセージ
{RETURNED}""",
            subject="failure notice",
        ),
        ((ANNA, "5.1.1"),),
    ),
    Sample(
        "masked recipient",
        plain(
            """   ----- The following addresses had delivery problems -----
********@***.customer.example

   ----- Non-delivered information -----
The number of messages in recipient's mailbox exceeded the local limit.
""",
            subject="Returned mail: User unknown",
        ),
        (),
        original_id="",
    ),
)

NO_BOUNCES: tuple[tuple[str, str], ...] = (
    (
        "a person asks about a bounce",
        plain(
            f"Hello,\n\nmy message to {ANNA} could not be delivered, I get 550 5.1.1 User unknown. Why?\n\nAnna\n",
            sender="Anna <anna@customer.example>",
            subject="Delivery failure",
        ),
    ),
    (
        "a person forwards a bounce",
        plain(
            "Please help!\n\n> Hi. This is the qmail-send program at mx.example.\n> I was not able to deliver\n"
            f"> <{BERT}>:\n> Remote host said: 550 5.1.1 User Unknown\n",
            sender="Anna <anna@customer.example>",
            subject="Fwd: failure notice",
        ),
    ),
    (
        "a postmaster answers",
        plain(
            f"Hi,\n\nyour mail to {ANNA} was not delivered because of our grey list, try again now.\n",
            sender="Postmaster <postmaster@customer.example>",
            subject="Re: delivery failure",
        ),
    ),
    (
        "an absence with an empty return path",
        plain(
            f"I am out of the office and cannot be reached. Please send urgent mail to {BERT}.\n",
            sender="Anna <anna@customer.example>",
            subject="Out of Office: Undelivered Mail Returned to Sender",
            more="Return-Path: <>\nAuto-Submitted: auto-replied\n",
        ),
    ),
    (
        "a challenge",
        plain(
            "Your message has not been delivered yet. Please verify that you are a person: "
            f"reply to this message to confirm. Write to {BERT} for help.\n",
            sender="Anna <anna@customer.example>",
            subject="Undelivered: please confirm your message",
            more="Return-Path: <>\n",
        ),
    ),
    (
        "a parcel service",
        plain(
            "Dear customer,\n\nwe could not deliver your parcel today. We will try again tomorrow.\n",
            sender="no-reply@parcels.example",
            subject="Delivery failed",
        ),
    ),
    (
        "a read receipt",
        dsn(
            f"Final-Recipient: rfc822; {ANNA}\nDisposition: manual-action/MDN-sent-manually; displayed",
            subtype="message/disposition-notification",
        ).replace("report-type=delivery-status", "report-type=disposition-notification"),
    ),
    (
        "a feedback report",
        dsn(
            f"Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\nOriginal-Rcpt-To: {ANNA}",
            subtype="message/feedback-report",
        ).replace("report-type=delivery-status", "report-type=feedback-report"),
    ),
)
