"""What a browser is called by people: «Chrome, Windows»."""

from ipaddress import ip_address, ip_network
from typing import NamedTuple

# The first that is found decides: nearly all of them also call themselves Chrome, Safari or Linux.
BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"), ("Edg", "Edge"), ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


class Visit(NamedTuple):
    """Whence somebody calls; both empty on the machine itself."""

    address: str = ""
    device: str = ""


def device_title(agent: str) -> str:
    """Return browser and system of a User-Agent; versions change every month and do not count."""
    names = [next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names))


def network_of(address: str) -> str:
    """Return what stands for one home or school: an IPv4 address, of IPv6 the first 64 bits."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
