"""How a picture's place is written down, for whoever reads or shows it."""

import re

NOT_SHOWN = -1  # no HTML shows it: a file
ELSEWHERE = -2  # within the HTML, but in what it quotes or signs with
# What mail clients and this reader write into plain text in place of a picture.
MARKER = re.compile(r"\[(?:image|inline image|cid|bild|grafik)(?:[: ][^\]\n]{0,200})?\]", re.IGNORECASE)
