-- The tables of documents as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE upload_allowances (
  professional_id UUID NOT NULL,
  day DATE NOT NULL,
  bytes BIGINT NOT NULL,
  CONSTRAINT pk_upload_allowances PRIMARY KEY (professional_id)
);

CREATE TABLE documents (
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  uploaded_by UUID NOT NULL,
  uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  latest INTEGER NOT NULL,
  confidential_to UUID,
  id UUID NOT NULL,
  CONSTRAINT pk_documents PRIMARY KEY (id),
  CONSTRAINT ck_documents_kind CHECK (kind IN ('court_letter', 'lease', 'payment_proof', 'medical', 'identity', 'other'))
);
CREATE INDEX ix_documents_case ON documents (case_id, uploaded_at, id);

CREATE TABLE document_versions (
  document_id UUID NOT NULL,
  number INTEGER NOT NULL,
  case_id UUID NOT NULL,
  category INTEGER NOT NULL,
  uploaded_by UUID NOT NULL,
  organisation_id UUID NOT NULL,
  uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  original_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BYTEA NOT NULL,
  dated_on DATE,
  expires_on DATE,
  stored_name TEXT NOT NULL,
  scan_state TEXT NOT NULL,
  scan_attempts INTEGER DEFAULT 0 NOT NULL,
  scan_next_at TIMESTAMP WITH TIME ZONE NOT NULL,
  scanned_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_document_versions PRIMARY KEY (document_id, number),
  CONSTRAINT ck_document_versions_scan_state CHECK (scan_state IN ('quarantined', 'clean', 'infected')),
  CONSTRAINT uq_document_versions_stored_name UNIQUE (stored_name)
);
CREATE INDEX ix_document_versions_same ON document_versions (case_id, uploaded_by, sha256);
CREATE INDEX ix_document_versions_waiting ON document_versions (scan_next_at)
  WHERE scan_state = 'quarantined';

-- References: once every table of every feature is there.
ALTER TABLE upload_allowances
  ADD CONSTRAINT fk_upload_allowances_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE documents
  ADD CONSTRAINT fk_documents_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE documents
  ADD CONSTRAINT fk_documents_confidential_to FOREIGN KEY(confidential_to) REFERENCES members (id);
ALTER TABLE documents
  ADD CONSTRAINT fk_documents_uploaded_by FOREIGN KEY(uploaded_by) REFERENCES professionals (id);
ALTER TABLE document_versions
  ADD CONSTRAINT fk_document_versions_case_id FOREIGN KEY(case_id) REFERENCES cases (id);
ALTER TABLE document_versions
  ADD CONSTRAINT fk_document_versions_document_id FOREIGN KEY(document_id) REFERENCES documents (id);
ALTER TABLE document_versions
  ADD CONSTRAINT fk_document_versions_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE document_versions
  ADD CONSTRAINT fk_document_versions_uploaded_by FOREIGN KEY(uploaded_by) REFERENCES professionals (id);
