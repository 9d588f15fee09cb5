"""How the daemon and its reader processes talk: kind and length, then the raw mail; back come length and result."""

import struct

HEADER = struct.Struct(">cI")
LENGTH = struct.Struct(">I")
PARSE, CONTENTS = b"p", b"c"
