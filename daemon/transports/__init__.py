"""How mail comes in and goes out: SMTP and LMTP listener, IMAP poller, SMTP client, Maildir."""
