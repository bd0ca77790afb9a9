"""The browser's pure modules (js/state, js/wire, js/player) under node's own test runner."""

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def test_pure_modules() -> None:
    node = shutil.which("node")
    assert node is not None, "node 20 or newer is needed on PATH"
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
