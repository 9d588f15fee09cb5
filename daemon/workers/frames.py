"""How the daemon and its reader processes talk: kind and length, then the raw mail; back come length and result.

To verify signatures, the keys are sent before the mail: their own length, then one JSON object.
"""

import struct

HEADER = struct.Struct(">cI")
LENGTH = struct.Struct(">I")
PARSE, CONTENTS, VERIFY = b"p", b"c", b"v"
