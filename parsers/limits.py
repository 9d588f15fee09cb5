"""How much of one mail is read. Beyond a limit the mail is still accepted and read, shortened, and a defect says so.

The numbers come from measured mail bombs: nesting, parts and fields that cost other parsers seconds or their stack.
"""

MAX_HEADER_BYTES = 256 * 1024
MAX_HEADER_FIELDS = 1_000
MAX_FIELD_BYTES = 64 * 1024
MAX_DEPTH = 50
MAX_PARTS = 500
MAX_DECODED_BYTES = 100 * 1024 * 1024
MAX_ADDRESSES = 200
MAX_MESSAGE_IDS = 200
MAX_PARAMETERS = 200
MAX_NAME_CHARACTERS = 255
MAX_DEFECTS = 100

DETECTED_BYTES = 4 * 1024
"""How much of a text without a usable charset is shown to the detector: its time grows with the length."""

REPAIRED_BYTES = 1024 * 1024
"""How long a text may be to be repaired character by character."""

MAX_CALENDAR_BYTES = 256 * 1024
"""icalendar needs seconds for a few megabytes; no invitation is as long as this."""

MAX_INVITATIONS = 20

MAX_TNEF_BYTES = 25 * 1024 * 1024
MAX_TNEF_OBJECTS = 2_000
MAX_TNEF_FILES = 100
