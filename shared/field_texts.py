"""What is said of single fields: marshmallow's own texts in Russian, our schemas' in both languages."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from shared.errors import Text

Said = str | Callable[[re.Match[str]], str]

_BOUNDS = {
    "greater than or equal to": "не меньше",
    "greater than": "больше",
    "less than or equal to": "не больше",
    "less than": "меньше",
}
_WORDS = "|".join(_BOUNDS)  # Longer ones stand first.
_BOUND = re.compile(rf"({_WORDS}) (.+?)(?= and (?:{_WORDS}) |$)")


def _range(found: re.Match[str]) -> str:
    bounds = [f"{_BOUNDS[word]} {bound}" for word, bound in _BOUND.findall(found[1])]
    return f"Нужно {' и '.join(bounds)}."


TEXTS: dict[str, Said] = {
    r"Missing data for required field\.": "Обязательное поле не заполнено.",
    r"Field may not be null\.": "Поле не может быть пустым.",
    r"Unknown field\.": "Такого поля нет.",
    r"Invalid value\.|Invalid input\.": "Недопустимое значение.",
    r"Invalid type\.|Invalid input type\.": "Значение не того типа.",
    r"Not a valid boolean\.": "Нужно да или нет (true или false).",
    r"Not a valid date\.": "Нужна дата вида 2026-09-01.",
    r"Not a valid time\.": "Нужно время вида 08:30.",
    r"Not a valid (?:naive |aware )?datetime\.": "Нужны дата и время вида 2026-09-01T08:30:00+03:00.",
    r"Not a valid integer\.": "Нужно целое число.",
    r"Not a valid number\.": "Нужно число.",
    r"Number too large\.": "Число слишком велико.",
    r"Special numeric values \(nan or infinity\) are not permitted\.": "Нужно обычное число.",
    r"Not a valid string\.": "Нужен текст.",
    r"Not a valid utf-8 string\.": "Нужен текст в UTF-8.",
    r"Not a valid list\.": "Нужен список.",
    r"Not a valid mapping type\.": "Нужен объект с полями.",
    r"Not a valid UUID\.": "Нужен идентификатор (UUID).",
    r"Not a valid email address\.": "Это не адрес электронной почты.",
    r"Not a valid URL\.": "Это не ссылка.",
    r"String does not match expected pattern\.": "Значение не того вида.",
    r"Shorter than minimum length (\d+)\.": r"Короче наименьшей длины: \1.",
    r"Longer than maximum length (\d+)\.": r"Длиннее наибольшей длины: \1.",
    r"Length must be between (\d+) and (\d+)\.": r"Длина: от \1 до \2.",
    r"Length must be (\d+)\.": r"Длина: ровно \1.",
    r"Must be one of: (.*)\.": r"Одно из: \1.",
    r"Must be equal to (.*)\.": r"Должно быть равно \1.",
    r"One or more of the choices you made was not in: (.*)\.": r"Можно выбрать только из: \1.",
    r"One or more of the choices you made was in: (.*)\.": r"Этого выбрать нельзя: \1.",
    rf"Must be ((?:{_WORDS}) .+)\.": _range,
}
_TEXTS = [(re.compile(pattern, re.DOTALL), said) for pattern, said in TEXTS.items()]


class BadField(ValidationError):
    """What a schema of ours has to say of a field; ValidationError itself would part the languages."""

    def __init__(self, said: Text, field_name: str = SCHEMA) -> None:
        """Say it of the field named; of the one being read, or of the whole, when none is."""
        super().__init__([said], field_name)


def in_both(messages: Any) -> Any:
    """Return what is said of fields, at any depth, with every text in both languages."""
    if isinstance(messages, Text):
        return messages
    if isinstance(messages, str):
        return Text(in_russian(messages), messages)
    if isinstance(messages, Mapping):
        return {name: in_both(inner) for name, inner in messages.items()}
    if isinstance(messages, list | tuple):
        return [in_both(one) for one in messages]
    return messages


def in_russian(text: str) -> str:
    """Return what is said of a field in Russian, numbers and choices kept; other texts as they are."""
    for pattern, said in _TEXTS:
        if found := pattern.fullmatch(text):
            return said(found) if callable(said) else found.expand(said)
    return text
