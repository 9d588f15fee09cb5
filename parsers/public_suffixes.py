"""Where registries end and organisations begin: the public suffix list, as the library of that name brings it.

It takes a moment to load: only what verifies senders imports this module.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registered_domain(domain: str) -> str:
    """The organisational domain (RFC 7489 3.2) of an ASCII domain; the domain itself when it is a public suffix."""
    name = domain.lower().removesuffix(".")
    return _suffixes().privatesuffix(name) or name
