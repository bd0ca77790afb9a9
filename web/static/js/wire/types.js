/**
 * What travels on the wire, as types. The words are those of signaling/PROTOCOL.md; moments are
 * milliseconds since 1970 on the server's clock, ids are 32 hex characters.
 *
 * @typedef {"requested"|"ringing"|"unanswered"|"accepted"|"live"|"paused"|"wrapping"|"closed"|"cancelled"|"deferred"|"failed"} SessionState
 * @typedef {"off"|"declined"|"armed"|"recording"|"paused"|"interrupted"|"failed"|"closed"} RecordingState
 * @typedef {"expected"|"connecting"|"connected"|"reconnecting"|"left"} ParticipantState
 * @typedef {"mediation"|"consultation"} SessionKind
 * @typedef {"good"|"poor"|"bad"} Level
 * @typedef {{code: string, name: string}} Matter
 * @typedef {"minor"|"elderly"|"violence"|"limitation"} Need
 *
 * @typedef {object} Card
 * @property {string} id
 * @property {string} number
 * @property {SessionKind} kind
 * @property {Matter} matter
 * @property {string} station
 * @property {number} requested_at
 * @property {Need[]} needs  why they come first
 * @property {string} language  what they want to speak, or empty
 * @property {SessionState} state
 * @property {string|null} lawyer
 * @property {number|null} live_at
 * @property {number|null} ended_at
 *
 * @typedef {{id: string, name: string, recording: boolean, here: boolean, minor: boolean, guardian: string}} Person
 * @typedef {{law: string, article: string, version_date: string}} Citation
 *
 * @typedef {object} Participant
 * @property {string} id
 * @property {"lawyer"|"mediator"|"party"} role
 * @property {string} name
 * @property {number} place
 * @property {ParticipantState} state
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {boolean} hushed   by the mediator
 * @property {number|null} hand     since when they wish to speak
 * @property {number|null} calling  since when they call the mediator
 * @property {boolean} beside   in the same circle as this page
 * @property {boolean} me
 *
 * @typedef {object} Advice
 * @property {string} id
 * @property {string} author
 * @property {number} at
 * @property {number|null} media_seconds
 * @property {Matter} matter
 * @property {string} advice
 * @property {Citation[]} legal_basis
 * @property {string} bring
 * @property {string} next_step
 * @property {string|null} corrects
 * @property {string|null} corrected_by
 *
 * @typedef {{epoch: number, place: number, ice_servers: RTCIceServer[]}} MediaPlace
 * @typedef {{ahead: number, ringing: string[], until: number|null, everyone: boolean, backup: boolean, again: boolean,
 *   typical: {seconds: number, of: number}|null}} Queue
 *
 * @typedef {object} SessionDetail
 * @property {number} seq
 * @property {string} facts
 * @property {Person[]} persons
 * @property {{name: string}} mediator
 * @property {Queue|null} queue  while waiting
 * @property {Participant[]} participants
 * @property {{state: RecordingState, since: number|null, stalled: {participant: string, track: string}|null}} recording
 * @property {MediaPlace|null} media
 * @property {boolean} lead  this page's own lawyer has the session
 * @property {boolean} conflict  a lawyer in the talk has declared an interest in a party; on a desk: this one
 * @property {{kind: string, name: string, until: number|null, unmet: boolean}|null} handing  a colleague is being rung, looked for, or did not come
 * @property {{by: string, reason: string, since: number}|null} hold  during a break
 * @property {{by_itself: boolean}|null} called  where the centre called the station
 * @property {Advice[]} advice
 * @property {number|null} receipt_at
 * @property {number|null} closed_at
 * @property {string} reason
 * @property {{number: string, live_at: number|null, lawyer: string|null, advice: string[]}|null} previous  the session that this one continues
 * @property {{day: string, reason: string}|null} adjourned  it goes on another day
 * @property {Visitor[]} lobby
 * @property {Aside|null} aside
 * @property {Message[]} messages
 * @property {Photo[]} photos  of evidence, those that this page may see
 *
 * @typedef {"invited"|"preparing"|"waiting"|"inside"|"away"|"refused"|"over"} GuestState
 * @typedef {"rights"|"lawyer_presence"|"recording"|"personal_data"} Subject
 * @typedef {Partial<Record<Subject, boolean>>} Consents
 *
 * @typedef {object} Visitor  somebody invited, for the mediator
 * @property {string} person
 * @property {string} name
 * @property {GuestState} state
 * @property {number} since
 * @property {boolean} been_inside
 * @property {"document"|"known"|"not_possible"|null} identity
 * @property {Consents} consents
 * @property {boolean} minor
 * @property {string} guardian
 * @property {string[]} apart
 *
 * @typedef {object} Aside  a talk apart
 * @property {string} id
 * @property {"invited"|"accepted"|"locked"} state
 * @property {boolean} mine
 * @property {string|null} person
 * @property {string[]|null} lawyers
 * @property {Kept|null} kept  its recording, for those in it
 *
 * @typedef {object} Kept
 * @property {"offered"|"asked"|"starting"|"recording"|"failed"} state
 * @property {{version: string, body: string}} notice
 * @property {{person: string|null, name: string, given: boolean|null, me: boolean, here: boolean}[]} answers
 *
 * @typedef {{id: string, at: number, name: string, role: Participant["role"], me: boolean, aside: boolean, text: string}} Message
 *
 * @typedef {{id: string, at: number, name: string, me: boolean, caption: string, shown: boolean, aside: boolean,
 *   earlier: boolean, away: boolean, place: boolean, width: number, height: number}} Photo
 *
 * @typedef {object} GuestCard
 * @property {string} session
 * @property {GuestState} state
 * @property {number} since
 * @property {string} name
 * @property {boolean} minor
 * @property {string} guardian
 * @property {boolean} been_inside
 * @property {string} words
 * @property {Consents} consents
 * @property {string} mediator
 * @property {{name: string, phone: string}|null} station
 * @property {string} number
 * @property {"waiting"|"under_way"|"over"} talk
 * @property {string|null} goes_on  the date on which it goes on
 *
 * @typedef {object} PartyView
 * @property {"party"} role
 * @property {number} now
 * @property {GuestCard|null} guest
 * @property {Session|null} session
 *
 * @typedef {{name: string, firm: string, licence_no: string}} LawyerCard
 * @typedef {Omit<Card, "lawyer"> & {lawyer: LawyerCard|null} & SessionDetail} Session
 *
 * @typedef {Card & {until: number, everyone: boolean, notes: string[], stage: string, by: string|null, reason: string, persons: string[], facts: string}} Ringing
 *
 * @typedef {{now: string[], next: {at: number, names: string[]}|null}} Rota  by the roster
 *
 * @typedef {object} MediatorView
 * @property {"mediator"} role
 * @property {number} now
 * @property {{name: string, phone: string}|null} station
 * @property {{name: string}[]} duty
 * @property {Rota} rota
 * @property {Session|null} session
 * @property {Appointment[]} appointments  the station's
 * @property {StationCall|null} called  the centre rings here
 * @property {Adjourned[]} adjourned
 *
 * @typedef {object} Appointment
 * @property {string} id
 * @property {"booked"|"entered"} state
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {number} doors_at
 * @property {{id: string, name: string}} lawyer
 * @property {{id: string, name: string}} station
 * @property {SessionKind} kind
 * @property {Matter} matter
 * @property {string} [about]  for the lawyer
 * @property {string|null} [continues]  for the terminal: what goes on then, as in `adjourned`
 *
 * @typedef {object} StationCall
 * @property {string} id
 * @property {{name: string, firm: string}|null} lawyer
 * @property {{id: string, name: string}} station
 * @property {SessionKind} kind
 * @property {Matter} matter
 * @property {number} rang_at
 * @property {number} until
 * @property {number|null} auto_at  when the terminal answers by itself
 *
 * @typedef {object} Adjourned  a session of this station that goes on another day
 * @property {string} id
 * @property {string} number
 * @property {SessionKind} kind
 * @property {Matter} matter
 * @property {string|null} lawyer
 * @property {string} facts
 * @property {Need[]} needs
 * @property {string} language
 * @property {boolean} mine
 * @property {{id: string, name: string, phone: string, here: boolean}[]} persons
 * @property {string} day
 * @property {string} reason
 *
 * @typedef {{id: string, name: string, firm: string}} Colleague
 *
 * @typedef {object} LawyerView
 * @property {"lawyer"} role
 * @property {number} now
 * @property {{on: boolean, standby: boolean, since: number|null, colleagues: string[]}} duty
 * @property {Rota} rota
 * @property {Card[]} waiting
 * @property {Ringing|null} ringing
 * @property {Colleague[]} colleagues  who could be asked into a talk
 * @property {Session|null} session
 * @property {(Card & {phone: string, persons: string[], asked_at: number})[]} callbacks
 * @property {Card[]} wrapping
 * @property {Card[]} today
 * @property {Appointment[]} appointments  this lawyer's own
 * @property {StationCall|null} calling  the station that this lawyer rings
 *
 * @typedef {(MediatorView|LawyerView|PartyView) & {spread?: number}} View
 *
 * @typedef {object} Quality
 * @property {number} loss        0..1
 * @property {number|null} rtt_ms
 * @property {number} kbps
 * @property {number} fps
 * @property {Level} level
 * @property {"shown"|"paused"|"insisted"} [video]  whether their line carries others' pictures to
 *   them, or they see them at the cost of the sound
 *
 * @typedef {{session: string, peers: Record<string, Quality>}} QualityReport
 *
 * @typedef {object} Boot
 * @property {string} csrf
 * @property {{id: string, name: string, role: string, station: {name: string, phone: string}|null}} me
 * @property {Matter[]} matters
 * @property {{version: string, title: string, body: string}} notice
 * @property {string} hotline
 * @property {string[]} languages  what lawyers speak beside Mandarin
 */

export {};
