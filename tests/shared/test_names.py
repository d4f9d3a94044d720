"""Names as Russian lists sort and show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.names import full_name, group_key, list_name, names_apart, short_name, sort_key, split_name


def test_yo_stands_among_ye_and_case_does_not_count():
    names = ["Яшин", "Ёлкин", "Жук", "еремин", "Абрамова", "Елкин", "Ермолов"]

    ordered = sorted(names, key=sort_key)

    assert ordered == ["Абрамова", "Елкин", "Ёлкин", "еремин", "Ермолов", "Жук", "Яшин"]


def test_a_shorter_family_name_comes_first_whatever_the_given_names():
    people = [("Иванова", "Анна"), ("Иванов", "Ярослав"), ("Иванов", "Пётр")]

    assert sorted(people, key=lambda name: sort_key(*name)) == [
        ("Иванов", "Пётр"),
        ("Иванов", "Ярослав"),
        ("Иванова", "Анна"),
    ]


def test_classes_are_sorted_by_number_and_then_by_letter():
    names = ["физмат", "10А", "5Б", "11", "9Ж", "9Ё", "5А", "1-1"]

    assert sorted(names, key=group_key) == ["1-1", "5А", "5Б", "9Ё", "9Ж", "10А", "11", "физмат"]


@given(st.lists(st.text(max_size=8)))
def test_any_names_of_groups_can_be_sorted(names):
    backwards = names[::-1]

    there, back = sorted(names, key=group_key), sorted(backwards, key=group_key)

    assert [group_key(name) for name in there] == [group_key(name) for name in back]


@pytest.mark.parametrize(
    ("parts", "short", "listed"),
    [
        (("Иванова", "Мария", "Петровна"), "Иванова М. П.", "Иванова Мария"),
        (("Ли", "Вэй", ""), "Ли В.", "Ли Вэй"),
        (("Петер", "", ""), "Петер", "Петер"),
    ],
)
def test_names_are_shown_short_and_in_lists(parts, short, listed):
    assert short_name(*parts) == short
    assert list_name(*parts[:2]) == listed
    assert split_name(full_name(*parts)) == parts


def test_namesakes_are_told_apart_by_their_full_names():
    staff = [("Дьячкова", "Наталья", "Павловна"), ("Дьячкова", "Нина", "Петровна"), ("Юдин", "Олег", "")]

    assert names_apart(staff) == ["Дьячкова Наталья Павловна", "Дьячкова Нина Петровна", "Юдин О."]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Мамедов Али Гасан оглы", ("Мамедов", "Али", "Гасан оглы")),
        ("Белова А.П.", ("Белова", "А.", "П.")),
        ("  Белова   Анна ", ("Белова", "Анна", "")),
        ("", ("", "", "")),
    ],
)
def test_a_name_in_one_cell_is_read_into_its_parts(text, parts):
    assert split_name(text) == parts
