"""Marks from a table over HTTP: take the table, rehearse, write, and see what is wrong (item 9)."""

import io
import re

import pytest

from shared.grids import read_grids

LESSON = 24


@pytest.fixture(autouse=True)
def emptied(world):
    """Leave the lesson's cells empty, as they were found."""
    yield
    for slot in (0, 1, 2):
        world.record("teacher", LESSON, [None] * 3, slot=slot)


def address(world):
    return f"/journal/{world.pages['Математика']}/table"


def bring(client, world, text, **given):
    page = client.get(address(world)).text
    form = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf_token", "seen")}
    form |= {"file": (io.BytesIO(text.encode()), "marks.csv")} | given
    return client.post(address(world), data=form, content_type="multipart/form-data")


def table(world, *values):
    on = world.lessons["Математика"][LESSON].on
    lines = [f"ID;{on:%d.%m.%Y}"]
    lines += [f"{pupil};{value}" for pupil, value in zip(world.pupils, values, strict=False)]
    return "\n".join(lines)


def test_a_table_is_rehearsed_then_written(sign_in, world):
    client = sign_in("teacher")

    rehearsed = bring(client, world, table(world, "5", "4/5", "н"), dry_run="1")

    assert rehearsed.status_code == 200
    assert "ничего не изменено" in rehearsed.text
    assert world.marks(LESSON)[:3] == [None] * 3
    written = bring(client, world, table(world, "5", "4/5", "н"))
    assert "Новых: 4, стояли уже: 0, вместо других значений: 0." in written.text
    assert world.marks(LESSON)[:3] == ["5", "4", None]
    assert world.marks(LESSON, slot=2)[1] == "5"
    assert world.marks(LESSON, slot=0)[2] == "н"


def test_what_a_table_overwrites_is_shown_before_it_is_written(sign_in, world):
    client = sign_in("teacher")
    bring(client, world, table(world, "5", "н"))

    refused = bring(client, world, table(world, "4", "б", "3"), agreed="1")
    rehearsed = bring(client, world, table(world, "4", "б", "3"), dry_run="1")
    client.set_cookie("language", "en")
    english = bring(client, world, table(world, "4", "б", "3"), dry_run="1")

    assert world.marks(LESSON)[:3] == ["5", None, None]
    for shown in (refused, rehearsed, english):
        assert re.findall(r"<td>(.)</td><td>(.)</td></tr>", shown.text) == [("5", "4"), ("н", "б")]
        assert 'name="agreed" value="2"' in shown.text
    for shown in (refused, rehearsed):
        assert "Таблица заменит то, что уже стоит." in shown.text
        assert "Отметок: 1, знаков посещаемости: 1." in shown.text
    assert "The table will replace what stands already." in english.text
    bring(client, world, table(world, "4", "б", "3"), agreed="2")
    assert world.marks(LESSON)[:3] == ["4", None, "3"]


def test_bad_cells_stand_on_the_page(sign_in, world):
    answer = bring(sign_in("teacher"), world, table(world, "5", "отл"))

    assert answer.status_code == 422
    assert "отл" in answer.text
    assert "не знак отсутствия" in answer.text


@pytest.mark.parametrize("given", [{"dry_run": "1"}, {"agreed": "2"}])
def test_a_mark_beside_an_absence_stands_on_the_page_as_an_error(sign_in, world, given):
    client = sign_in("teacher")
    bring(client, world, table(world, "б", "5"))

    refused = bring(client, world, table(world, "5", "н", "4"), **given)

    assert refused.status_code == 422
    on = f"{world.lessons['Математика'][LESSON].on:%d.%m}"
    assert f"Абрамов Лев, {on}: отсутствовал (б); впишите отметку в клетке" in refused.text
    assert f"Белова Анна, {on}: стоит отметка 5, отсутствие её сотрёт" in refused.text
    assert (world.marks(LESSON)[:3], world.marks(LESSON, slot=0)[0]) == ([None, "5", None], "б")


def test_the_table_to_fill_in_holds_the_class_list(sign_in, world):
    answer = sign_in("teacher").get(f"{address(world)}.xlsx")

    [grid] = read_grids(answer.data, "otmetki.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert len(grid.lines) == len(world.pupils) + 1


@pytest.mark.parametrize("who", ["deputy", "director"])
def test_who_only_reads_takes_no_table(sign_in, world, who):
    client = sign_in(who)

    assert client.get(address(world)).status_code == 403
    assert client.get(f"{address(world)}.xlsx").status_code == 403
    assert address(world) not in client.get(f"/journal/{world.pages['Математика']}").text
