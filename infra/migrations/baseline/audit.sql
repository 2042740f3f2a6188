-- The tables of audit as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE unusual_readings (
  professional_id UUID NOT NULL,
  span TEXT NOT NULL,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  cases INTEGER NOT NULL,
  found_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_unusual_readings PRIMARY KEY (id),
  CONSTRAINT uq_unusual_readings_once UNIQUE (professional_id, span, since),
  CONSTRAINT ck_unusual_readings_span CHECK (span IN ('hour', 'day'))
);

-- References: once every table of every feature is there.
ALTER TABLE unusual_readings
  ADD CONSTRAINT fk_unusual_readings_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
