-- The tables of households as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE households (
  case_id UUID NOT NULL,
  language TEXT NOT NULL,
  commune TEXT,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_households PRIMARY KEY (id),
  CONSTRAINT uq_households_case_id UNIQUE (case_id)
);

CREATE TABLE tenancies (
  case_id UUID NOT NULL,
  address TEXT,
  postal_code TEXT,
  landlord TEXT,
  lease_kind TEXT NOT NULL,
  rent_eur NUMERIC(10, 2),
  months_of_arrears NUMERIC(5, 1),
  started_on DATE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_tenancies PRIMARY KEY (id),
  CONSTRAINT ck_tenancies_rent CHECK (rent_eur >= 0),
  CONSTRAINT ck_tenancies_lease_kind CHECK (lease_kind IN ('main_residence', 'social', 'commercial_dwelling', 'other', 'without_title')),
  CONSTRAINT uq_tenancies_case_id UNIQUE (case_id)
);

CREATE TABLE members (
  case_id UUID NOT NULL,
  household_id UUID NOT NULL,
  person_id UUID DEFAULT gen_random_uuid() NOT NULL,
  role TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  family_name TEXT,
  given_name TEXT,
  birth_date DATE,
  joined_on DATE NOT NULL,
  left_on DATE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_members PRIMARY KEY (id),
  CONSTRAINT ck_members_role CHECK (role IN ('adult', 'child')),
  CONSTRAINT ck_members_dates CHECK (left_on IS NULL OR left_on >= joined_on)
);
CREATE INDEX ix_members_case_id ON members (case_id);
CREATE UNIQUE INDEX uq_members_present ON members (person_id) WHERE left_on IS NULL;

CREATE TABLE sealed_contacts (
  case_id UUID NOT NULL,
  member_id UUID NOT NULL,
  key_id TEXT,
  address BYTEA,
  phone BYTEA,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  recorded_by UUID NOT NULL,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_sealed_contacts PRIMARY KEY (id),
  CONSTRAINT ck_sealed_contacts_key CHECK (key_id IS NOT NULL OR (address IS NULL AND phone IS NULL)),
  CONSTRAINT uq_sealed_contacts_member_id UNIQUE (member_id)
);
CREATE INDEX ix_sealed_contacts_case_id ON sealed_contacts (case_id);
CREATE INDEX ix_sealed_contacts_key_id ON sealed_contacts (key_id);

-- References: once every table of every feature is there.
ALTER TABLE households
  ADD CONSTRAINT fk_households_case_id FOREIGN KEY(case_id) REFERENCES cases (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tenancies
  ADD CONSTRAINT fk_tenancies_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE members
  ADD CONSTRAINT fk_members_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE members
  ADD CONSTRAINT fk_members_household_id FOREIGN KEY(household_id) REFERENCES households (id);
ALTER TABLE sealed_contacts
  ADD CONSTRAINT fk_sealed_contacts_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE sealed_contacts
  ADD CONSTRAINT fk_sealed_contacts_member_id FOREIGN KEY(member_id) REFERENCES members (id);
ALTER TABLE sealed_contacts
  ADD CONSTRAINT fk_sealed_contacts_recorded_by FOREIGN KEY(recorded_by) REFERENCES professionals (id);
