"""What is said of fields of a request, in the language of whoever sent it."""

import ast
from collections.abc import Iterator

import pytest
from marshmallow import validate

from shared.field_texts import in_russian
from tests.support.home import CHECKOUT

# Events are read by services alone; what is wrong with one goes into the log.
SPOKEN = [
    file
    for folder in ("services", "shared")
    for file in sorted((CHECKOUT / folder).rglob("*.py"))
    if not file.is_relative_to(CHECKOUT / "shared" / "events")
]
VALIDATORS = {name for name in dir(validate) if name[0].isupper()}
OWN = ("error_messages", "default_error_messages")


def texts_in(tree: ast.Module) -> Iterator[str]:
    """Yield the texts that are said of fields, as they stand in the code or in a constant of the module."""
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    constants = {one.id: node.value for node in assigned for one in node.targets if isinstance(one, ast.Name)}
    for node in ast.walk(tree):
        for said in _said_by(node):
            yield from _literals(constants.get(_name(said), said))


def _said_by(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what marshmallow is given to say."""
    if isinstance(node, ast.Assign) and any(_name(one) in OWN for one in node.targets):
        yield node.value
    if not isinstance(node, ast.Call):
        return
    name = _name(node.func)
    if name == "ValidationError":
        yield from node.args[:1]
    for given in node.keywords:
        is_error = (given.arg, name) == ("message", "ValidationError") or (
            given.arg == "error" and name in VALIDATORS
        )
        if is_error or given.arg in OWN:
            yield given.value


def _name(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _literals(node: ast.AST) -> Iterator[str]:
    """Yield the texts in an expression; keys of mappings are names of fields."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield ast.unparse(node)
    else:
        for one in node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node):
            yield from _literals(one)


def test_no_service_says_of_a_field_what_has_no_russian():
    """BadField takes both languages; ValidationError only what marshmallow itself says."""
    alone = {
        f"{file.relative_to(CHECKOUT)}: {text}"
        for file in SPOKEN
        for text in texts_in(ast.parse(file.read_text(encoding="utf-8")))
        if in_russian(text) == text
    }

    assert alone == set()


@pytest.mark.parametrize(
    "code",
    [
        'raise ValidationError("Not a link.")',
        'raise ValidationError(f"From 1 to {most} days.", "until")',
        'raise ValidationError({"value": ["Not a phone number."]})',
        'raise marshmallow.ValidationError(message="Not a link.")',
        'NO_LINK = "Not a link."\ndef check(text):\n    raise ValidationError(NO_LINK)',
        'validate.Regexp("x", error="Some text.")',
        'Length(1, error="Some text.")',
        'fields.String(error_messages={"required": "Say who."})',
        'class Hours(Field):\n    default_error_messages = {"invalid": "Hours."}',
    ],
)
def test_a_text_in_english_alone_is_noticed(code):
    [text] = texts_in(ast.parse(code))

    assert in_russian(text) == text


def test_what_marshmallow_says_itself_may_be_said_by_a_schema():
    [text] = texts_in(ast.parse('raise ValidationError({"code": ["Missing data for required field."]})'))

    assert in_russian(text) == "Обязательное поле не заполнено."
