-- The tables of calendars as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE calendar_feeds (
  professional_id UUID NOT NULL,
  token_hash BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  last_used_at TIMESTAMP WITH TIME ZONE,
  revoked_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_calendar_feeds PRIMARY KEY (id),
  CONSTRAINT uq_calendar_feeds_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_calendar_feeds_open ON calendar_feeds (professional_id) WHERE revoked_at IS NULL;

-- References: once every table of every feature is there.
ALTER TABLE calendar_feeds
  ADD CONSTRAINT fk_calendar_feeds_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
