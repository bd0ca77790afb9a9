"""Every query of the session feature; each takes an open transaction."""

from server.sessions.repository.belongings import (
    advice_of,
    consents_of,
    count_advice,
    participant_of,
    participants_of,
    persons_of,
)
from server.sessions.repository.duty import (
    claim_lawyer,
    duty_of,
    everybody_on_duty,
    free_lawyers,
    release_lawyer,
    renew_leases,
)
from server.sessions.repository.rings import all_offers, open_offer_of, open_offers
from server.sessions.repository.sessions import (
    ahead_in_queue,
    done_command,
    lawyers_finished,
    lawyers_sessions,
    mediators_session,
    session_by_id,
    waiting_sessions,
)
from server.sessions.repository.tables import (
    Names,
    accounts_by_id,
    card_names,
    matters_by_code,
    notice_by_version,
    stations_by_id,
)

__all__ = [
    "Names",
    "accounts_by_id",
    "advice_of",
    "ahead_in_queue",
    "all_offers",
    "card_names",
    "claim_lawyer",
    "consents_of",
    "count_advice",
    "done_command",
    "duty_of",
    "everybody_on_duty",
    "free_lawyers",
    "lawyers_finished",
    "lawyers_sessions",
    "matters_by_code",
    "mediators_session",
    "notice_by_version",
    "open_offer_of",
    "open_offers",
    "participant_of",
    "participants_of",
    "persons_of",
    "release_lawyer",
    "renew_leases",
    "session_by_id",
    "stations_by_id",
    "waiting_sessions",
]
