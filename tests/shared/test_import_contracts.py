"""Who may know whom is written in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.support.home import CHECKOUT


def test_every_import_contract_holds():
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
