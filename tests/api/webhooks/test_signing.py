"""Signatures: what the specification's own example and its public library say."""

import base64
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from api.webhooks.signing import headers, new_secret, signature

# The example of the specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
IDENTIFIER, SECOND = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    assert signature(SECRET, IDENTIFIER, SECOND, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_256_bits_in_the_form_that_libraries_take() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_the_public_library_takes_what_we_sign() -> None:
    secret = new_secret()
    made = headers([secret], "912470693640806830", int(time.time()), '{"名": "五家"}'.encode())
    assert Webhook(secret).verify('{"名": "五家"}'.encode(), made) == {"名": "五家"}


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_the_public_library_refuses_whatever_was_changed(change: str) -> None:
    secret, body = new_secret(), b'{"a": 1}'
    made = headers([secret], "912470693640806830", int(time.time()), body)
    if change == "body":
        body = b'{"a": 2}'
    elif change == "secret":
        secret = new_secret()
    else:
        made[change] = str(int(made[change]) + 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, made)


def test_while_two_secrets_are_alive_a_receiver_may_have_either() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    made = headers([new, old], "1", int(time.time()), b"{}")
    assert Webhook(old).verify(b"{}", made) == {}
    assert Webhook(new).verify(b"{}", made) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(b"{}", made)
