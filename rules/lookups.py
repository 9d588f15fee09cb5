"""Questions to the DNS, as the rules ask them: the answer is given to them, who fetches it they do not know."""

from collections.abc import Callable


class LookupFailed(Exception):
    """No answer in time, or a server that could not give one: asking later may help. Not for names that are not."""


# A name and a type (TXT, A, AAAA, MX, PTR) give the records: texts joined, addresses, hosts by preference. None: ().
Ask = Callable[[str, str], tuple[str, ...]]
