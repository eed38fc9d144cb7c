"""Where a webhook must not go: every spelling of an inner address, and names that lead there."""

from collections.abc import Sequence

import pytest

from api.webhooks import guard as module
from api.webhooks.guard import AddressRefused, Guard, public

GUARD = Guard()

REFUSED_URLS = [
    "",
    "https://",
    "https:///path",
    "//hooks.example.org/x",
    "hooks.example.org",
    "http://hooks.example.org/",
    "ftp://hooks.example.org/",
    "file:///etc/passwd",
    "gopher://hooks.example.org/",
    "javascript:alert(1)",
    "https://localhost/",
    "https://localhost.:443/",
    "https://metadata/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://93.184.216.34/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1%25eth0]/",
    "https://[2606:2800:220:1::1]/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://user@hooks.example.org/",
    "https://user:password@hooks.example.org/",
    "https://@hooks.example.org/",
    "https://hooks.example.org@127.0.0.1/",
    "https://hooks.example.org\\@127.0.0.1/",
    "https://127.0.0.1\\.hooks.example.org/",
    "https://hooks.example.org/#fragment",
    "https://hooks.example.org#@127.0.0.1/",
    "https://hooks.example.org/a b",
    "https://hooks.example.org/\r\nHost: inner",
    "https://hooks.example.org/\x00",
    "https://hooks.example.org/\u2028",
    " https://hooks.example.org/",
    "https://hooks.example.org:0/",
    "https://hooks.example.org:22/",
    "https://hooks.example.org:25/",
    "https://hooks.example.org:80/",
    "https://hooks.example.org:1023/",
    "https://hooks.example.org:65536/",
    "https://hooks.example.org:x/",
    "https://-hooks.example.org/",
    "https://hooks_inner.example.org/",
    "https://hooks..example.org/",
    "https://.example.org/",
    "https://example.org./",
    f"https://{'a' * 64}.example.org/",
    "https://hooks.example.org/" + "x" * 1000,
]

INNER = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.0.9",
    "169.254.0.1", "169.254.169.254", "169.254.0.23", "168.63.129.16", "172.16.0.1", "172.31.255.254", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:53aa:64c::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1111%1", "5f00::1", "nonsense", "",
]  # fmt: skip
OUTER = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
         "192.167.1.1", "223.5.5.5", "2606:4700:4700::1111", "2400:3200::1", "2a00:1450:4001::1"]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_a_url_that_no_webhook_may_call_is_refused_as_it_is_written(url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        GUARD.url(url)
    assert refused.value.zh
    assert refused.value.en


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org",
        "https://hooks.example.org/wujia?token=a%20b",
        "https://HOOKS.example.org:443/",
        "https://hooks.example.org:8443/",
        "https://hooks.example.org:65535/",
        "https://a-b.example.org/@x",
        "https://例子.中国/回调",
    ],
)
def test_a_public_https_address_is_taken(url: str) -> None:
    assert GUARD.url(url).scheme == "https"


def test_a_chinese_name_becomes_what_the_name_system_knows() -> None:
    assert GUARD.url("https://例子.中国/").raw_host == b"xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize("address", INNER)
def test_an_address_that_is_not_the_public_internet_s_is_known(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", OUTER)
def test_a_public_address_is_known(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "::1"], ["::ffff:169.254.169.254"], []]
)
async def test_a_name_that_leads_inside_is_refused_even_if_it_leads_outside_as_well(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answers(host: str, port: int) -> Sequence[str]:
        return found

    monkeypatch.setattr(module, "resolved", answers)
    with pytest.raises(AddressRefused):
        await GUARD.addresses(GUARD.url("https://hooks.example.org/"))


async def test_a_name_that_nobody_knows_is_refused() -> None:
    with pytest.raises(AddressRefused):
        await GUARD.addresses(GUARD.url("https://nowhere.invalid/"))


async def test_the_system_s_own_names_are_resolved_and_then_refused() -> None:
    assert set(await module.resolved("localhost", 443)) & {"127.0.0.1", "::1"}
    with pytest.raises(AddressRefused, match="public internet"):
        await GUARD.addresses(Guard(allow_private=True).url("https://localhost/"))


async def test_public_addresses_are_returned_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answers(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("hooks.example.org", 8443)
        return ["8.8.8.8", "8.8.8.8", "2606:4700::1111"]

    monkeypatch.setattr(module, "resolved", answers)
    found = await GUARD.addresses(GUARD.url("https://hooks.example.org:8443/"))
    assert found == ("8.8.8.8", "2606:4700::1111")


async def test_only_where_it_is_allowed_http_and_inner_addresses_are_taken() -> None:
    guard = Guard(allow_private=True)
    assert await guard.addresses(guard.url("http://127.0.0.1:8080/hook")) == ("127.0.0.1",)
    for still_refused in ("https://user@127.0.0.1/", "ftp://127.0.0.1/", "http://127.0.0.1/#x"):
        with pytest.raises(AddressRefused):
            guard.url(still_refused)
