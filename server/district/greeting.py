"""The page that a start prints: addresses and demo accounts."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from server.district.importing import NewAccount
from server.settings import Settings
from signaling.rights import Role

ROLE_NAMES = {
    Role.ADMIN: "管理员",
    Role.SUPERVISOR: "督导",
    Role.LAWYER: "律师",
    Role.MEDIATOR: "调解员",
}


def greeting(settings: Settings, accounts: Sequence[NewAccount], terminal_code: str | None) -> str:
    """Return the page; ``terminal_code``: a fresh code for the first station's terminal."""
    return "\n".join(_lines(settings, accounts, terminal_code))


def _lines(
    settings: Settings, accounts: Sequence[NewAccount], terminal_code: str | None
) -> Iterator[str]:
    address = settings.origins[0]
    yield ""
    yield "云调 · 远程调解服务"
    yield ""
    yield f"  {address}/login      律师、管理员、督导"
    yield f"  {address}/terminal   调解站终端（首次使用先登记）"
    if terminal_code:
        yield f"  {address}/terminal?code={terminal_code}"
        yield "                       30 分钟内打开一次，这个浏览器就是第一个演示工作站的终端"
    yield "  其他工作站：python -m server enrol 工作站编号（S01 … S15）"
    if accounts:
        yield ""
        yield f"演示账号（密码随数据文件夹随机生成，保存在 {settings.data}/demo-accounts.txt）"
        yield ""
        yield from (_account(one) for one in accounts)
    yield ""


def _account(one: NewAccount) -> str:
    cells = (_wide(one.username, 12), _wide(one.password, 16), _wide(ROLE_NAMES[one.role], 8))
    return f"  {''.join(cells)}{_wide(one.name, 18)}{one.station}".rstrip()


def _wide(text: str, columns: int) -> str:
    """Pad to a width on the screen, where a Chinese character takes two columns."""
    taken = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(1, columns - taken)
