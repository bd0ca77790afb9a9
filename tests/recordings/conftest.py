"""What the kills lost is said at the end of a run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed = terminalreporter.getreports("passed")
    lost = [
        float(str(value))
        for report in passed
        for name, value in report.user_properties
        if name == "lost_s"
    ]
    if lost:
        said = f"killed {len(lost)} times: the largest lost tail is {max(lost):.2f} s"
        terminalreporter.write_line(said)
