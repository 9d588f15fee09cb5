"""Access tokens from a token endpoint: kept while valid, rotated safely, and permanent refusals told apart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.clock import FakeClock
from daemon.transports.oauth import OAuthClient, OAuthError, TokenSource
from tests.fakes.token_endpoint import TokenEndpoint

Answer = tuple[int, dict[str, object]]


def issued(token: str, **more: object) -> Answer:
    return 200, {"access_token": token, "expires_in": 3600, **more}


def clock() -> FakeClock:
    return FakeClock(datetime(2026, 1, 1, tzinfo=UTC))


def secret_file(directory: Path, secret: str) -> Path:
    path = directory / "secret"
    path.write_text(secret + "\n")
    return path


def test_client_credentials_are_posted_as_a_form(tmp_path: Path) -> None:
    with TokenEndpoint(issued("t1")) as endpoint:
        client = OAuthClient(
            token_url=endpoint.url, client_id="desk", client_secret_file=secret_file(tmp_path, "s&=ü"), scope="mail"
        )
        assert TokenSource(client, clock()).token() == "t1"
    assert endpoint.forms == [
        {"client_id": "desk", "client_secret": "s&=ü", "scope": "mail", "grant_type": "client_credentials"}
    ]


def test_a_token_is_kept_until_shortly_before_it_expires() -> None:
    with TokenEndpoint(issued("t1"), issued("t2")) as endpoint:
        time = clock()
        source = TokenSource(OAuthClient(token_url=endpoint.url, client_id="desk"), time)
        seen = [source.token(), source.token()]
        time.advance(timedelta(seconds=3545))
        assert [*seen, source.token()] == ["t1", "t1", "t2"]


def test_a_refused_token_is_replaced_by_a_fresh_one() -> None:
    with TokenEndpoint(issued("t1"), issued("t2"), issued("t3")) as endpoint:
        source = TokenSource(OAuthClient(token_url=endpoint.url, client_id="desk"), clock())
        first = source.token()
        source.forget()
        assert [first, source.token(), source.token(renew=True)] == ["t1", "t2", "t3"]


def test_a_rotated_refresh_token_is_kept_in_its_file(tmp_path: Path) -> None:
    kept = secret_file(tmp_path, "r1")
    with TokenEndpoint(issued("t1", refresh_token="r2"), issued("t2")) as endpoint:
        client = OAuthClient(token_url=endpoint.url, client_id="desk", refresh_token_file=kept)
        TokenSource(client, clock()).token()
        TokenSource(client, clock()).token()
    assert [form["refresh_token"] for form in endpoint.forms] == ["r1", "r2"]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_refresh_token_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    kept = secret_file(tmp_path, "r1")
    (tmp_path / "secret.new").mkdir()
    with TokenEndpoint(issued("t1", refresh_token="r2")) as endpoint:
        client = OAuthClient(token_url=endpoint.url, client_id="desk", refresh_token_file=kept)
        with pytest.raises(OAuthError, match="could not be kept"):
            TokenSource(client, clock()).token()


@pytest.mark.parametrize(
    ("answer", "is_permanent"),
    [
        ((400, {"error": "invalid_grant", "error_description": "secret text"}), True),
        ((401, {"error": "invalid_client"}), True),
        ((400, {"error": "slow down\r\nplease"}), False),
        ((503, {}), False),
        ((302, {}), False),
        ((200, {}), False),
        ((200, {"access_token": "a\r\nb"}), False),
        ((200, {"access_token": 7}), False),
    ],
)
def test_refusals_are_told_apart(answer: Answer, is_permanent: bool) -> None:
    with TokenEndpoint(answer) as endpoint, pytest.raises(OAuthError) as caught:
        TokenSource(OAuthClient(token_url=endpoint.url, client_id="desk"), clock()).token()
    assert caught.value.is_permanent is is_permanent
    assert "secret text" not in str(caught.value)


def test_an_endpoint_that_cannot_be_reached_is_temporary() -> None:
    with TokenEndpoint(issued("t1")) as gone:
        pass
    with pytest.raises(OAuthError) as caught:
        TokenSource(OAuthClient(token_url=gone.url, client_id="desk"), clock()).token()
    assert not caught.value.is_permanent


@pytest.mark.parametrize("url", ["http://login.example.test/token", "file:///etc/passwd", "ftp://127.0.0.1/"])
def test_a_secret_is_only_sent_over_tls(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        OAuthClient(token_url=url, client_id="desk")
