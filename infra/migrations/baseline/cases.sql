-- The tables of cases as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE cases (
  code TEXT NOT NULL,
  state TEXT NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  opened_by UUID NOT NULL,
  review_on DATE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_cases PRIMARY KEY (id),
  CONSTRAINT ck_cases_state CHECK (state IN ('new', 'open', 'watch', 'closed', 'reopened')),
  CONSTRAINT ck_cases_review CHECK ((state = 'watch') = (review_on IS NOT NULL)),
  CONSTRAINT ck_cases_code CHECK (code ~ '^BX-[2-9A-HJ-NP-Z]{4}$'),
  CONSTRAINT uq_cases_code UNIQUE (code)
);

CREATE TABLE closings (
  case_id UUID NOT NULL,
  reason TEXT NOT NULL,
  words TEXT,
  despite TEXT,
  open_items JSONB NOT NULL,
  state TEXT NOT NULL,
  proposed_by UUID NOT NULL,
  proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  reviewer_id UUID NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE,
  refusal TEXT,
  reopened_at TIMESTAMP WITH TIME ZONE,
  reopened_by UUID,
  reopening_reason TEXT,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_closings PRIMARY KEY (id),
  CONSTRAINT ck_closings_reason CHECK (reason IN ('solved', 'moved', 'lost_contact', 'household_wish', 'other')),
  CONSTRAINT ck_closings_words CHECK (reason <> 'other' OR words IS NOT NULL),
  CONSTRAINT ck_closings_state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn', 'expired', 'reopened')),
  CONSTRAINT ck_closings_second_look CHECK (proposed_by <> reviewer_id),
  CONSTRAINT ck_closings_decided CHECK ((state = 'proposed') = (decided_at IS NULL)),
  CONSTRAINT ck_closings_refusal CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CONSTRAINT ck_closings_reopened CHECK ((state = 'reopened') = (reopened_at IS NOT NULL))
);
CREATE INDEX ix_closings_case ON closings (case_id, proposed_at);
CREATE INDEX ix_closings_reviewer_id ON closings (reviewer_id);
CREATE INDEX ix_closings_waiting ON closings (proposed_at) WHERE state = 'proposed';
CREATE UNIQUE INDEX uq_closings_standing ON closings (case_id)
  WHERE state IN ('proposed', 'confirmed');

CREATE TABLE handovers (
  case_id UUID NOT NULL,
  from_id UUID NOT NULL,
  to_id UUID NOT NULL,
  reason TEXT NOT NULL,
  former_stays BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  answered_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_handovers PRIMARY KEY (id),
  CONSTRAINT ck_handovers_state CHECK (state IN ('proposed', 'accepted', 'declined', 'expired', 'withdrawn')),
  CONSTRAINT ck_handovers_parties CHECK (from_id <> to_id)
);
CREATE INDEX ix_handovers_to_id ON handovers (to_id);
CREATE INDEX ix_handovers_waiting ON handovers (proposed_at) WHERE state = 'proposed';
CREATE UNIQUE INDEX uq_handovers_open ON handovers (case_id) WHERE state = 'proposed';

CREATE TABLE reference_assignments (
  case_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  period TSTZRANGE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_reference_assignments PRIMARY KEY (id)
);
CREATE INDEX ix_reference_assignments_professional_id ON reference_assignments (professional_id);

CREATE TABLE handover_ticks (
  handover_id UUID NOT NULL,
  item TEXT NOT NULL,
  ticked_by UUID NOT NULL,
  ticked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_handover_ticks PRIMARY KEY (handover_id, item),
  CONSTRAINT ck_handover_ticks_item CHECK (item IN ('deadlines', 'tasks', 'hearings', 'consents', 'last_contact'))
);

CREATE TABLE notes (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  author_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  written_at TIMESTAMP WITH TIME ZONE NOT NULL,
  latest INTEGER NOT NULL,
  personal BOOLEAN DEFAULT false NOT NULL,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  confidential_to UUID,
  id UUID NOT NULL,
  CONSTRAINT pk_notes PRIMARY KEY (id)
);
CREATE INDEX ix_notes_case ON notes (case_id, written_at, id);

CREATE TABLE participations (
  case_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  role TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  invited_by UUID NOT NULL,
  invited_at TIMESTAMP WITH TIME ZONE NOT NULL,
  accepted_at TIMESTAMP WITH TIME ZONE,
  ends_at TIMESTAMP WITH TIME ZONE,
  ended_at TIMESTAMP WITH TIME ZONE,
  confidential_to UUID,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_participations PRIMARY KEY (id),
  CONSTRAINT ck_participations_role CHECK (role IN ('generalist', 'specialist', 'lawyer', 'connector', 'companion')),
  CONSTRAINT ck_participations_state CHECK (state IN ('invited', 'accepted', 'declined', 'ended')),
  CONSTRAINT ck_participations_period CHECK (ends_at IS NULL OR ends_at > invited_at)
);
CREATE INDEX ix_participations_case ON participations (case_id);
CREATE INDEX ix_participations_professional_id ON participations (professional_id);
CREATE UNIQUE INDEX uq_participations_open ON participations (case_id, professional_id)
  WHERE state IN ('invited', 'accepted');

CREATE TABLE plan_goals (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  member_id UUID,
  confidential_to UUID,
  words TEXT NOT NULL,
  position INTEGER NOT NULL,
  terms INTEGER NOT NULL,
  written_by UUID NOT NULL,
  written_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_plan_goals PRIMARY KEY (id)
);
CREATE INDEX ix_plan_goals_case ON plan_goals (case_id, position);

CREATE TABLE tasks (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  title TEXT NOT NULL,
  template TEXT,
  assignee_id UUID,
  due_on DATE,
  remind_at TIMESTAMP WITH TIME ZONE,
  state TEXT NOT NULL,
  created_by UUID,
  asked_by_member UUID,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  done_at TIMESTAMP WITH TIME ZONE,
  confidential_to UUID,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_tasks PRIMARY KEY (id),
  CONSTRAINT ck_tasks_state CHECK (state IN ('open', 'done')),
  CONSTRAINT ck_tasks_one_made_it CHECK ((created_by IS NULL) <> (asked_by_member IS NULL))
);
CREATE INDEX ix_tasks_case ON tasks (case_id, due_on);

CREATE TABLE worker_requests (
  case_id UUID NOT NULL,
  wanted_id UUID,
  reason TEXT NOT NULL,
  recorded_by UUID,
  asked_by_member UUID,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state TEXT NOT NULL,
  answer TEXT,
  closed_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_worker_requests PRIMARY KEY (id),
  CONSTRAINT ck_worker_requests_state CHECK (state IN ('open', 'met', 'answered')),
  CONSTRAINT ck_worker_requests_answer CHECK ((state = 'answered') = (answer IS NOT NULL)),
  CONSTRAINT ck_worker_requests_closed CHECK ((state = 'open') = (closed_at IS NULL)),
  CONSTRAINT ck_worker_requests_one_asked CHECK ((recorded_by IS NULL) <> (asked_by_member IS NULL))
);
CREATE INDEX ix_worker_requests_case ON worker_requests (case_id, recorded_at);

CREATE TABLE note_revisions (
  note_id UUID NOT NULL,
  number INTEGER NOT NULL,
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  author_id UUID NOT NULL,
  body TEXT NOT NULL,
  reason TEXT,
  written_at TIMESTAMP WITH TIME ZONE NOT NULL,
  personal BOOLEAN DEFAULT false NOT NULL,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_note_revisions PRIMARY KEY (note_id, number)
);

CREATE TABLE plan_actions (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  goal_id UUID NOT NULL,
  what TEXT NOT NULL,
  owner_id UUID,
  due_on DATE,
  state TEXT NOT NULL,
  drop_reason TEXT,
  terms INTEGER NOT NULL,
  written_by UUID NOT NULL,
  written_at TIMESTAMP WITH TIME ZONE NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE,
  closed_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_plan_actions PRIMARY KEY (id),
  CONSTRAINT ck_plan_actions_state CHECK (state IN ('planned', 'done', 'dropped')),
  CONSTRAINT ck_plan_actions_drop_reason CHECK ((state = 'dropped') = (drop_reason IS NOT NULL)),
  CONSTRAINT ck_plan_actions_closed CHECK ((state = 'planned') = (closed_at IS NULL))
);
CREATE INDEX ix_plan_actions_case ON plan_actions (case_id, due_on);
CREATE INDEX ix_plan_actions_goal ON plan_actions (goal_id);

CREATE TABLE plan_answers (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  goal_id UUID,
  action_id UUID,
  member_id UUID NOT NULL,
  kind TEXT NOT NULL,
  words TEXT,
  terms INTEGER NOT NULL,
  about TEXT NOT NULL,
  owner_id UUID,
  due_on DATE,
  evidence TEXT NOT NULL,
  witness TEXT,
  document TEXT,
  recorded_by UUID,
  answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_plan_answers PRIMARY KEY (id),
  CONSTRAINT ck_plan_answers_one_subject CHECK ((goal_id IS NULL) <> (action_id IS NULL)),
  CONSTRAINT ck_plan_answers_kind CHECK (kind IN ('cosigned', 'objected', 'words')),
  CONSTRAINT ck_plan_answers_words CHECK (kind = 'cosigned' OR words IS NOT NULL),
  CONSTRAINT ck_plan_answers_words_to_a_goal CHECK (kind <> 'words' OR goal_id IS NOT NULL),
  CONSTRAINT ck_plan_answers_evidence CHECK (evidence IN ('oral', 'written', 'portal')),
  CONSTRAINT ck_plan_answers_witness CHECK (evidence <> 'oral' OR witness IS NOT NULL),
  CONSTRAINT ck_plan_answers_document CHECK (evidence <> 'written' OR document IS NOT NULL),
  CONSTRAINT ck_plan_answers_recorded_by CHECK ((evidence = 'portal') = (recorded_by IS NULL))
);
CREATE INDEX ix_plan_answers_action ON plan_answers (action_id);
CREATE INDEX ix_plan_answers_case ON plan_answers (case_id, answered_at);
CREATE INDEX ix_plan_answers_goal ON plan_answers (goal_id);

-- No two reference workers of a case at one instant (docs/decisions/0002), which SQLAlchemy cannot say.
ALTER TABLE reference_assignments
  ADD CONSTRAINT one_reference_worker UNIQUE (case_id, period WITHOUT OVERLAPS);

-- References: once every table of every feature is there.
ALTER TABLE cases
  ADD CONSTRAINT fk_cases_opened_by FOREIGN KEY(opened_by) REFERENCES professionals (id);
ALTER TABLE closings
  ADD CONSTRAINT fk_closings_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE closings
  ADD CONSTRAINT fk_closings_proposed_by FOREIGN KEY(proposed_by) REFERENCES professionals (id);
ALTER TABLE closings
  ADD CONSTRAINT fk_closings_reopened_by FOREIGN KEY(reopened_by) REFERENCES professionals (id);
ALTER TABLE closings
  ADD CONSTRAINT fk_closings_reviewer_id FOREIGN KEY(reviewer_id) REFERENCES professionals (id);
ALTER TABLE handovers
  ADD CONSTRAINT fk_handovers_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE handovers
  ADD CONSTRAINT fk_handovers_from_id FOREIGN KEY(from_id) REFERENCES professionals (id);
ALTER TABLE handovers
  ADD CONSTRAINT fk_handovers_to_id FOREIGN KEY(to_id) REFERENCES professionals (id);
ALTER TABLE reference_assignments
  ADD CONSTRAINT fk_reference_assignments_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE reference_assignments
  ADD CONSTRAINT fk_reference_assignments_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE handover_ticks
  ADD CONSTRAINT fk_handover_ticks_handover_id FOREIGN KEY(handover_id) REFERENCES handovers (id);
ALTER TABLE handover_ticks
  ADD CONSTRAINT fk_handover_ticks_ticked_by FOREIGN KEY(ticked_by) REFERENCES professionals (id);
ALTER TABLE notes
  ADD CONSTRAINT fk_notes_author_id FOREIGN KEY(author_id) REFERENCES professionals (id);
ALTER TABLE notes
  ADD CONSTRAINT fk_notes_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE notes
  ADD CONSTRAINT fk_notes_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE notes
  ADD CONSTRAINT fk_notes_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE participations
  ADD CONSTRAINT fk_participations_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE participations
  ADD CONSTRAINT fk_participations_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE participations
  ADD CONSTRAINT fk_participations_invited_by FOREIGN KEY(invited_by) REFERENCES professionals (id);
ALTER TABLE participations
  ADD CONSTRAINT fk_participations_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE plan_goals
  ADD CONSTRAINT fk_plan_goals_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE plan_goals
  ADD CONSTRAINT fk_plan_goals_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE plan_goals
  ADD CONSTRAINT fk_plan_goals_member_id FOREIGN KEY(member_id) REFERENCES members (id);
ALTER TABLE plan_goals
  ADD CONSTRAINT fk_plan_goals_written_by FOREIGN KEY(written_by) REFERENCES professionals (id);
ALTER TABLE tasks
  ADD CONSTRAINT fk_tasks_asked_by_member FOREIGN KEY(asked_by_member) REFERENCES members (id);
ALTER TABLE tasks
  ADD CONSTRAINT fk_tasks_assignee_id FOREIGN KEY(assignee_id) REFERENCES professionals (id);
ALTER TABLE tasks
  ADD CONSTRAINT fk_tasks_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE tasks
  ADD CONSTRAINT fk_tasks_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE tasks
  ADD CONSTRAINT fk_tasks_created_by FOREIGN KEY(created_by) REFERENCES professionals (id);
ALTER TABLE worker_requests
  ADD CONSTRAINT fk_worker_requests_asked_by_member FOREIGN KEY(asked_by_member) REFERENCES members (id);
ALTER TABLE worker_requests
  ADD CONSTRAINT fk_worker_requests_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE worker_requests
  ADD CONSTRAINT fk_worker_requests_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE worker_requests
  ADD CONSTRAINT fk_worker_requests_wanted_id FOREIGN KEY(wanted_id) REFERENCES professionals (id);
ALTER TABLE note_revisions
  ADD CONSTRAINT fk_note_revisions_author_id FOREIGN KEY(author_id) REFERENCES professionals (id);
ALTER TABLE note_revisions
  ADD CONSTRAINT fk_note_revisions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE note_revisions
  ADD CONSTRAINT fk_note_revisions_note_id FOREIGN KEY(note_id) REFERENCES notes (id);
ALTER TABLE plan_actions
  ADD CONSTRAINT fk_plan_actions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE plan_actions
  ADD CONSTRAINT fk_plan_actions_goal_id FOREIGN KEY(goal_id) REFERENCES plan_goals (id);
ALTER TABLE plan_actions
  ADD CONSTRAINT fk_plan_actions_owner_id FOREIGN KEY(owner_id) REFERENCES professionals (id);
ALTER TABLE plan_actions
  ADD CONSTRAINT fk_plan_actions_written_by FOREIGN KEY(written_by) REFERENCES professionals (id);
ALTER TABLE plan_answers
  ADD CONSTRAINT fk_plan_answers_action_id FOREIGN KEY(action_id) REFERENCES plan_actions (id);
ALTER TABLE plan_answers
  ADD CONSTRAINT fk_plan_answers_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE plan_answers
  ADD CONSTRAINT fk_plan_answers_goal_id FOREIGN KEY(goal_id) REFERENCES plan_goals (id);
ALTER TABLE plan_answers
  ADD CONSTRAINT fk_plan_answers_member_id FOREIGN KEY(member_id) REFERENCES members (id);
ALTER TABLE plan_answers
  ADD CONSTRAINT fk_plan_answers_owner_id FOREIGN KEY(owner_id) REFERENCES professionals (id);
ALTER TABLE plan_answers
  ADD CONSTRAINT fk_plan_answers_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
