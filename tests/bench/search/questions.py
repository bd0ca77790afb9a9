"""What people ask an archive for: lists, words, filters, and the mixtures that hurt."""

from tests.bench.search.archive import CLOSED_STATION, LAWYERS, RARE_LAWYER, STATIONS
from tests.bench.search.words import ABOUT, LAW, RARE, WHO

COMMON_STATION, COMMON_LAWYER = STATIONS[3], LAWYERS[5]

Question = dict[str, str]

LISTS: list[Question] = [
    {},
    {"page": "2"},
    {"page": "50"},
    {"from": "2024-03-01", "to": "2024-03-31"},
    {"to": "2020-06-30"},
]
WORDS: list[Question] = [
    *({"q": word} for word in RARE),
    *({"q": word[:2]} for word in ABOUT),
    *({"q": word} for word in ABOUT),
    {"q": "争"},
    {"q": "建议"},
    {"q": "依照 某与"},
    {"q": f"{WHO[0]} {ABOUT[0]}"},
    {"q": f"{WHO[1]}与邻居 申请确权 {LAW[0]}"},
    {"q": "民法典第367条"},
    {"q": "从未出现"},
    {"q": "20230704-512345"},
]
FILTERS: list[Question] = [
    {"station": COMMON_STATION},
    {"station": CLOSED_STATION},
    {"lawyer": COMMON_LAWYER},
    {"lawyer": RARE_LAWYER},
    {"kind": "consultation"},
    {"kind": "mediation", "recorded": "yes"},
    {"matter": "land"},
    {"matter": "work.2", "recorded": "no"},
    {"station": COMMON_STATION, "lawyer": COMMON_LAWYER, "kind": "consultation"},
    {"station": CLOSED_STATION, "from": "2021-01-01"},
]
MIXED: list[Question] = [
    {"q": word, **narrowed}
    for word in ("建议", "宅基", "赡养老人", "水车")
    for narrowed in (
        {"station": COMMON_STATION},
        {"station": CLOSED_STATION},
        {"lawyer": RARE_LAWYER},
        {"kind": "consultation", "recorded": "no"},
        {"matter": "family", "from": "2022-05-01", "to": "2022-07-31"},
        {"lawyer": COMMON_LAWYER, "page": "3"},
    )
]
QUESTIONS = [*LISTS, *WORDS, *FILTERS, *MIXED]
