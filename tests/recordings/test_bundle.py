"""The evidence bundle: a stranger with nothing but python3 and cryptography can check it."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recordings import bundle, facts
from recordings.facts import canonical
from recordings.keys import SigningKey, signing_key
from recordings.manifest import integrity
from recordings.model import Codec
from recordings.names import NAMES, SIGNATURE, signed
from tests.recordings import media
from tests.recordings.desk import SESSION, desk
from tests.recordings.test_seal import ADVICE, CONSENT

# A verifier that needed the rest of the package would find nothing of it.
BLOCKED = "import sys; sys.modules['av'] = None; sys.argv[0] = 'x'; import runpy; "
RUN = BLOCKED + "runpy.run_module('recordings', run_name='__main__')"


NAMED = {"p1": "张三", "p2": "李四"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle beside its key, unpacked from the zip file."""
    root = tmp_path_factory.mktemp("made")
    key = signing_key(root / "keys")
    with desk(root / "recordings", key=key) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(3))))
        it.close()
        files = bundle.parts(it.folder, "YT-1<2", [ADVICE, CONSENT], key, names=NAMED)
        bundle.write_zip(root / "bundle.zip", files)
        (root / "integrity").write_text(integrity(it.folder) or "")
        (root / "public.pem").write_bytes(key.public.pem())
        _check_sizes(files, root / "bundle.zip")
    return root


def _check_sizes(files: list[bundle.Part], archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        sizes = {info.filename: info.file_size for info in opened.infolist()}
    assert sizes == {part.name: part.size for part in files}


@pytest.fixture
def unpacked(made: Path, tmp_path: Path) -> Path:
    target = tmp_path / "bundle"
    with zipfile.ZipFile(made / "bundle.zip") as archive:
        archive.extractall(target)
    return target


def check(unpacked: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run the bundle's own verifier, as its page says."""
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); {RUN}"]
    done = subprocess.run(
        [*command, "verify", "..", *arguments],
        cwd=unpacked / "verifier",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def trusted(made: Path) -> tuple[str, ...]:
    """What somebody has from elsewhere."""
    return "--key", str(made / "public.pem"), "--integrity", (made / "integrity").read_text()


def test_the_bundle_checks_itself(made: Path, unpacked: Path) -> None:
    key = signing_key(made / "keys").public
    told = f"signed with the key in the bundle: {key.ident}"
    code, lines = check(unpacked)
    assert (code, lines[0], lines[2:]) == (0, told, [f"{SESSION}: whole"])
    assert lines[1].startswith(f"{NAMES}: signed on 20")
    assert check(unpacked, *trusted(made)) == (0, lines[1:])


def test_the_page_says_what_to_compare(made: Path, unpacked: Path) -> None:
    page = (unpacked / "说明.html").read_text("utf-8")
    assert "YT-1&lt;2" in page
    assert (made / "integrity").read_text() in page
    assert signing_key(made / "keys").public.ident in page


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("advice", "先申请确权。", "不必确权。", "advice a1: was changed"),
        ("consent", "true", "false", "consent c1: was changed"),
        ("consent", '"c1"', '"c2"', "consent c1: is missing"),
    ],
)
def test_a_changed_statement_is_named(
    unpacked: Path, file: str, old: str, new: str, place: str
) -> None:
    path = unpacked / bundle.STATEMENTS / f"{file}.json"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    code, lines = check(unpacked)
    assert code == 1
    assert any(line.startswith(f"{SESSION}/{place}") for line in lines)


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return rows


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", "utf-8")


def add_a_row_before(folder: Path) -> None:
    rows = rows_of(folder / "advice.json")
    forged = rows[0] | {"content": rows[0]["content"] | {"advice": "放弃主张。"}}
    write_rows(folder / "advice.json", [forged, *rows])


def change_a_time(folder: Path) -> None:
    rows = rows_of(folder / "advice.json")
    rows[0]["at"] += 86400.0
    write_rows(folder / "advice.json", rows)


def add_a_field(folder: Path) -> None:
    rows = rows_of(folder / "advice.json")
    write_rows(folder / "advice.json", [rows[0] | {"by": "李律师"}])


def write_a_name_twice(folder: Path) -> None:
    path, text = folder / "consent.json", '"content": {'
    twice = path.read_text("utf-8").replace(text, f'{text}"given": false}}, {text}', 1)
    path.write_text(twice, "utf-8")


def add_a_file(folder: Path) -> None:
    shutil.copy(folder / "consent.json", folder / "a-consent.json")


def put_rows_elsewhere(folder: Path) -> None:
    (folder / "consent.json").rename(folder / "event.json")


def write_no_number(folder: Path) -> None:
    rows = rows_of(folder / "consent.json")
    rows[0]["content"]["given"] = float("nan")
    write_rows(folder / "consent.json", rows)


FORGERIES: dict[Callable[[Path], None], str] = {
    add_a_row_before: "advice a1: is there more than once",
    change_a_time: "advice a1: was changed; line 1 of facts.jsonl has another time",
    add_a_field: "statements/advice.json: was changed: it is not as statements are written",
    write_a_name_twice: "statements/consent.json: was changed: it is not as statements are written",
    add_a_file: "statements/a-consent.json: is no file of statements",
    put_rows_elsewhere: "statements/event.json: was changed: it is not as statements are written",
    write_no_number: "statements/consent.json: holds no statements",
}


@pytest.mark.parametrize("forge", FORGERIES)
def test_nothing_is_put_beside_the_statements(
    made: Path, unpacked: Path, forge: Callable[[Path], None]
) -> None:
    forge(unpacked / bundle.STATEMENTS)
    code, lines = check(unpacked, *trusted(made))
    assert (code, f"{SESSION}/{FORGERIES[forge]}" in lines) == (1, True), lines


def swap_names(unpacked: Path) -> None:
    (unpacked / NAMES).write_text(json.dumps({"p1": "李四", "p2": "张三"}))


def sign_names_anew(unpacked: Path) -> None:
    swap_names(unpacked)
    other = signing_key(unpacked.parent / "other")
    for name, text in signed(SESSION, {"p1": "李四", "p2": "张三"}, other, 1.0):
        (unpacked / name).write_bytes(text)


def take_another_sessions(unpacked: Path) -> None:
    ours = signing_key(unpacked.parent / "made" / "keys")
    for name, text in signed("another", NAMED, ours, 1.0):
        (unpacked / name).write_bytes(text)


def change_when(unpacked: Path) -> None:
    body = json.loads((unpacked / SIGNATURE).read_bytes())
    body["at"] += 1.0
    (unpacked / SIGNATURE).write_bytes(canonical(body) + b"\n")


NAME_FORGERIES: dict[Callable[[Path], object], str] = {
    swap_names: "was changed after it was signed",
    sign_names_anew: "is signed with another key",
    take_another_sessions: "was changed after it was signed",
    change_when: f"cannot be checked: {SIGNATURE} was changed",
    lambda it: (it / SIGNATURE).write_text(
        "[1]"
    ): f"cannot be checked: {SIGNATURE} is no signature",
    lambda it: (it / NAMES).unlink(): "is missing or cannot be read",
}


@pytest.mark.parametrize("forge", NAME_FORGERIES)
def test_changed_names_are_found(
    made: Path, unpacked: Path, forge: Callable[[Path], object]
) -> None:
    shutil.copytree(made / "keys", unpacked.parent / "made" / "keys")
    forge(unpacked)
    code, lines = check(unpacked, *trusted(made))
    assert (code, lines) == (1, [f"{SESSION}/{NAMES}: {NAME_FORGERIES[forge]}"])


def test_names_that_nobody_signed_are_told(made: Path, unpacked: Path) -> None:
    """Bundles made before names were signed are whole, and say what they do not show."""
    (unpacked / SIGNATURE).unlink()
    code, lines = check(unpacked, *trusted(made))
    told = f"{NAMES}: is not signed, nothing here shows that its names are the right ones"
    assert (code, lines) == (0, [told, f"{SESSION}: whole"])
    (unpacked / NAMES).unlink()
    assert check(unpacked, *trusted(made)) == (0, [f"{SESSION}: whole"])


def test_a_removed_and_a_broken_file_of_statements_are_named(unpacked: Path) -> None:
    (unpacked / bundle.STATEMENTS / "advice.json").unlink()
    assert f"{SESSION}/advice a1: is missing; line 1 of facts.jsonl has it" in check(unpacked)[1]
    (unpacked / bundle.STATEMENTS / "advice.json").write_text("{")
    assert check(unpacked)[1][1:] == [f"{SESSION}/statements/advice.json: holds no statements"]


def test_a_bundle_made_anew_with_another_key_is_found(made: Path, unpacked: Path) -> None:
    folder = bundle.session_in(unpacked)
    assert folder is not None
    forged = _forge(folder, unpacked.parent)
    assert check(forged)[0] == 0  # alone it agrees with itself
    code, lines = check(forged, "--key", str(made / "public.pem"))
    assert (code, "signed with another key" in lines[0]) == (1, True)
    code, lines = check(forged, "--integrity", (made / "integrity").read_text())
    assert (code, "integrity value" in lines[-1]) == (1, True)


def _forge(folder: Path, root: Path) -> Path:
    copy = root / "forged" / folder.name
    shutil.copytree(folder, copy)
    (copy / "manifest.jsonl").unlink()
    (copy / facts.NAME).unlink()
    key: SigningKey = signing_key(root / "other")
    bundle.write_folder(root / "new", bundle.parts(copy, "YT-1", [CONSENT], key))
    return root / "new"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recordings", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_commands_make_a_key_and_a_bundle(made: Path, tmp_path: Path) -> None:
    keys, rows = str(tmp_path / "keys"), tmp_path / "rows.json"
    shown = run("key", keys).stdout
    assert shown == run("key", keys).stdout
    assert signing_key(tmp_path / "keys").public.ident in shown
    rows.write_bytes(facts.as_json([ADVICE]))
    session = tmp_path / SESSION
    shutil.copytree(made / "recordings" / SESSION, session)
    (session / "manifest.jsonl").unlink()
    (session / facts.NAME).unlink()
    target = tmp_path / "out"
    done = run("bundle", str(session), str(target), "--keys", keys, "--statements", str(rows))
    assert (done.returncode, done.stderr) == (0, "")
    assert check(target)[0] == 0
    (row,) = json.loads((target / "statements/advice.json").read_text("utf-8"))
    assert row["content"] == ADVICE.content


def test_what_cannot_be_bundled_is_said(made: Path, tmp_path: Path) -> None:
    done = run("bundle", str(tmp_path), str(tmp_path / "out"), "--keys", str(made / "keys"))
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
