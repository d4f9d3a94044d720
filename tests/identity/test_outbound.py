"""What identity may call out there, and what it may not."""

import socket

import pytest

from services.identity.actions.programs.outbound import Outbound, OutboundFailed


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:0a00:0001::1]/",
        "https://224.0.0.1/",
        "https://localhost/",
        "ftp://example.org/",
        "https:///x",
    ],
)
def test_neither_private_addresses_nor_plain_http_are_called(url):
    with pytest.raises(OutboundFailed):
        Outbound().send("GET", url)


def test_a_name_that_leads_to_a_private_address_is_not_called(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in ("93.184.216.34", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(OutboundFailed, match="private"):
        Outbound().send("GET", "https://example.org/")
