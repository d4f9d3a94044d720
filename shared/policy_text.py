"""The policy as the README shows it: by role, what may be done and about whose things."""

from collections.abc import Iterator

from shared.policy import ROLES, RULES

COLUMNS = (
    ("school", "the whole school"),
    ("class", "the own classes"),
    ("load", "the pages they teach"),
    ("self", "themselves"),
    ("child", "their children"),
)
EVERYBODY = "everybody"
BEGIN, END = "<!-- made by `parta policy --into README.md` -->\n", "<!-- until here -->\n"


def markdown() -> str:
    """Return a table of roles and relations whose cells are actions; those of all come once."""
    heads = " | ".join(title for _, title in COLUMNS)
    lines = [f"| who | {heads} |", "|---" * (len(COLUMNS) + 1) + "|"]
    lines += [_line(role) for role in (EVERYBODY, *ROLES)]
    return "\n".join(lines) + "\n"


def _line(role: str) -> str:
    cells = (", ".join(dict.fromkeys(_actions(role, relation))) for relation, _ in COLUMNS)
    return f"| {role} | {' | '.join(cell or '–' for cell in cells)} |"


def _actions(role: str, relation: str) -> Iterator[str]:
    for rule in RULES.values():
        is_of_all = len({rule.relations.get(one) for one in ROLES}) == 1
        found = rule.relations.get(ROLES[0] if role == EVERYBODY else role)
        if found == relation and is_of_all == (role == EVERYBODY):
            yield rule.action


def put_into(text: str) -> str:
    """Return a text with the table between its two marks renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{markdown()}{END}{after}"
