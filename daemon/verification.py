"""From what an admin wrote to what verifies senders. Imported only where that is wanted: it brings DNS and suffixes."""

from daemon.clock import Clock
from daemon.config import Config
from daemon.config_verification import name_server
from daemon.errors import ConfigError, Problem, Unavailable
from daemon.ports import NameService
from daemon.transports.resolvers import Resolver
from daemon.workers.verifying import Signatures, Verifier, VerifierOptions


def open_verifier(config: Config, names: NameService, signatures: Signatures, clock: Clock) -> Verifier:
    """The verifier of this configuration."""
    options = VerifierOptions(
        authserv_id=config.desk.domain,
        seconds=config.verification.time_limit.total_seconds(),
        trusted_peers=frozenset(config.limits.trusted_peers),
    )
    return Verifier(options, names, signatures, clock)


def open_resolver(config: Config) -> Resolver:
    """Who is asked. Raises ConfigError where there is no name server."""
    try:
        return Resolver([name_server(each) for each in config.verification.resolvers])
    except Unavailable as error:
        problem = Problem(file="configuration", key="verification.resolvers", message=str(error))
        raise ConfigError([problem]) from error
