-- The tables of evictions as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE hearing_lists (
  professional_id UUID NOT NULL,
  uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  rows INTEGER NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_hearing_lists PRIMARY KEY (id)
);
CREATE INDEX ix_hearing_lists_professional_id ON hearing_lists (professional_id);

CREATE TABLE rule_changes (
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  rule_set TEXT,
  number INTEGER,
  valid_from DATE,
  source TEXT,
  rule_id TEXT,
  delay INTEGER,
  valid_until DATE,
  day DATE,
  names JSONB,
  made_by UUID NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_rule_changes PRIMARY KEY (id),
  CONSTRAINT ck_rule_changes_kind CHECK (kind IN ('version', 'rule_disabled', 'rule_altered', 'holiday_added', 'holiday_removed')),
  CONSTRAINT ck_rule_changes_state CHECK (state IN ('draft', 'active', 'retired')),
  CONSTRAINT ck_rule_changes_source CHECK ((kind = 'version') = (source IS NOT NULL)),
  CONSTRAINT ck_rule_changes_day CHECK (starts_with(kind, 'holiday_') = (day IS NOT NULL))
);
CREATE UNIQUE INDEX uq_rule_changes_day ON rule_changes (day)
  WHERE day IS NOT NULL AND state = 'active';
CREATE UNIQUE INDEX uq_rule_changes_number ON rule_changes (rule_set, number)
  WHERE kind = 'version' AND state <> 'retired';
CREATE UNIQUE INDEX uq_rule_changes_rule ON rule_changes (rule_set, rule_id)
  WHERE rule_id IS NOT NULL AND state = 'active';

CREATE TABLE procedures (
  case_id UUID NOT NULL,
  canton TEXT NOT NULL,
  regime TEXT NOT NULL,
  regime_assumed BOOLEAN NOT NULL,
  rule_set TEXT NOT NULL,
  roll_number TEXT,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  opened_by UUID NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_procedures PRIMARY KEY (id)
);
CREATE INDEX ix_procedures_case_id ON procedures (case_id);

CREATE TABLE recomputations (
  change_id UUID NOT NULL,
  retires BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  after UUID,
  procedures_done INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  locked INTEGER NOT NULL,
  "new" INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  asked_by UUID NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  applied_by UUID,
  applied_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_recomputations PRIMARY KEY (id),
  CONSTRAINT ck_recomputations_state CHECK (state IN ('previewing', 'previewed', 'applying', 'applied'))
);
CREATE UNIQUE INDEX uq_recomputations_applying ON recomputations ((state = 'applying'))
  WHERE state = 'applying';

CREATE TABLE defence_bundles (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  category_mask INTEGER NOT NULL,
  language TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  size INTEGER NOT NULL,
  stored_name TEXT NOT NULL,
  frozen_by UUID NOT NULL,
  frozen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_defence_bundles PRIMARY KEY (id),
  CONSTRAINT ck_defence_bundles_category_mask CHECK (category_mask & 4 = 4),
  CONSTRAINT ck_defence_bundles_language CHECK (language IN ('fr', 'nl')),
  CONSTRAINT uq_defence_bundles_stored_name UNIQUE (stored_name)
);
CREATE INDEX ix_defence_bundles_case_id ON defence_bundles (case_id);
CREATE INDEX ix_defence_bundles_procedure ON defence_bundles (procedure_id, frozen_at);

CREATE TABLE hearing_list_rows (
  list_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  line INTEGER NOT NULL,
  state TEXT NOT NULL,
  problem TEXT,
  kind TEXT,
  canton TEXT,
  roll_number TEXT,
  day DATE,
  starts_at TIMESTAMP WITH TIME ZONE,
  room TEXT,
  because TEXT,
  procedure_id UUID,
  id UUID NOT NULL,
  CONSTRAINT pk_hearing_list_rows PRIMARY KEY (id),
  CONSTRAINT ck_hearing_list_rows_state CHECK (state IN ('waiting', 'proposed', 'known', 'doubtful', 'unmatched', 'broken')),
  CONSTRAINT ck_hearing_list_rows_unmatched CHECK (state NOT IN ('waiting', 'unmatched') OR procedure_id IS NULL)
);
CREATE INDEX ix_hearing_list_rows_list ON hearing_list_rows (list_id, line);
CREATE INDEX ix_hearing_list_rows_procedure_id ON hearing_list_rows (procedure_id);
CREATE INDEX ix_hearing_list_rows_uploaded_at ON hearing_list_rows (uploaded_at);
CREATE INDEX ix_hearing_list_rows_waiting ON hearing_list_rows (uploaded_at, list_id, line)
  WHERE state = 'waiting';

CREATE TABLE postings (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  kind TEXT NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE,
  day DATE,
  room TEXT,
  because TEXT,
  posted_by UUID NOT NULL,
  posted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state TEXT NOT NULL,
  answered_by UUID,
  answered_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_postings PRIMARY KEY (id),
  CONSTRAINT ck_postings_kind CHECK (kind IN ('hearing_moved', 'hearing_cancelled', 'judgment_set')),
  CONSTRAINT ck_postings_because CHECK ((kind = 'hearing_cancelled') = (because IS NOT NULL) AND because IN ('settled', 'withdrawn', 'struck_from_roll', 'omitted_from_roll', 'adjourned_sine_die', 'recorded_by_mistake')),
  CONSTRAINT ck_postings_state CHECK (state IN ('posted', 'confirmed', 'rejected'))
);
CREATE INDEX ix_postings_procedure ON postings (procedure_id);

CREATE TABLE welfare_oppositions (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  opposed_on DATE NOT NULL,
  how TEXT NOT NULL,
  warnings JSONB NOT NULL,
  recorded_by UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  withdrawn_by UUID,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_welfare_oppositions PRIMARY KEY (id),
  CONSTRAINT ck_welfare_oppositions_how CHECK (how IN ('in_writing', 'in_the_minutes', 'orally')),
  CONSTRAINT ck_welfare_oppositions_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
CREATE INDEX ix_welfare_oppositions_case ON welfare_oppositions (case_id);
CREATE UNIQUE INDEX uq_welfare_oppositions_standing ON welfare_oppositions (procedure_id)
  WHERE withdrawn_at IS NULL;

CREATE TABLE bundle_downloads (
  case_id UUID NOT NULL,
  bundle_id UUID NOT NULL,
  downloaded_by UUID NOT NULL,
  downloaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_bundle_downloads PRIMARY KEY (id)
);
CREATE INDEX ix_bundle_downloads_bundle ON bundle_downloads (bundle_id, downloaded_at);
CREATE INDEX ix_bundle_downloads_case_id ON bundle_downloads (case_id);

CREATE TABLE acts (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  kind TEXT NOT NULL,
  acted_on DATE NOT NULL,
  received_on DATE,
  delivery TEXT,
  ground TEXT,
  document_id UUID,
  replaced_by UUID,
  correction_reason TEXT,
  lapsed_at TIMESTAMP WITH TIME ZONE,
  warnings JSONB NOT NULL,
  recorded_by UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_acts PRIMARY KEY (id),
  CONSTRAINT ck_acts_kind CHECK (kind IN ('formal_notice', 'petition', 'unilateral_petition', 'citation', 'summons', 'submissions', 'hearing', 'judgment', 'default_judgment', 'service', 'bailiff_notice', 'eviction', 'suspension', 'settlement', 'welfare_decision', 'moratorium_exception', 'safety_order')),
  CONSTRAINT ck_acts_delivery CHECK (delivery IN ('service', 'judicial_letter', 'registered_with_receipt', 'registered', 'ordinary', 'electronic', 'by_hand')),
  CONSTRAINT ck_acts_ground CHECK ((kind = 'moratorium_exception') = (ground IS NOT NULL) AND ground IN ('rehoused_or_left', 'dwelling_unfit', 'dangerous_behaviour', 'own_occupation', 'waived', 'guidance_refused'))
);
CREATE INDEX ix_acts_procedure ON acts (procedure_id, acted_on);

CREATE TABLE arrears_entries (
  case_id UUID NOT NULL,
  day DATE NOT NULL,
  kind TEXT NOT NULL,
  amount_eur NUMERIC(10, 2) NOT NULL,
  words TEXT,
  document_id UUID,
  recorded_by UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_arrears_entries PRIMARY KEY (id),
  CONSTRAINT ck_arrears_entries_kind CHECK (kind IN ('rent_due', 'payment', 'cost', 'correction')),
  CONSTRAINT ck_arrears_entries_amount CHECK (CASE WHEN kind = 'correction' THEN amount_eur <> 0 ELSE amount_eur > 0 END)
);
CREATE INDEX ix_arrears_entries_case ON arrears_entries (case_id, day);

CREATE TABLE bundle_pieces (
  bundle_id UUID NOT NULL,
  position INTEGER NOT NULL,
  case_id UUID NOT NULL,
  item TEXT NOT NULL,
  document_id UUID NOT NULL,
  number INTEGER NOT NULL,
  category INTEGER NOT NULL,
  title TEXT NOT NULL,
  original_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  dated_on DATE,
  size INTEGER NOT NULL,
  sha256 BYTEA NOT NULL,
  embedded BOOLEAN NOT NULL,
  CONSTRAINT pk_bundle_pieces PRIMARY KEY (bundle_id, position)
);
CREATE INDEX ix_bundle_pieces_case_id ON bundle_pieces (case_id);

CREATE TABLE bundle_ticks (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  item TEXT NOT NULL,
  state TEXT NOT NULL,
  document_id UUID,
  number INTEGER,
  category_mask INTEGER NOT NULL,
  reason TEXT,
  ticked_by UUID NOT NULL,
  ticked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  undone_by UUID,
  undone_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_bundle_ticks PRIMARY KEY (id),
  CONSTRAINT ck_bundle_ticks_state CHECK (state IN ('present', 'not_applicable')),
  CONSTRAINT ck_bundle_ticks_content CHECK ((state = 'present') = (document_id IS NOT NULL) AND (document_id IS NULL) = (number IS NULL) AND (state = 'not_applicable') = (reason IS NOT NULL)),
  CONSTRAINT ck_bundle_ticks_undone CHECK ((undone_at IS NULL) = (undone_by IS NULL)),
  CONSTRAINT ck_bundle_ticks_category_mask CHECK (category_mask & 4 = 4)
);
CREATE INDEX ix_bundle_ticks_procedure ON bundle_ticks (procedure_id, item);
CREATE UNIQUE INDEX uq_bundle_ticks_live ON bundle_ticks (procedure_id, item, document_id)
  WHERE undone_at IS NULL;

CREATE TABLE deadlines (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  act_id UUID NOT NULL,
  rule_id TEXT NOT NULL,
  rule_set TEXT NOT NULL,
  rule_version INTEGER NOT NULL,
  computes TEXT NOT NULL,
  protective BOOLEAN NOT NULL,
  falls_on DATE NOT NULL,
  earlier_reading DATE,
  steps JSONB NOT NULL,
  article TEXT NOT NULL,
  source TEXT NOT NULL,
  certainty TEXT NOT NULL,
  overridden_date DATE,
  override_reason TEXT,
  overridden_by UUID,
  lifted_date DATE,
  lift_reason TEXT,
  lifted_by UUID,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_deadlines PRIMARY KEY (id),
  CONSTRAINT uq_deadlines_act_id_rule_id UNIQUE (act_id, rule_id),
  CONSTRAINT ck_deadlines_override_reason CHECK ((overridden_date IS NULL) = (override_reason IS NULL)),
  CONSTRAINT ck_deadlines_lift_reason CHECK ((lifted_date IS NULL) = (lift_reason IS NULL))
);
CREATE INDEX ix_deadlines_case ON deadlines (case_id, falls_on);

CREATE TABLE hearings (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  act_id UUID NOT NULL,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  room TEXT,
  state TEXT NOT NULL,
  replaces_id UUID,
  kind TEXT,
  roll_number TEXT,
  result TEXT,
  result_at TIMESTAMP WITH TIME ZONE,
  called_off_because TEXT,
  called_off_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_hearings PRIMARY KEY (id),
  CONSTRAINT ck_hearings_state CHECK (state IN ('set', 'adjourned', 'held', 'cancelled')),
  CONSTRAINT ck_hearings_kind CHECK (kind IN ('introductory', 'pleading', 'conciliation', 'other')),
  CONSTRAINT ck_hearings_result CHECK (result IN ('adjourned', 'reserved', 'judged', 'settled', 'struck_out')),
  CONSTRAINT ck_hearings_result_at CHECK ((result IS NULL) = (result_at IS NULL)),
  CONSTRAINT ck_hearings_called_off_because CHECK (called_off_because IN ('settled', 'withdrawn', 'struck_from_roll', 'omitted_from_roll', 'adjourned_sine_die', 'recorded_by_mistake')),
  CONSTRAINT ck_hearings_called_off CHECK ((state = 'cancelled') = (called_off_because IS NOT NULL) AND (state = 'cancelled') = (called_off_at IS NOT NULL))
);
CREATE INDEX ix_hearings_case_id ON hearings (case_id);
CREATE UNIQUE INDEX uq_hearings_set ON hearings (procedure_id) WHERE state = 'set';

CREATE TABLE recomputed_deadlines (
  recomputation_id UUID NOT NULL,
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  act_id UUID NOT NULL,
  rule_id TEXT NOT NULL,
  computes TEXT NOT NULL,
  kind TEXT NOT NULL,
  before DATE,
  after DATE,
  id UUID NOT NULL,
  CONSTRAINT pk_recomputed_deadlines PRIMARY KEY (id),
  CONSTRAINT ck_recomputed_deadlines_kind CHECK (kind IN ('changed', 'locked', 'new', 'gone')),
  CONSTRAINT uq_recomputed_deadlines_recomputation_id_act_id_rule_id UNIQUE (recomputation_id, act_id, rule_id)
);
CREATE INDEX ix_recomputed_deadlines_case ON recomputed_deadlines (case_id);

CREATE TABLE terms (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  act_id UUID,
  kind TEXT NOT NULL,
  due_on DATE,
  words TEXT,
  document_id UUID,
  state TEXT NOT NULL,
  was_missed BOOLEAN NOT NULL,
  recorded_by UUID NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  cancel_reason TEXT,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_terms PRIMARY KEY (id),
  CONSTRAINT ck_terms_kind CHECK (kind IN ('payment_plan', 'leave_by', 'other')),
  CONSTRAINT ck_terms_state CHECK (state IN ('running', 'missed', 'resumed', 'kept', 'done', 'cancelled')),
  CONSTRAINT ck_terms_category CHECK (category = CASE WHEN act_id IS NULL THEN 2 ELSE 4 END),
  CONSTRAINT ck_terms_agreed CHECK (act_id IS NOT NULL OR kind = 'payment_plan'),
  CONSTRAINT ck_terms_due_on CHECK ((kind = 'payment_plan') = (due_on IS NULL)),
  CONSTRAINT ck_terms_words CHECK (kind <> 'other' OR words IS NOT NULL),
  CONSTRAINT ck_terms_cancelled CHECK ((state = 'cancelled') = (cancel_reason IS NOT NULL))
);
CREATE INDEX ix_terms_case ON terms (case_id);
CREATE INDEX ix_terms_open ON terms (due_on) WHERE state IN ('running', 'missed', 'resumed');

CREATE TABLE welfare_steps (
  case_id UUID NOT NULL,
  procedure_id UUID NOT NULL,
  act_id UUID NOT NULL,
  rule_id TEXT NOT NULL,
  article TEXT NOT NULL,
  certainty TEXT NOT NULL,
  due_from DATE,
  state TEXT NOT NULL,
  done_on DATE,
  done_by TEXT,
  despite_opposition BOOLEAN NOT NULL,
  recorded_by UUID,
  recorded_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_welfare_steps PRIMARY KEY (id),
  CONSTRAINT uq_welfare_steps_act_id_rule_id UNIQUE (act_id, rule_id),
  CONSTRAINT ck_welfare_steps_state CHECK (state IN ('due', 'opposed', 'done')),
  CONSTRAINT ck_welfare_steps_done_by CHECK (done_by IN ('clerk', 'bailiff', 'team')),
  CONSTRAINT ck_welfare_steps_done CHECK ((state = 'done') = (done_on IS NOT NULL) AND (state = 'done') = (done_by IS NOT NULL) AND (state = 'done') = (recorded_by IS NOT NULL) AND (state = 'done') = (recorded_at IS NOT NULL))
);
CREATE INDEX ix_welfare_steps_procedure ON welfare_steps (procedure_id);

CREATE TABLE accompaniments (
  case_id UUID NOT NULL,
  hearing_id UUID NOT NULL,
  role TEXT NOT NULL,
  professional_id UUID,
  outside TEXT,
  state TEXT NOT NULL,
  asked_by UUID NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  answered_by UUID,
  answered_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_accompaniments PRIMARY KEY (id),
  CONSTRAINT ck_accompaniments_role CHECK (role IN ('lawyer', 'companion', 'back_up')),
  CONSTRAINT ck_accompaniments_state CHECK (state IN ('asked', 'confirmed', 'declined', 'moved', 'ended')),
  CONSTRAINT ck_accompaniments_one_person CHECK ((professional_id IS NULL) <> (outside IS NULL)),
  CONSTRAINT ck_accompaniments_answered CHECK ((answered_at IS NULL) = (answered_by IS NULL))
);
CREATE INDEX ix_accompaniments_case_id ON accompaniments (case_id);
CREATE INDEX ix_accompaniments_hearing ON accompaniments (hearing_id);
CREATE UNIQUE INDEX uq_accompaniments_open ON accompaniments (hearing_id, professional_id)
  WHERE state IN ('asked', 'confirmed');

CREATE TABLE instalments (
  case_id UUID NOT NULL,
  term_id UUID NOT NULL,
  category INTEGER NOT NULL,
  due_on DATE NOT NULL,
  amount_eur NUMERIC(10, 2) NOT NULL,
  state TEXT NOT NULL,
  paid_on DATE,
  missed_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_instalments PRIMARY KEY (id),
  CONSTRAINT ck_instalments_state CHECK (state IN ('due', 'paid', 'missed', 'cancelled')),
  CONSTRAINT ck_instalments_amount CHECK (amount_eur > 0),
  CONSTRAINT ck_instalments_paid CHECK ((state = 'paid') = (paid_on IS NOT NULL))
);
CREATE INDEX ix_instalments_case_id ON instalments (case_id);
CREATE INDEX ix_instalments_due ON instalments (due_on) WHERE state = 'due';
CREATE INDEX ix_instalments_term ON instalments (term_id, due_on);

-- References: once every table of every feature is there.
ALTER TABLE hearing_lists
  ADD CONSTRAINT fk_hearing_lists_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE rule_changes
  ADD CONSTRAINT fk_rule_changes_made_by FOREIGN KEY(made_by) REFERENCES professionals (id);
ALTER TABLE procedures
  ADD CONSTRAINT fk_procedures_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE procedures
  ADD CONSTRAINT fk_procedures_opened_by FOREIGN KEY(opened_by) REFERENCES professionals (id);
ALTER TABLE recomputations
  ADD CONSTRAINT fk_recomputations_applied_by FOREIGN KEY(applied_by) REFERENCES professionals (id);
ALTER TABLE recomputations
  ADD CONSTRAINT fk_recomputations_asked_by FOREIGN KEY(asked_by) REFERENCES professionals (id);
ALTER TABLE recomputations
  ADD CONSTRAINT fk_recomputations_change_id FOREIGN KEY(change_id) REFERENCES rule_changes (id);
ALTER TABLE defence_bundles
  ADD CONSTRAINT fk_defence_bundles_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE defence_bundles
  ADD CONSTRAINT fk_defence_bundles_frozen_by FOREIGN KEY(frozen_by) REFERENCES professionals (id);
ALTER TABLE defence_bundles
  ADD CONSTRAINT fk_defence_bundles_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE hearing_list_rows
  ADD CONSTRAINT fk_hearing_list_rows_list_id FOREIGN KEY(list_id) REFERENCES hearing_lists (id) ON DELETE CASCADE;
ALTER TABLE hearing_list_rows
  ADD CONSTRAINT fk_hearing_list_rows_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE hearing_list_rows
  ADD CONSTRAINT fk_hearing_list_rows_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE postings
  ADD CONSTRAINT fk_postings_answered_by FOREIGN KEY(answered_by) REFERENCES professionals (id);
ALTER TABLE postings
  ADD CONSTRAINT fk_postings_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE postings
  ADD CONSTRAINT fk_postings_posted_by FOREIGN KEY(posted_by) REFERENCES professionals (id);
ALTER TABLE postings
  ADD CONSTRAINT fk_postings_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE welfare_oppositions
  ADD CONSTRAINT fk_welfare_oppositions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE welfare_oppositions
  ADD CONSTRAINT fk_welfare_oppositions_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE welfare_oppositions
  ADD CONSTRAINT fk_welfare_oppositions_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE welfare_oppositions
  ADD CONSTRAINT fk_welfare_oppositions_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES professionals (id);
ALTER TABLE bundle_downloads
  ADD CONSTRAINT fk_bundle_downloads_bundle_id FOREIGN KEY(bundle_id) REFERENCES defence_bundles (id);
ALTER TABLE bundle_downloads
  ADD CONSTRAINT fk_bundle_downloads_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE bundle_downloads
  ADD CONSTRAINT fk_bundle_downloads_downloaded_by FOREIGN KEY(downloaded_by) REFERENCES professionals (id);
ALTER TABLE acts
  ADD CONSTRAINT fk_acts_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE acts
  ADD CONSTRAINT fk_acts_document_id FOREIGN KEY(document_id) REFERENCES documents (id);
ALTER TABLE acts
  ADD CONSTRAINT fk_acts_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE acts
  ADD CONSTRAINT fk_acts_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE acts
  ADD CONSTRAINT fk_acts_replaced_by FOREIGN KEY(replaced_by) REFERENCES acts (id);
ALTER TABLE arrears_entries
  ADD CONSTRAINT fk_arrears_entries_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE arrears_entries
  ADD CONSTRAINT fk_arrears_entries_document_id FOREIGN KEY(document_id) REFERENCES documents (id);
ALTER TABLE arrears_entries
  ADD CONSTRAINT fk_arrears_entries_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE bundle_pieces
  ADD CONSTRAINT fk_bundle_pieces_bundle_id FOREIGN KEY(bundle_id) REFERENCES defence_bundles (id);
ALTER TABLE bundle_pieces
  ADD CONSTRAINT fk_bundle_pieces_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE bundle_pieces
  ADD CONSTRAINT fk_bundle_pieces_version FOREIGN KEY(document_id, number) REFERENCES document_versions (document_id, number);
ALTER TABLE bundle_ticks
  ADD CONSTRAINT fk_bundle_ticks_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE bundle_ticks
  ADD CONSTRAINT fk_bundle_ticks_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE bundle_ticks
  ADD CONSTRAINT fk_bundle_ticks_ticked_by FOREIGN KEY(ticked_by) REFERENCES professionals (id);
ALTER TABLE bundle_ticks
  ADD CONSTRAINT fk_bundle_ticks_undone_by FOREIGN KEY(undone_by) REFERENCES professionals (id);
ALTER TABLE bundle_ticks
  ADD CONSTRAINT fk_bundle_ticks_version FOREIGN KEY(document_id, number) REFERENCES document_versions (document_id, number);
ALTER TABLE deadlines
  ADD CONSTRAINT fk_deadlines_act_id FOREIGN KEY(act_id) REFERENCES acts (id);
ALTER TABLE deadlines
  ADD CONSTRAINT fk_deadlines_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE deadlines
  ADD CONSTRAINT fk_deadlines_lifted_by FOREIGN KEY(lifted_by) REFERENCES professionals (id);
ALTER TABLE deadlines
  ADD CONSTRAINT fk_deadlines_overridden_by FOREIGN KEY(overridden_by) REFERENCES professionals (id);
ALTER TABLE deadlines
  ADD CONSTRAINT fk_deadlines_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE hearings
  ADD CONSTRAINT fk_hearings_act_id FOREIGN KEY(act_id) REFERENCES acts (id);
ALTER TABLE hearings
  ADD CONSTRAINT fk_hearings_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE hearings
  ADD CONSTRAINT fk_hearings_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE hearings
  ADD CONSTRAINT fk_hearings_replaces_id FOREIGN KEY(replaces_id) REFERENCES hearings (id);
ALTER TABLE recomputed_deadlines
  ADD CONSTRAINT fk_recomputed_deadlines_act_id FOREIGN KEY(act_id) REFERENCES acts (id);
ALTER TABLE recomputed_deadlines
  ADD CONSTRAINT fk_recomputed_deadlines_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE recomputed_deadlines
  ADD CONSTRAINT fk_recomputed_deadlines_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE recomputed_deadlines
  ADD CONSTRAINT fk_recomputed_deadlines_recomputation_id FOREIGN KEY(recomputation_id) REFERENCES recomputations (id);
ALTER TABLE terms
  ADD CONSTRAINT fk_terms_act_id FOREIGN KEY(act_id) REFERENCES acts (id);
ALTER TABLE terms
  ADD CONSTRAINT fk_terms_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE terms
  ADD CONSTRAINT fk_terms_document_id FOREIGN KEY(document_id) REFERENCES documents (id);
ALTER TABLE terms
  ADD CONSTRAINT fk_terms_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE welfare_steps
  ADD CONSTRAINT fk_welfare_steps_act_id FOREIGN KEY(act_id) REFERENCES acts (id);
ALTER TABLE welfare_steps
  ADD CONSTRAINT fk_welfare_steps_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE welfare_steps
  ADD CONSTRAINT fk_welfare_steps_procedure_id FOREIGN KEY(procedure_id) REFERENCES procedures (id);
ALTER TABLE welfare_steps
  ADD CONSTRAINT fk_welfare_steps_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
ALTER TABLE accompaniments
  ADD CONSTRAINT fk_accompaniments_answered_by FOREIGN KEY(answered_by) REFERENCES professionals (id);
ALTER TABLE accompaniments
  ADD CONSTRAINT fk_accompaniments_asked_by FOREIGN KEY(asked_by) REFERENCES professionals (id);
ALTER TABLE accompaniments
  ADD CONSTRAINT fk_accompaniments_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE accompaniments
  ADD CONSTRAINT fk_accompaniments_hearing_id FOREIGN KEY(hearing_id) REFERENCES hearings (id);
ALTER TABLE accompaniments
  ADD CONSTRAINT fk_accompaniments_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE instalments
  ADD CONSTRAINT fk_instalments_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE instalments
  ADD CONSTRAINT fk_instalments_term_id FOREIGN KEY(term_id) REFERENCES terms (id);
