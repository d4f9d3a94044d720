"""The menu: made of the policy, short for everybody, and every entry of it leads somewhere."""

import pytest
from flask import appcontext_pushed, g
from playwright.sync_api import expect

from services.portal.menu import Link, Section, entries, menu_of
from shared import policy

MOST = 7


def menu(world, *roles: str) -> list[Link]:
    with world.portal.test_request_context("/people"):
        return menu_of(roles)


def titles(links) -> list[str]:
    return [link.title for link in links]


def test_every_entry_leads_to_a_page_and_asks_for_a_known_action(world):
    with world.portal.test_request_context("/"):
        known = [one for top in entries() for one in (top.entries if isinstance(top, Section) else (top,))]
    for entry in known:
        service, _, action = entry.action.partition(": ")
        assert policy.rule(service, action).relations, entry
        assert entry.endpoint in world.portal.view_functions, entry


@pytest.mark.parametrize("role", policy.ROLES)
def test_nobody_s_menu_is_longer_than_a_hand_and_two_fingers(world, role):
    shown = menu(world, role)

    assert 0 < len(shown) <= MOST
    assert all(len(item.under) <= MOST + 2 for item in shown)


def test_each_role_is_shown_what_it_may_and_nothing_else(world):
    assert titles(menu(world, "pupil"))[:2] == ["Дневник", "Расписание"]
    assert titles(menu(world, "teacher"))[:2] == ["Журнал", "Расписание"]
    assert not {"Школа", "Люди", "Классы"} & set(titles(menu(world, "teacher")))
    assert {"Люди", "Классы"} <= set(titles(under("Школа", menu(world, "operator"))))
    assert "Итоги периода" in titles(under("Ведение", menu(world, "deputy")))
    assert titles(menu(world, "parent")) == ["Дневник", "Расписание", "Уведомления", "Исправления"]
    assert menu(world) == []


def under(title: str, shown: list[Link]) -> tuple[Link, ...]:
    return next(item.under for item in shown if item.title == title)


def test_the_present_page_is_marked_and_so_is_its_section(world):
    shown = menu(world, "operator")

    assert [item.title for item in shown if item.is_here] == ["Школа"]
    assert [link.title for link in under("Школа", shown) if link.is_here] == ["Люди"]


@pytest.mark.parametrize("path", ["/diary", "/diary/period", "/diary/remarks", "/diary/programmes"])
def test_all_of_a_diary_is_the_diary_in_the_menu(world, path):
    with world.portal.test_request_context(path):
        assert [item.title for item in menu_of(["parent"]) if item.is_here] == ["Дневник"]


def test_on_a_phone_the_menu_of_the_staff_is_one_line_and_its_lists_are_whole(open_as):
    page = open_as("operator", "/people", phone=True)
    menu, here = page.locator("nav.menu"), page.locator("nav.menu > [data-here]")

    assert menu.bounding_box()["height"] < 2 * here.locator("summary").bounding_box()["height"]
    expect(here).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    for section in menu.locator("details.section").all():
        section.locator("summary").tap()
        for link in section.locator(".sheet a").all():
            expect(link).to_be_in_viewport(ratio=1)
            link.click(trial=True)
    assert page.complaints == []


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "непрочитанное"), (3, "непрочитанных"), (5, "непрочитанных"), (21, "непрочитанное")],
)
def test_a_screen_reader_counts_what_is_unread_in_good_russian(world, sign_in, count, said):
    parent = sign_in("parent")

    def know(_app):
        g.unread = count

    with appcontext_pushed.connected_to(know, world.portal):
        shown = parent.get("/diary").text

    assert f'<span class="count">{count}<span class="visually-hidden"> {said}</span></span>' in shown
