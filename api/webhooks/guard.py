"""Which URL a webhook may call: https, a public name, and public addresses behind it, each time anew.

The URL is read by the same parser that later sends, so that no spelling means one host here and another there.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL: Final = 1000
TLS_PORT: Final = 443
FIRST_FREE_PORT: Final = 1024
LAST_PORT: Final = 65535
LONGEST_LABEL: Final = 63

# IANA's registries of special purposes, written out: the standard library's answer differs between its versions.
_NOT_PUBLIC_4: Final = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        # A public address that serves a cloud's machines alone.
        "168.63.129.16/32",
    )
)  # fmt: skip
_PUBLIC_6: Final = ipaddress.IPv6Network("2000::/3")
# Within it: protocol assignments (Teredo among them), documentation, and 6to4, which carries any IPv4 address.
_NOT_PUBLIC_6: Final = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


class AddressRefused(Exception):
    """The URL leads, or may lead, to where a webhook must not go; both languages say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Guard:
    """The rule in force; `allow_private` is for development and tests: any address, and http too."""

    allow_private: bool = False

    def url(self, text: str) -> httpx.URL:
        """Return the URL in its one form.

        Raises:
            AddressRefused: it is no URL that a webhook may call, whatever its host resolves to.
        """
        url = _parsed(text)
        if url.scheme != "https" and not (self.allow_private and url.scheme == "http"):
            raise AddressRefused("须以 https:// 开头", "Must begin with https://")
        if url.userinfo or "@" in re.split("[/?#]", text.partition("://")[2], maxsplit=1)[0]:
            raise AddressRefused("网址中不能有用户名或密码", "Must not hold a user name or password")
        if url.fragment or "#" in text:
            raise AddressRefused("网址中不能有 #", "Must not have a fragment")
        if not self.allow_private:
            _check_name(url.raw_host.decode("ascii"))
            _check_port(url.port)
        return url

    async def addresses(self, url: httpx.URL) -> tuple[str, ...]:
        """Return the addresses to which a connection may go now.

        Raises:
            AddressRefused: the host has no address, or one of them is not public.
        """
        host = url.raw_host.decode("ascii").strip("[]")
        port = url.port or TLS_PORT
        try:
            found = tuple(dict.fromkeys(await resolved(host, port)))
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise AddressRefused("找不到这个主机", "The host has no address")
        if not self.allow_private and not all(public(text) for text in found):
            # One is enough: which of them a connection would take is nothing to rely on.
            raise AddressRefused("主机不在公网上", "The host is not on the public internet")
        return found


async def resolved(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def public(text: str) -> bool:
    """Tell whether an address is one of the public internet's, and of nobody's own network."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address.scope_id is not None:
        return False
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _parsed(text: str) -> httpx.URL:
    if len(text) > LONGEST_URL:
        raise AddressRefused(f"最长 {LONGEST_URL} 个字符", f"At most {LONGEST_URL} characters")
    # A blank, a backslash or a control character is read differently by different programs.
    if not text.isprintable() or any(letter.isspace() or letter == "\\" for letter in text):
        raise AddressRefused("网址中有不允许的字符", "Holds a character that no URL has")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise AddressRefused("不是网址", "Not a URL") from None
    if not url.host:
        raise AddressRefused("不是网址", "Not a URL")
    return url


def _check_name(host: str) -> None:
    """Refuse what is not a full name of the DNS: numbers in any spelling, single words, odd letters."""
    labels = host.split(".")
    sound = all(
        label and len(label) <= LONGEST_LABEL and label.replace("-", "").isalnum() and label.strip("-") == label
        for label in labels
    )
    if len(labels) < 2 or not sound or not labels[-1][:1].isalpha():
        raise AddressRefused("主机须是完整的域名", "The host must be a full domain name")


def _check_port(port: int | None) -> None:
    if port is not None and port != TLS_PORT and not FIRST_FREE_PORT <= port <= LAST_PORT:
        raise AddressRefused("端口须为 443 或 1024 以上", "The port must be 443, or 1024 and above")
