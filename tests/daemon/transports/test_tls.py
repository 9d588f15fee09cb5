"""Certificate and key, as admins give them."""

import re
import ssl
from pathlib import Path

import pytest
from self_signed import write_certificate

from daemon.errors import ConfigError
from daemon.transports.tls import server_context


def test_a_certificate_and_its_key_make_a_context(tmp_path: Path):
    context = server_context(*write_certificate(tmp_path))
    assert (context.minimum_version, context.verify_mode) == (ssl.TLSVersion.TLSv1_2, ssl.CERT_NONE)


def test_every_missing_file_is_named_at_once(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        server_context(tmp_path / "no.pem", tmp_path / "no.key")
    assert [Path(problem.file).name for problem in caught.value.problems] == ["no.pem", "no.key"]


@pytest.mark.parametrize("key", ["not a key", ""])
def test_a_key_that_does_not_fit_is_named_with_its_certificate(tmp_path: Path, key: str):
    certificate, _ = write_certificate(tmp_path)
    (tmp_path / "other.key").write_text(key)
    with pytest.raises(
        ConfigError, match=r"mx\.pem: smtp.certificate: cannot be used together with .*" + re.escape("other.key")
    ):
        server_context(certificate, tmp_path / "other.key")
