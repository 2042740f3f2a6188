-- The tables of intervisions as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE intervision_series (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  facilitator_id UUID NOT NULL,
  co_facilitator_id UUID,
  languages JSONB NOT NULL,
  capacity INTEGER NOT NULL,
  quorum INTEGER NOT NULL,
  max_per_sector INTEGER,
  points INTEGER DEFAULT 3 NOT NULL,
  self_vote BOOLEAN DEFAULT false NOT NULL,
  created_by UUID NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_intervision_series PRIMARY KEY (id),
  CONSTRAINT ck_intervision_series_kind CHECK (kind IN ('intervision', 'supervision', 'concertation', 'housing_table')),
  CONSTRAINT ck_intervision_series_numbers CHECK (capacity BETWEEN 2 AND 500 AND quorum BETWEEN 1 AND capacity AND max_per_sector BETWEEN 1 AND capacity AND points BETWEEN 1 AND 20),
  CONSTRAINT ck_intervision_series_facilitators CHECK (co_facilitator_id <> facilitator_id)
);
CREATE INDEX ix_intervision_series_co_facilitator_id ON intervision_series (co_facilitator_id);
CREATE INDEX ix_intervision_series_facilitator_id ON intervision_series (facilitator_id);

CREATE TABLE impasses (
  case_id UUID NOT NULL,
  flagged_by UUID NOT NULL,
  flagged_at TIMESTAMP WITH TIME ZONE NOT NULL,
  lifted_by UUID,
  lifted_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_impasses PRIMARY KEY (id),
  CONSTRAINT ck_impasses_lifted CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX ix_impasses_case_id ON impasses (case_id);
CREATE UNIQUE INDEX uq_impasses_open ON impasses (case_id) WHERE lifted_at IS NULL;

CREATE TABLE intervision_agreements (
  case_id UUID NOT NULL,
  answer TEXT NOT NULL,
  evidence TEXT NOT NULL,
  witness TEXT,
  document TEXT,
  recorded_by UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_intervision_agreements PRIMARY KEY (id),
  CONSTRAINT ck_intervision_agreements_answer CHECK (answer IN ('agreed', 'refused')),
  CONSTRAINT ck_intervision_agreements_evidence CHECK (evidence IN ('oral', 'written')),
  CONSTRAINT ck_intervision_agreements_witness CHECK (evidence <> 'oral' OR witness IS NOT NULL),
  CONSTRAINT ck_intervision_agreements_document CHECK (evidence <> 'written' OR document IS NOT NULL)
);
CREATE INDEX ix_intervision_agreements_case_id ON intervision_agreements (case_id);
CREATE UNIQUE INDEX uq_intervision_agreements_open ON intervision_agreements (case_id)
  WHERE withdrawn_at IS NULL;

CREATE TABLE intervision_sessions (
  series_id UUID NOT NULL,
  number INTEGER NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
  host_id UUID NOT NULL,
  place TEXT,
  link TEXT,
  state TEXT DEFAULT 'planned' NOT NULL,
  sequence INTEGER DEFAULT 0 NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_intervision_sessions PRIMARY KEY (id),
  CONSTRAINT uq_intervision_sessions_series_id_number UNIQUE (series_id, number),
  CONSTRAINT ck_intervision_sessions_state CHECK (state IN ('planned', 'held', 'cancelled')),
  CONSTRAINT ck_intervision_sessions_times CHECK (ends_at > starts_at)
);
CREATE INDEX ix_intervision_sessions_starts_at ON intervision_sessions (starts_at);

CREATE TABLE series_hosts (
  series_id UUID NOT NULL,
  position INTEGER NOT NULL,
  organisation_id UUID NOT NULL,
  CONSTRAINT pk_series_hosts PRIMARY KEY (series_id, position)
);

CREATE TABLE series_members (
  series_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_series_members PRIMARY KEY (series_id, professional_id)
);
CREATE INDEX ix_series_members_professional_id ON series_members (professional_id);

CREATE TABLE agendas (
  session_id UUID NOT NULL,
  latest INTEGER DEFAULT 0 NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_agendas PRIMARY KEY (session_id)
);

CREATE TABLE ballots (
  session_id UUID NOT NULL,
  points INTEGER NOT NULL,
  self_vote BOOLEAN NOT NULL,
  priority_order JSONB NOT NULL,
  places INTEGER NOT NULL,
  opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state TEXT NOT NULL,
  planned_by UUID NOT NULL,
  electors INTEGER,
  quorum INTEGER,
  seed_digest TEXT,
  reminded BOOLEAN DEFAULT false NOT NULL,
  seed BYTEA,
  turnout INTEGER,
  papers_digest TEXT,
  result JSONB,
  void_code TEXT,
  void_reason TEXT,
  key_destroyed BOOLEAN DEFAULT false NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_ballots PRIMARY KEY (id),
  CONSTRAINT ck_ballots_state CHECK (state IN ('planned', 'open', 'closed', 'void')),
  CONSTRAINT ck_ballots_numbers CHECK (points BETWEEN 1 AND 20 AND places BETWEEN 1 AND 50),
  CONSTRAINT ck_ballots_times CHECK (closes_at > opens_at),
  CONSTRAINT ck_ballots_void CHECK ((state = 'void') = (void_code IS NOT NULL)),
  CONSTRAINT ck_ballots_result CHECK ((state = 'closed') = (result IS NOT NULL) AND (state = 'closed') = (seed IS NOT NULL))
);
CREATE INDEX ix_ballots_running ON ballots (state) WHERE NOT key_destroyed;
CREATE UNIQUE INDEX uq_ballots_session ON ballots (session_id) WHERE state <> 'void';

CREATE TABLE proposals (
  session_id UUID NOT NULL,
  proposer_id UUID NOT NULL,
  pseudonym TEXT NOT NULL,
  vignette TEXT NOT NULL,
  question TEXT NOT NULL,
  tags JSONB NOT NULL,
  impasse BOOLEAN DEFAULT false NOT NULL,
  region TEXT,
  waiting_weeks INTEGER DEFAULT 0 NOT NULL,
  state TEXT DEFAULT 'draft' NOT NULL,
  reader_id UUID,
  remark TEXT,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_proposals PRIMARY KEY (id),
  CONSTRAINT uq_proposals_session_id_pseudonym UNIQUE (session_id, pseudonym),
  CONSTRAINT ck_proposals_state CHECK (state IN ('draft', 'in_reading', 'visible', 'returned', 'withdrawn')),
  CONSTRAINT ck_proposals_waiting CHECK (waiting_weeks >= 0),
  CONSTRAINT ck_proposals_reader CHECK (reader_id <> proposer_id)
);
CREATE INDEX ix_proposals_proposer_id ON proposals (proposer_id);
CREATE INDEX ix_proposals_reader_id ON proposals (reader_id);

CREATE TABLE seat_plans (
  session_id UUID NOT NULL,
  state TEXT DEFAULT 'open' NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_seat_plans PRIMARY KEY (session_id),
  CONSTRAINT ck_seat_plans_state CHECK (state IN ('open', 'closed'))
);

CREATE TABLE session_invitations (
  session_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  state TEXT DEFAULT 'invited' NOT NULL,
  invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
  answered_at TIMESTAMP WITH TIME ZONE,
  attended BOOLEAN,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_session_invitations PRIMARY KEY (id),
  CONSTRAINT uq_session_invitations_session_id_professional_id UNIQUE (session_id, professional_id),
  CONSTRAINT ck_session_invitations_state CHECK (state IN ('invited', 'accepted', 'declined', 'waiting', 'withdrawn'))
);
CREATE INDEX ix_session_invitations_professional ON session_invitations (professional_id);

CREATE TABLE undertakings (
  session_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  text_version INTEGER NOT NULL,
  language TEXT NOT NULL,
  signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_undertakings PRIMARY KEY (session_id, professional_id),
  CONSTRAINT ck_undertakings_language CHECK (language IN ('fr', 'nl', 'en'))
);

CREATE TABLE agenda_items (
  session_id UUID NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT,
  minutes INTEGER NOT NULL,
  owner_id UUID,
  proposal_id UUID,
  id UUID NOT NULL,
  CONSTRAINT pk_agenda_items PRIMARY KEY (id),
  CONSTRAINT uq_agenda_items_session_id_position UNIQUE (session_id, position) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT ck_agenda_items_kind CHECK (kind IN ('follow_ups', 'ballot_result', 'table', 'topic', 'need', 'break', 'other')),
  CONSTRAINT ck_agenda_items_numbers CHECK (minutes BETWEEN 1 AND 480 AND position >= 1),
  CONSTRAINT ck_agenda_items_title CHECK ((kind = 'follow_ups') = (title IS NULL)),
  CONSTRAINT ck_agenda_items_opening CHECK ((kind = 'follow_ups') = (position = 1))
);

CREATE TABLE agenda_versions (
  session_id UUID NOT NULL,
  number INTEGER NOT NULL,
  content JSONB NOT NULL,
  published_by UUID NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_agenda_versions PRIMARY KEY (session_id, number)
);

CREATE TABLE ballot_boxes (
  ballot_id UUID NOT NULL,
  sealed TEXT NOT NULL,
  CONSTRAINT pk_ballot_boxes PRIMARY KEY (ballot_id)
);

CREATE TABLE ballot_electors (
  ballot_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  CONSTRAINT pk_ballot_electors PRIMARY KEY (ballot_id, professional_id)
);
CREATE INDEX ix_ballot_electors_professional_id ON ballot_electors (professional_id);

CREATE TABLE ballot_options (
  ballot_id UUID NOT NULL,
  proposal_id UUID NOT NULL,
  position INTEGER NOT NULL,
  priority INTEGER,
  waiting_weeks INTEGER NOT NULL,
  void BOOLEAN DEFAULT false NOT NULL,
  CONSTRAINT pk_ballot_options PRIMARY KEY (ballot_id, proposal_id)
);
CREATE INDEX ix_ballot_options_proposal_id ON ballot_options (proposal_id);

CREATE TABLE ballot_papers (
  ballot_id UUID NOT NULL,
  choices JSONB NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_ballot_papers PRIMARY KEY (id)
);
CREATE INDEX ix_ballot_papers_ballot_id ON ballot_papers (ballot_id);

CREATE TABLE declared_conflicts (
  session_id UUID NOT NULL,
  proposal_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  CONSTRAINT pk_declared_conflicts PRIMARY KEY (proposal_id, professional_id)
);
CREATE INDEX ix_declared_conflicts_session_id ON declared_conflicts (session_id);

CREATE TABLE invited_in (
  proposal_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  invited_by UUID NOT NULL,
  CONSTRAINT pk_invited_in PRIMARY KEY (proposal_id, professional_id)
);

CREATE TABLE proposal_attachments (
  proposal_id UUID NOT NULL,
  number INTEGER NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT pk_proposal_attachments PRIMARY KEY (proposal_id, number)
);

CREATE TABLE proposal_sources (
  proposal_id UUID NOT NULL,
  case_id UUID NOT NULL,
  proposed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_proposal_sources PRIMARY KEY (proposal_id)
);
CREATE INDEX ix_proposal_sources_case_id ON proposal_sources (case_id);

CREATE TABLE session_tables (
  session_id UUID NOT NULL,
  number INTEGER NOT NULL,
  proposal_id UUID,
  topic TEXT,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_session_tables PRIMARY KEY (id),
  CONSTRAINT uq_session_tables_session_id_number UNIQUE (session_id, number),
  CONSTRAINT uq_session_tables_proposal_id UNIQUE (proposal_id),
  CONSTRAINT ck_session_tables_about CHECK ((proposal_id IS NULL) <> (topic IS NULL))
);

CREATE TABLE ballot_voters (
  ballot_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  CONSTRAINT pk_ballot_voters PRIMARY KEY (ballot_id, professional_id)
);

CREATE TABLE follow_ups (
  series_id UUID NOT NULL,
  session_id UUID NOT NULL,
  table_id UUID,
  proposal_id UUID,
  owner_id UUID NOT NULL,
  due_on DATE NOT NULL,
  snoozed_until DATE,
  state TEXT DEFAULT 'open' NOT NULL,
  becomes TEXT NOT NULL,
  carried INTEGER DEFAULT 0 NOT NULL,
  created_by UUID NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_follow_ups PRIMARY KEY (id),
  CONSTRAINT ck_follow_ups_state CHECK (state IN ('open', 'done', 'dropped')),
  CONSTRAINT ck_follow_ups_becomes CHECK (becomes IN ('network', 'case')),
  CONSTRAINT ck_follow_ups_case CHECK (becomes = 'network' OR proposal_id IS NOT NULL),
  CONSTRAINT ck_follow_ups_at_table CHECK (proposal_id IS NULL OR table_id IS NOT NULL),
  CONSTRAINT ck_follow_ups_closed CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX ix_follow_ups_owner ON follow_ups (owner_id) WHERE state = 'open';
CREATE INDEX ix_follow_ups_proposal ON follow_ups (proposal_id);
CREATE INDEX ix_follow_ups_series ON follow_ups (series_id, state);

CREATE TABLE minutes (
  session_id UUID NOT NULL,
  table_id UUID NOT NULL,
  proposal_id UUID,
  note_taker_id UUID NOT NULL,
  state TEXT DEFAULT 'draft' NOT NULL,
  latest INTEGER NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_minutes PRIMARY KEY (id),
  CONSTRAINT ck_minutes_state CHECK (state IN ('draft', 'final')),
  CONSTRAINT uq_minutes_table_id UNIQUE (table_id)
);
CREATE INDEX ix_minutes_proposal_id ON minutes (proposal_id);
CREATE INDEX ix_minutes_session_id ON minutes (session_id);

CREATE TABLE seats (
  session_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  table_id UUID NOT NULL,
  placed TEXT NOT NULL,
  note TEXT,
  CONSTRAINT pk_seats PRIMARY KEY (session_id, professional_id),
  CONSTRAINT ck_seats_placed CHECK (placed IN ('automatic', 'moved')),
  CONSTRAINT ck_seats_note CHECK ((placed = 'moved') = (note IS NOT NULL))
);
CREATE INDEX ix_seats_table ON seats (table_id);

CREATE TABLE session_needs (
  session_id UUID NOT NULL,
  table_id UUID,
  tag TEXT NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_session_needs PRIMARY KEY (id),
  CONSTRAINT uq_session_needs_session_id_table_id_tag UNIQUE NULLS NOT DISTINCT (session_id, table_id, tag)
);

CREATE TABLE follow_up_carryings (
  follow_up_id UUID NOT NULL,
  session_id UUID NOT NULL,
  CONSTRAINT pk_follow_up_carryings PRIMARY KEY (follow_up_id, session_id)
);

CREATE TABLE follow_up_sources (
  follow_up_id UUID NOT NULL,
  case_id UUID NOT NULL,
  task_id UUID NOT NULL,
  done_on DATE,
  CONSTRAINT pk_follow_up_sources PRIMARY KEY (follow_up_id),
  CONSTRAINT uq_follow_up_sources_task_id UNIQUE (task_id)
);
CREATE INDEX ix_follow_up_sources_case_id ON follow_up_sources (case_id);

CREATE TABLE follow_up_words (
  follow_up_id UUID NOT NULL,
  words TEXT NOT NULL,
  outcome TEXT,
  CONSTRAINT pk_follow_up_words PRIMARY KEY (follow_up_id)
);

CREATE TABLE minutes_addenda (
  minutes_id UUID NOT NULL,
  number INTEGER NOT NULL,
  author_id UUID NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT pk_minutes_addenda PRIMARY KEY (minutes_id, number)
);

CREATE TABLE minutes_revisions (
  minutes_id UUID NOT NULL,
  number INTEGER NOT NULL,
  author_id UUID NOT NULL,
  body TEXT NOT NULL,
  CONSTRAINT pk_minutes_revisions PRIMARY KEY (minutes_id, number)
);

-- References: once every table of every feature is there.
ALTER TABLE intervision_series
  ADD CONSTRAINT fk_intervision_series_co_facilitator_id FOREIGN KEY(co_facilitator_id) REFERENCES professionals (id);
ALTER TABLE intervision_series
  ADD CONSTRAINT fk_intervision_series_created_by FOREIGN KEY(created_by) REFERENCES professionals (id);
ALTER TABLE intervision_series
  ADD CONSTRAINT fk_intervision_series_facilitator_id FOREIGN KEY(facilitator_id) REFERENCES professionals (id);
ALTER TABLE impasses
  ADD CONSTRAINT fk_impasses_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE impasses
  ADD CONSTRAINT fk_impasses_flagged_by FOREIGN KEY(flagged_by) REFERENCES professionals (id);
ALTER TABLE impasses
  ADD CONSTRAINT fk_impasses_lifted_by FOREIGN KEY(lifted_by) REFERENCES professionals (id);
ALTER TABLE intervision_agreements
  ADD CONSTRAINT fk_intervision_agreements_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE intervision_agreements
  ADD CONSTRAINT fk_intervision_agreements_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE intervision_sessions
  ADD CONSTRAINT fk_intervision_sessions_host_id FOREIGN KEY(host_id) REFERENCES organisations (id);
ALTER TABLE intervision_sessions
  ADD CONSTRAINT fk_intervision_sessions_series_id FOREIGN KEY(series_id) REFERENCES intervision_series (id);
ALTER TABLE series_hosts
  ADD CONSTRAINT fk_series_hosts_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE series_hosts
  ADD CONSTRAINT fk_series_hosts_series_id FOREIGN KEY(series_id) REFERENCES intervision_series (id);
ALTER TABLE series_members
  ADD CONSTRAINT fk_series_members_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE series_members
  ADD CONSTRAINT fk_series_members_series_id FOREIGN KEY(series_id) REFERENCES intervision_series (id);
ALTER TABLE agendas
  ADD CONSTRAINT fk_agendas_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE ballots
  ADD CONSTRAINT fk_ballots_planned_by FOREIGN KEY(planned_by) REFERENCES professionals (id);
ALTER TABLE ballots
  ADD CONSTRAINT fk_ballots_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE proposals
  ADD CONSTRAINT fk_proposals_proposer_id FOREIGN KEY(proposer_id) REFERENCES professionals (id);
ALTER TABLE proposals
  ADD CONSTRAINT fk_proposals_reader_id FOREIGN KEY(reader_id) REFERENCES professionals (id);
ALTER TABLE proposals
  ADD CONSTRAINT fk_proposals_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE seat_plans
  ADD CONSTRAINT fk_seat_plans_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE session_invitations
  ADD CONSTRAINT fk_session_invitations_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE session_invitations
  ADD CONSTRAINT fk_session_invitations_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE undertakings
  ADD CONSTRAINT fk_undertakings_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE undertakings
  ADD CONSTRAINT fk_undertakings_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE agenda_items
  ADD CONSTRAINT fk_agenda_items_owner_id FOREIGN KEY(owner_id) REFERENCES professionals (id);
ALTER TABLE agenda_items
  ADD CONSTRAINT fk_agenda_items_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE agenda_items
  ADD CONSTRAINT fk_agenda_items_session_id FOREIGN KEY(session_id) REFERENCES agendas (session_id);
ALTER TABLE agenda_versions
  ADD CONSTRAINT fk_agenda_versions_published_by FOREIGN KEY(published_by) REFERENCES professionals (id);
ALTER TABLE agenda_versions
  ADD CONSTRAINT fk_agenda_versions_session_id FOREIGN KEY(session_id) REFERENCES agendas (session_id);
ALTER TABLE ballot_boxes
  ADD CONSTRAINT fk_ballot_boxes_ballot_id FOREIGN KEY(ballot_id) REFERENCES ballots (id);
ALTER TABLE ballot_electors
  ADD CONSTRAINT fk_ballot_electors_ballot_id FOREIGN KEY(ballot_id) REFERENCES ballots (id);
ALTER TABLE ballot_electors
  ADD CONSTRAINT fk_ballot_electors_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE ballot_options
  ADD CONSTRAINT fk_ballot_options_ballot_id FOREIGN KEY(ballot_id) REFERENCES ballots (id);
ALTER TABLE ballot_options
  ADD CONSTRAINT fk_ballot_options_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE ballot_papers
  ADD CONSTRAINT fk_ballot_papers_ballot_id FOREIGN KEY(ballot_id) REFERENCES ballots (id);
ALTER TABLE declared_conflicts
  ADD CONSTRAINT fk_declared_conflicts_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE declared_conflicts
  ADD CONSTRAINT fk_declared_conflicts_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE declared_conflicts
  ADD CONSTRAINT fk_declared_conflicts_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE invited_in
  ADD CONSTRAINT fk_invited_in_invited_by FOREIGN KEY(invited_by) REFERENCES professionals (id);
ALTER TABLE invited_in
  ADD CONSTRAINT fk_invited_in_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE invited_in
  ADD CONSTRAINT fk_invited_in_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE proposal_attachments
  ADD CONSTRAINT fk_proposal_attachments_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE proposal_sources
  ADD CONSTRAINT fk_proposal_sources_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE proposal_sources
  ADD CONSTRAINT fk_proposal_sources_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE session_tables
  ADD CONSTRAINT fk_session_tables_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE session_tables
  ADD CONSTRAINT fk_session_tables_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE ballot_voters
  ADD CONSTRAINT fk_ballot_voters_elector FOREIGN KEY(ballot_id, professional_id) REFERENCES ballot_electors (ballot_id, professional_id);
ALTER TABLE follow_ups
  ADD CONSTRAINT fk_follow_ups_created_by FOREIGN KEY(created_by) REFERENCES professionals (id);
ALTER TABLE follow_ups
  ADD CONSTRAINT fk_follow_ups_owner_id FOREIGN KEY(owner_id) REFERENCES professionals (id);
ALTER TABLE follow_ups
  ADD CONSTRAINT fk_follow_ups_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE follow_ups
  ADD CONSTRAINT fk_follow_ups_series_id FOREIGN KEY(series_id) REFERENCES intervision_series (id);
ALTER TABLE follow_ups
  ADD CONSTRAINT fk_follow_ups_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE follow_ups
  ADD CONSTRAINT fk_follow_ups_table_id FOREIGN KEY(table_id) REFERENCES session_tables (id);
ALTER TABLE minutes
  ADD CONSTRAINT fk_minutes_note_taker_id FOREIGN KEY(note_taker_id) REFERENCES professionals (id);
ALTER TABLE minutes
  ADD CONSTRAINT fk_minutes_proposal_id FOREIGN KEY(proposal_id) REFERENCES proposals (id);
ALTER TABLE minutes
  ADD CONSTRAINT fk_minutes_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE minutes
  ADD CONSTRAINT fk_minutes_table_id FOREIGN KEY(table_id) REFERENCES session_tables (id);
ALTER TABLE seats
  ADD CONSTRAINT fk_seats_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE seats
  ADD CONSTRAINT fk_seats_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE seats
  ADD CONSTRAINT fk_seats_table_id FOREIGN KEY(table_id) REFERENCES session_tables (id);
ALTER TABLE session_needs
  ADD CONSTRAINT fk_session_needs_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE session_needs
  ADD CONSTRAINT fk_session_needs_table_id FOREIGN KEY(table_id) REFERENCES session_tables (id);
ALTER TABLE follow_up_carryings
  ADD CONSTRAINT fk_follow_up_carryings_follow_up_id FOREIGN KEY(follow_up_id) REFERENCES follow_ups (id);
ALTER TABLE follow_up_carryings
  ADD CONSTRAINT fk_follow_up_carryings_session_id FOREIGN KEY(session_id) REFERENCES intervision_sessions (id);
ALTER TABLE follow_up_sources
  ADD CONSTRAINT fk_follow_up_sources_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE follow_up_sources
  ADD CONSTRAINT fk_follow_up_sources_follow_up_id FOREIGN KEY(follow_up_id) REFERENCES follow_ups (id);
ALTER TABLE follow_up_sources
  ADD CONSTRAINT fk_follow_up_sources_task_id FOREIGN KEY(task_id) REFERENCES tasks (id);
ALTER TABLE follow_up_words
  ADD CONSTRAINT fk_follow_up_words_follow_up_id FOREIGN KEY(follow_up_id) REFERENCES follow_ups (id);
ALTER TABLE minutes_addenda
  ADD CONSTRAINT fk_minutes_addenda_author_id FOREIGN KEY(author_id) REFERENCES professionals (id);
ALTER TABLE minutes_addenda
  ADD CONSTRAINT fk_minutes_addenda_minutes_id FOREIGN KEY(minutes_id) REFERENCES minutes (id);
ALTER TABLE minutes_revisions
  ADD CONSTRAINT fk_minutes_revisions_author_id FOREIGN KEY(author_id) REFERENCES professionals (id);
ALTER TABLE minutes_revisions
  ADD CONSTRAINT fk_minutes_revisions_minutes_id FOREIGN KEY(minutes_id) REFERENCES minutes (id);
