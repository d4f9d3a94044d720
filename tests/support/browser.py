"""Debian's Chromium, driven by playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, sync_playwright

# No sandbox, for CI is root; the rest keeps Chromium from calling home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def chromium() -> str | None:
    """Return the path of the browser: the one built to have no window, where it is installed.

    It shows pages by the same engine; without a window to draw, a page takes a fourth of the time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start the browser without a window, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def person(browser: Browser, *, phone: bool = False) -> BrowserContext:
    """Return a browser of one person: own cookies, Russian, the size of a desk or of a phone."""
    size = PHONE if phone else {"viewport": {"width": 1280, "height": 800}}
    context = browser.new_context(
        locale="ru-RU", timezone_id="Europe/Moscow", reduced_motion="reduce", **size
    )
    context.set_default_timeout(15_000)
    return context
