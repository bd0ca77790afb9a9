"""Names of people and firms, as they are compared."""

import unicodedata


def fold(name: str) -> str:
    """Return a name as it is compared: width, case, spaces, dots and brackets make no difference.

    ``买买提·艾力`` and ``买买提.艾力``, ``ＡＢＣ公司`` and ``abc 公司`` are the same name.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in plain if char.isalnum())
