-- The tables of portal as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE portal_codes (
  case_id UUID NOT NULL,
  member_id UUID NOT NULL,
  code_hash BYTEA NOT NULL,
  issued_by UUID NOT NULL,
  issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_portal_codes PRIMARY KEY (id),
  CONSTRAINT ck_portal_codes_period CHECK (expires_at > issued_at),
  CONSTRAINT uq_portal_codes_code_hash UNIQUE (code_hash)
);
CREATE UNIQUE INDEX uq_portal_codes_open ON portal_codes (member_id)
  WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE TABLE household_requests (
  case_id UUID NOT NULL,
  member_id UUID NOT NULL,
  task_id UUID NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  words TEXT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  due_on DATE NOT NULL,
  state TEXT NOT NULL,
  answer TEXT,
  answered_at TIMESTAMP WITH TIME ZONE,
  answered_by UUID,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_household_requests PRIMARY KEY (id),
  CONSTRAINT ck_household_requests_kind CHECK (kind IN ('correction', 'question')),
  CONSTRAINT ck_household_requests_state CHECK (state IN ('open', 'accepted', 'refused', 'answered')),
  CONSTRAINT ck_household_requests_outcome CHECK (state = 'open' OR (kind = 'question') = (state = 'answered')),
  CONSTRAINT ck_household_requests_answer CHECK ((state = 'open') = (answer IS NULL) AND (state = 'open') = (answered_at IS NULL) AND (state = 'open') = (answered_by IS NULL))
);
CREATE INDEX ix_household_requests_case ON household_requests (case_id, asked_at);

CREATE TABLE portal_sessions (
  code_id UUID NOT NULL,
  case_id UUID NOT NULL,
  member_id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  csrf_token TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_portal_sessions PRIMARY KEY (id),
  CONSTRAINT uq_portal_sessions_code_id UNIQUE (code_id),
  CONSTRAINT uq_portal_sessions_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_portal_sessions_member_id ON portal_sessions (member_id);

-- References: once every table of every feature is there.
ALTER TABLE portal_codes
  ADD CONSTRAINT fk_portal_codes_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE portal_codes
  ADD CONSTRAINT fk_portal_codes_issued_by FOREIGN KEY(issued_by) REFERENCES professionals (id);
ALTER TABLE portal_codes
  ADD CONSTRAINT fk_portal_codes_member_id FOREIGN KEY(member_id) REFERENCES members (id);
ALTER TABLE household_requests
  ADD CONSTRAINT fk_household_requests_answered_by FOREIGN KEY(answered_by) REFERENCES professionals (id);
ALTER TABLE household_requests
  ADD CONSTRAINT fk_household_requests_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE household_requests
  ADD CONSTRAINT fk_household_requests_member_id FOREIGN KEY(member_id) REFERENCES members (id);
ALTER TABLE household_requests
  ADD CONSTRAINT fk_household_requests_task_id FOREIGN KEY(task_id) REFERENCES tasks (id);
ALTER TABLE portal_sessions
  ADD CONSTRAINT fk_portal_sessions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE portal_sessions
  ADD CONSTRAINT fk_portal_sessions_code_id FOREIGN KEY(code_id) REFERENCES portal_codes (id);
ALTER TABLE portal_sessions
  ADD CONSTRAINT fk_portal_sessions_member_id FOREIGN KEY(member_id) REFERENCES members (id);
