"""Where registries end and organisations begin: the public suffix list, as the library of that name brings it.

It takes a moment to load, with this module: only what verifies senders imports it.
"""

from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList()


def registered_domain(domain: str) -> str:
    """The organisational domain (RFC 7489 3.2) of an ASCII domain; the domain itself when it is a public suffix."""
    name = domain.lower().removesuffix(".")
    return _SUFFIXES.privatesuffix(name) or name
