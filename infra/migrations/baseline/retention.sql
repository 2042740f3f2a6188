-- The tables of retention as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE ledger_entries (
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  case_id UUID,
  subject_id UUID NOT NULL,
  other_id UUID,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  position BIGINT,
  line_hash BYTEA,
  CONSTRAINT pk_ledger_entries PRIMARY KEY (id),
  CONSTRAINT ck_ledger_entries_kind CHECK (kind IN ('case_erased', 'consent_withdrawn', 'consent_renewed', 'participation_ended', 'exclusion_set', 'exclusion_lifted', 'reference_changed', 'account_closed', 'welfare_opposed', 'welfare_unopposed')),
  CONSTRAINT ck_ledger_entries_written CHECK ((position IS NULL) = (line_hash IS NULL)),
  CONSTRAINT uq_ledger_entries_position UNIQUE (position)
);
CREATE INDEX ix_ledger_entries_waiting ON ledger_entries (at) WHERE position IS NULL;

CREATE TABLE case_retention (
  case_id UUID NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  warned_at TIMESTAMP WITH TIME ZONE,
  held_until TIMESTAMP WITH TIME ZONE,
  held_by UUID,
  hold_reason TEXT,
  version INTEGER NOT NULL,
  CONSTRAINT pk_case_retention PRIMARY KEY (case_id),
  CONSTRAINT ck_case_retention_hold CHECK ((held_until IS NULL) = (held_by IS NULL) AND (held_until IS NULL) = (hold_reason IS NULL))
);
CREATE INDEX ix_case_retention_closed_at ON case_retention (closed_at);

CREATE TABLE erasures (
  case_id UUID NOT NULL,
  case_code TEXT NOT NULL,
  ground TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_by UUID,
  requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
  confirmed_by UUID,
  confirmed_at TIMESTAMP WITH TIME ZONE,
  erased_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_erasures PRIMARY KEY (id),
  CONSTRAINT ck_erasures_ground CHECK (ground IN ('household_request', 'unlawful', 'retention', 'ledger')),
  CONSTRAINT ck_erasures_state CHECK (state IN ('requested', 'withdrawn', 'confirmed', 'shredded', 'erased')),
  CONSTRAINT ck_erasures_two_persons CHECK (state IN ('requested', 'withdrawn') OR ground IN ('retention', 'ledger') OR confirmed_by IS NOT NULL AND confirmed_by <> requested_by)
);
CREATE UNIQUE INDEX uq_erasures_case ON erasures (case_id) WHERE state <> 'withdrawn';

-- References: once every table of every feature is there.
ALTER TABLE case_retention
  ADD CONSTRAINT fk_case_retention_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE case_retention
  ADD CONSTRAINT fk_case_retention_held_by FOREIGN KEY(held_by) REFERENCES professionals (id);
ALTER TABLE erasures
  ADD CONSTRAINT fk_erasures_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE erasures
  ADD CONSTRAINT fk_erasures_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES professionals (id);
ALTER TABLE erasures
  ADD CONSTRAINT fk_erasures_requested_by FOREIGN KEY(requested_by) REFERENCES professionals (id);
