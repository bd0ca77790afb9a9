"""A line that loses packets by chance, both ways: what is heard and seen of the other side."""

from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, Watch, far_and_near
from tests.support.lines import line

_WATCHED_S = 15


async def losses(open_browser: OpenBrowser, folder: Path) -> list[tuple[str, float, str]]:
    """One call that loses nothing, then 5, 10 and 20 % of its packets."""
    figures: list[tuple[str, float, str]] = []
    with line() as cable:
        async with far_and_near(open_browser, folder, cable) as (_, far):
            await Watch.of(far, NEAR, 6)  # the first picture is not what is asked for
            for per_cent in (0, 5, 10, 20):
                cable.lose(per_cent)
                watch = await Watch.of(far, NEAR, _WATCHED_S)
                figures += [
                    (f"lines.freeze_ratio_{per_cent}", watch.frozen, "ratio"),
                    (f"lines.silence_ms_{per_cent}", watch.longest_gap * 1000, "ms"),
                    (f"lines.kbps_{per_cent}", watch.kbps, "kbit/s"),
                ]
    return figures
