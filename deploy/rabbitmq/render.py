"""Write the definitions that RabbitMQ loads at boot: definitions.json with the services' passwords.

`PARTA_<SERVICE>_BROKER_PASSWORD` (or `…_FILE`) for each service; `PARTA_BROKER_ADMIN_PASSWORD` adds
the user `admin`. Only salted hashes are written, but the file is still nobody else's to read.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("definitions.json")
ADMIN = "admin"


def render(passwords: Mapping[str, str]) -> dict[str, Any]:
    """Return the definitions with these passwords; SystemExit names the services without one."""
    made: dict[str, Any] = json.loads(TEMPLATE.read_text())
    lacking = [user["name"] for user in made["users"] if not passwords.get(user["name"])]
    if lacking:
        names = ", ".join(f"PARTA_{name.upper()}_BROKER_PASSWORD" for name in lacking)
        raise SystemExit(f"Every service has a password of its own at the broker. Set {names}.")
    for user in made["users"]:
        user["password_hash"] = password_hash(passwords[user["name"]])
    if password := passwords.get(ADMIN):
        made["users"].append(
            {"name": ADMIN, "password_hash": password_hash(password), "tags": ["administrator"]}
        )
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        made["permissions"].append({"user": ADMIN, "vhost": made["vhosts"][0]["name"], **rights})
    return made


def password_hash(password: str) -> str:
    """Return RabbitMQ's salted SHA-256 of a password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def from_environment() -> dict[str, str]:
    """Return the passwords told by the environment."""
    variables = {ADMIN: "PARTA_BROKER_ADMIN_PASSWORD"}
    for user in json.loads(TEMPLATE.read_text())["users"]:
        variables[user["name"]] = f"PARTA_{user['name'].upper()}_BROKER_PASSWORD"
    found = {}
    for name, variable in variables.items():
        if path := os.environ.get(f"{variable}_FILE"):
            found[name] = Path(path).read_text().strip()
        else:
            found[name] = os.environ.get(variable, "")
    return found


def main(target: Path) -> None:
    """Write the file, readable by its owner only."""
    definitions = json.dumps(render(from_environment()), indent=2)
    target.touch(mode=0o600)
    target.write_text(definitions)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
