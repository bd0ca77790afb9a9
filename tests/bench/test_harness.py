"""The harness itself: which groups run, what is printed and kept."""

import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench


async def figures() -> list[bench.Figure]:
    return [("relay.loss_ratio", 0.0, "ratio"), ("relay.rss_mb", 123.456789, "MB")]


@pytest.fixture(autouse=True)
def one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    def groups(only: str) -> dict[str, bench.Group]:
        return {"relay": figures} if bench.may_start("relay.", only) else {}

    monkeypatch.setattr(bench, "groups", groups)
    monkeypatch.delenv("ONLY", raising=False)
    monkeypatch.delenv("BENCH_JSON", raising=False)


async def test_one_figure_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert await bench.main() == 0
    assert capsys.readouterr().out == "relay.loss_ratio 0 ratio\nrelay.rss_mb 123.457 MB\n"


async def test_a_prefix_picks_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONLY", "relay.rss")
    assert await bench.main() == 0
    assert capsys.readouterr().out == "relay.rss_mb 123.457 MB\n"


async def test_a_prefix_of_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLY", "rely")
    assert await bench.main() == 1


async def test_figures_are_kept_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BENCH_JSON", str(tmp_path / "figures.json"))
    await bench.main()
    kept = json.loads((tmp_path / "figures.json").read_text(encoding="utf8"))
    assert kept == {"relay.loss_ratio": 0.0, "relay.rss_mb": 123.456789}


async def test_a_group_keeps_to_its_name() -> None:
    with pytest.raises(ValueError, match=r"relay\.loss_ratio"):
        await bench.measure("web", figures, "")
