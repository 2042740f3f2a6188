-- The tables of shared as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE alerts (
  id UUID NOT NULL,
  case_id UUID,
  kind TEXT NOT NULL,
  object_id UUID NOT NULL,
  object_version INTEGER NOT NULL,
  rung TEXT NOT NULL,
  recipient_role TEXT NOT NULL,
  recipient_id UUID,
  due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  facts JSONB NOT NULL,
  state TEXT DEFAULT 'planned' NOT NULL,
  planned_at TIMESTAMP WITH TIME ZONE NOT NULL,
  acknowledged_at TIMESTAMP WITH TIME ZONE,
  acknowledged_by UUID,
  attempts INTEGER DEFAULT 0 NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE,
  first_id UUID,
  told_at TIMESTAMP WITH TIME ZONE,
  climbs_at TIMESTAMP WITH TIME ZONE,
  undelivered_at TIMESTAMP WITH TIME ZONE,
  faults INTEGER DEFAULT 0 NOT NULL,
  last_error TEXT,
  set_aside_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_alerts PRIMARY KEY (id),
  CONSTRAINT uq_alerts_once UNIQUE NULLS NOT DISTINCT (kind, object_id, object_version, rung, recipient_role, recipient_id),
  CONSTRAINT ck_alerts_person CHECK ((recipient_role = 'person') = (recipient_id IS NOT NULL))
);
CREATE INDEX ix_alerts_age ON alerts (due_at);
CREATE INDEX ix_alerts_canary ON alerts (due_at) WHERE kind = 'operations.canary';
CREATE INDEX ix_alerts_climbing ON alerts (climbs_at)
  WHERE climbs_at IS NOT NULL AND state IN ('planned', 'sending');
CREATE INDEX ix_alerts_due ON alerts (due_at) WHERE state = 'planned';
CREATE INDEX ix_alerts_invitations ON alerts (case_id)
  WHERE kind IN ('evictions.hearing_invited', 'evictions.hearing_called_off', 'evictions.hearing_left');
CREATE INDEX ix_alerts_no_recipient ON alerts (due_at) WHERE state = 'no_recipient';
CREATE INDEX ix_alerts_object ON alerts (object_id);
CREATE INDEX ix_alerts_sent ON alerts (case_id) WHERE state = 'sending';
CREATE INDEX ix_alerts_set_aside ON alerts (set_aside_at) WHERE set_aside_at IS NOT NULL;
CREATE UNIQUE INDEX uq_alerts_rung ON alerts (first_id, recipient_role) WHERE first_id IS NOT NULL;

CREATE TABLE attempts (
  id UUID NOT NULL,
  actor_id UUID NOT NULL,
  what TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_attempts PRIMARY KEY (id)
);
CREATE INDEX ix_attempts_actor ON attempts (actor_id, what, at);
CREATE INDEX ix_attempts_at ON attempts (at);

CREATE TABLE audit_anchors (
  position BIGINT NOT NULL,
  chain_hash BYTEA NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  key_id TEXT NOT NULL,
  signature TEXT NOT NULL,
  exported_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_audit_anchors PRIMARY KEY (position)
);

CREATE TABLE audit_entries (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  actor_id UUID,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id UUID,
  case_id UUID,
  before JSONB,
  after JSONB,
  request_id TEXT,
  CONSTRAINT pk_audit_entries PRIMARY KEY (seq)
);
CREATE INDEX ix_audit_entries_case ON audit_entries (case_id, seq);

CREATE TABLE audit_seals (
  position BIGINT NOT NULL,
  journal TEXT NOT NULL,
  entry_seq BIGINT NOT NULL,
  entry_hash BYTEA NOT NULL,
  chain_hash BYTEA NOT NULL,
  sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_audit_seals PRIMARY KEY (position),
  CONSTRAINT uq_audit_seals_journal_entry_seq UNIQUE (journal, entry_seq),
  CONSTRAINT ck_audit_seals_journal CHECK (journal IN ('audit_entries', 'read_entries'))
);

CREATE TABLE idempotency_keys (
  actor_id UUID NOT NULL,
  key TEXT NOT NULL,
  case_id UUID,
  category_mask INTEGER,
  request_hash BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  status INTEGER,
  headers JSONB,
  body BYTEA,
  CONSTRAINT pk_idempotency_keys PRIMARY KEY (actor_id, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE inbox_entries (
  subscriber TEXT NOT NULL,
  event_id UUID NOT NULL,
  handled_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_inbox_entries PRIMARY KEY (subscriber, event_id)
);

CREATE TABLE outbox_events (
  id UUID NOT NULL,
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  name TEXT NOT NULL,
  case_id UUID,
  payload JSONB NOT NULL,
  actor_id UUID,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  dispatched_at TIMESTAMP WITH TIME ZONE,
  attempts INTEGER DEFAULT 0 NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  set_aside_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_outbox_events PRIMARY KEY (id),
  CONSTRAINT uq_outbox_events_seq UNIQUE (seq)
);
CREATE INDEX ix_outbox_events_set_aside ON outbox_events (set_aside_at)
  WHERE set_aside_at IS NOT NULL;
CREATE INDEX ix_outbox_events_waiting ON outbox_events (seq) WHERE dispatched_at IS NULL;

CREATE TABLE read_entries (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  actor_id UUID NOT NULL,
  case_id UUID NOT NULL,
  what TEXT NOT NULL,
  category_mask INTEGER NOT NULL,
  basis TEXT,
  request_id TEXT,
  CONSTRAINT pk_read_entries PRIMARY KEY (seq)
);
CREATE INDEX ix_read_entries_at ON read_entries USING brin (at);
CREATE INDEX ix_read_entries_case ON read_entries (case_id, seq);

CREATE TABLE unsealed_entries (
  journal TEXT NOT NULL,
  entry_seq BIGINT NOT NULL,
  CONSTRAINT pk_unsealed_entries PRIMARY KEY (journal, entry_seq),
  CONSTRAINT ck_unsealed_entries_journal CHECK (journal IN ('audit_entries', 'read_entries'))
);

CREATE TABLE access_grants (
  case_id UUID NOT NULL,
  principal_id UUID NOT NULL,
  basis TEXT NOT NULL,
  category_mask INTEGER NOT NULL,
  valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_access_grants PRIMARY KEY (case_id, principal_id, basis, valid_from)
);
CREATE INDEX ix_access_grants_principal ON access_grants (principal_id, case_id) INCLUDE (category_mask, valid_from, valid_until, basis);

-- References: once every table of every feature is there.
ALTER TABLE alerts
  ADD CONSTRAINT fk_alerts_first_id FOREIGN KEY(first_id) REFERENCES alerts (id);
ALTER TABLE access_grants
  ADD CONSTRAINT fk_access_grants_case_id FOREIGN KEY(case_id) REFERENCES cases (id) ON DELETE CASCADE;
ALTER TABLE access_grants
  ADD CONSTRAINT fk_access_grants_principal_id FOREIGN KEY(principal_id) REFERENCES professionals (id);
