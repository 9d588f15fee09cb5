"""Regular expressions an admin may write: RE2, which never backtracks, and with a bound on the work besides.

Even RE2 takes time proportional to (size of the compiled pattern) × (length of the text). So every pattern has the same
budget for one text: small ones read all of it, large ones its beginning, too large ones are refused when rules load.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import re2

from rules.keywords import TEXT_LIMIT

# Measured (bench/rules.py): a pattern whose automaton grows without end costs RE2 some 10 ns a step once it gives up
# building it and follows all threads at once. With its usual 8 MiB it builds on for long, out of the processor's cache,
# at twice the price. Together this leaves more than half of the 50 ms that a pattern may take on 64 KB.
STEPS = 1_500_000
STEPS_CAPTURING = 1_000_000
MEMORY = 512 * 1024
LARGEST = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A compiled pattern. `reach` is how many bytes of a text it reads."""

    source: str
    names: tuple[str, ...]
    reach: int
    compiled: Any

    def search(self, text: str) -> Mapping[str, str] | None:
        """The named captures of the first match (empty ones where a name took no part), or None."""
        found = self.compiled.search(self._within_reach(text))
        if found is None:
            return None
        return {name: found.group(name) or "" for name in self.names}

    def _within_reach(self, text: str) -> str:
        if len(text) * 4 <= self.reach:
            return text
        return text.encode()[: self.reach].decode(errors="ignore")


def compile_pattern(source: str) -> Pattern | str:
    """The pattern, or in words why there is none. Case does not matter unless the pattern says `(?-i)`."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = MEMORY
    try:
        compiled = re2.compile(source, options)
        if not compiled.groupindex:  # groups that nobody reads need not be remembered
            options.never_capture = True
            compiled = re2.compile(source, options)
    except re2.error as error:
        return _why(source, error)
    if compiled.programsize > LARGEST:
        return "the pattern is too large: repeat fewer times, or use keywords (contains_any) for lists of words"
    steps = STEPS_CAPTURING if compiled.groupindex else STEPS
    reach = min(TEXT_LIMIT, steps // max(1, compiled.programsize))
    return Pattern(source=source, names=tuple(compiled.groupindex), reach=reach, compiled=compiled)


def _why(source: str, error: Exception) -> str:
    reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
    if any(sign in source for sign in ("(?=", "(?!", "(?<=", "(?<!")):
        return f"{reason}; RE2 has no look-around: write a second condition, or a none group"
    if "repetition" in reason:
        return f"{reason}; RE2 repeats at most 1000 times"
    if "escape sequence" in reason:
        return f"{reason}; RE2 has no back-references"
    return reason
