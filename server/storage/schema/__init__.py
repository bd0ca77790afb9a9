"""Every table. Ids are 32 hex characters; moments are UTC; each state machine has its column."""

from server.storage.schema.adjournments import Adjournment
from server.storage.schema.apart import (
    ApartConsent,
    ApartPolicy,
    ApartRecording,
    ApartViewing,
)
from server.storage.schema.appointments import (
    Appointment,
    AppointmentEntry,
    BookedCell,
    StationAnswering,
    StationCall,
)
from server.storage.schema.archive import ArchiveFile, ArchiveSession
from server.storage.schema.audit import Audit, Secret
from server.storage.schema.base import Base, id_column, new_id, reference
from server.storage.schema.desk import DeclaredConflict, DispatchStep, Duty, RingOffer
from server.storage.schema.feedback import Feedback, FeedbackLink
from server.storage.schema.guests import (
    Caucus,
    Guest,
    IdentityCheck,
    Invitation,
    KeptApart,
    Message,
)
from server.storage.schema.health import SelfTest
from server.storage.schema.integrity import IntegrityValue
from server.storage.schema.jobs import JobTally
from server.storage.schema.people import Account, Matter, NoticeText, Station, Village
from server.storage.schema.photos import Photo, PhotoShown, has_photos, is_destroyed
from server.storage.schema.proof import Proof, ProofRun
from server.storage.schema.recordings import Export, Gap, Segment, Viewing
from server.storage.schema.retention import (
    Deletion,
    Hold,
    RetentionChoice,
    RetentionClass,
    RetentionKind,
)
from server.storage.schema.roster import DutyPeriod, RosterEntry, RosterSwap
from server.storage.schema.sessions import (
    Advice,
    Callback,
    Consent,
    DoneCommand,
    Event,
    Participant,
    Person,
    Session,
)
from server.storage.schema.sign_in import (
    Device,
    Enrolment,
    Login,
    RecoveryCode,
    SecondFactor,
    SignInFailure,
)
from server.storage.schema.tasks import Task

__all__ = [
    "Account",
    "Adjournment",
    "Advice",
    "ApartConsent",
    "ApartPolicy",
    "ApartRecording",
    "ApartViewing",
    "Appointment",
    "AppointmentEntry",
    "ArchiveFile",
    "ArchiveSession",
    "Audit",
    "Base",
    "BookedCell",
    "Callback",
    "Caucus",
    "Consent",
    "DeclaredConflict",
    "Deletion",
    "Device",
    "DispatchStep",
    "DoneCommand",
    "Duty",
    "DutyPeriod",
    "Enrolment",
    "Event",
    "Export",
    "Feedback",
    "FeedbackLink",
    "Gap",
    "Guest",
    "Hold",
    "IdentityCheck",
    "IntegrityValue",
    "Invitation",
    "JobTally",
    "KeptApart",
    "Login",
    "Matter",
    "Message",
    "NoticeText",
    "Participant",
    "Person",
    "Photo",
    "PhotoShown",
    "Proof",
    "ProofRun",
    "RecoveryCode",
    "RetentionChoice",
    "RetentionClass",
    "RetentionKind",
    "RingOffer",
    "RosterEntry",
    "RosterSwap",
    "SecondFactor",
    "Secret",
    "Segment",
    "SelfTest",
    "Session",
    "SignInFailure",
    "Station",
    "StationAnswering",
    "StationCall",
    "Task",
    "Viewing",
    "Village",
    "has_photos",
    "id_column",
    "is_destroyed",
    "new_id",
    "reference",
]
