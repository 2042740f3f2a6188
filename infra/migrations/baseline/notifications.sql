-- The tables of notifications as they stood at the baseline; what comes later is in a revision of its own.

CREATE TABLE heartbeats (
  part TEXT NOT NULL,
  instance TEXT NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_heartbeats PRIMARY KEY (part, instance)
);

CREATE TABLE webhook_endpoints (
  organisation_id UUID NOT NULL,
  url TEXT NOT NULL,
  kinds TEXT[] NOT NULL,
  state TEXT NOT NULL,
  disabled_why TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  failing_since TIMESTAMP WITH TIME ZONE,
  rests_until TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
  CONSTRAINT ck_webhook_endpoints_state CHECK (state IN ('active', 'disabled')),
  CONSTRAINT ck_webhook_endpoints_why CHECK ((state = 'disabled') = (disabled_why IS NOT NULL)),
  CONSTRAINT ck_webhook_endpoints_reason CHECK (disabled_why IN ('administrator', 'failing', 'gone'))
);
CREATE INDEX ix_webhook_endpoints_organisation_id ON webhook_endpoints (organisation_id);

CREATE TABLE deliveries (
  alert_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  channel TEXT NOT NULL,
  state TEXT DEFAULT 'pending' NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  lease_until TIMESTAMP WITH TIME ZONE,
  fence BIGINT DEFAULT 0 NOT NULL,
  claimed_at TIMESTAMP WITH TIME ZONE,
  data_at TIMESTAMP WITH TIME ZONE,
  sent_at TIMESTAMP WITH TIME ZONE,
  read_at TIMESTAMP WITH TIME ZONE,
  acknowledged_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  message_id TEXT NOT NULL,
  possible_duplicate BOOLEAN DEFAULT false NOT NULL,
  followed_up_at TIMESTAMP WITH TIME ZONE,
  faults INTEGER DEFAULT 0 NOT NULL,
  set_aside_at TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_deliveries PRIMARY KEY (id),
  CONSTRAINT uq_deliveries_once UNIQUE (alert_id, professional_id, channel),
  CONSTRAINT ck_deliveries_channel CHECK (channel IN ('email', 'inapp', 'sms')),
  CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'sending', 'sent', 'rejected', 'failed', 'cancelled', 'muted', 'set_aside')),
  CONSTRAINT ck_deliveries_lease CHECK ((state = 'sending') = (lease_until IS NOT NULL))
);
CREATE INDEX ix_deliveries_dead ON deliveries (alert_id) WHERE state IN ('rejected', 'failed');
CREATE INDEX ix_deliveries_message ON deliveries (message_id);
CREATE INDEX ix_deliveries_open ON deliveries (next_at) WHERE state IN ('pending', 'sending');
CREATE INDEX ix_deliveries_professional ON deliveries (professional_id, next_at);
CREATE INDEX ix_deliveries_set_aside ON deliveries (set_aside_at) WHERE set_aside_at IS NOT NULL;
CREATE INDEX ix_deliveries_sms ON deliveries (next_at)
  WHERE channel = 'sms' AND state IN ('pending', 'sending');
CREATE INDEX ix_deliveries_undone ON deliveries (next_at)
  WHERE state IN ('rejected', 'failed') AND followed_up_at IS NULL;

CREATE TABLE digest_items (
  alert_id UUID NOT NULL,
  professional_id UUID NOT NULL,
  digest_id UUID NOT NULL,
  CONSTRAINT pk_digest_items PRIMARY KEY (alert_id, professional_id)
);
CREATE INDEX ix_digest_items_digest ON digest_items (digest_id);

CREATE TABLE mobile_numbers (
  professional_id UUID NOT NULL,
  sealed BYTEA NOT NULL,
  key_id TEXT NOT NULL,
  given_at TIMESTAMP WITH TIME ZONE NOT NULL,
  verified_at TIMESTAMP WITH TIME ZONE,
  code_sealed BYTEA,
  code_valid_until TIMESTAMP WITH TIME ZONE,
  code_due_at TIMESTAMP WITH TIME ZONE,
  code_attempts INTEGER DEFAULT 0 NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_mobile_numbers PRIMARY KEY (id),
  CONSTRAINT ck_mobile_numbers_code CHECK (verified_at IS NULL OR code_sealed IS NULL AND code_due_at IS NULL),
  CONSTRAINT uq_mobile_numbers_professional_id UNIQUE (professional_id)
);
CREATE INDEX ix_mobile_numbers_code ON mobile_numbers (code_due_at) WHERE code_due_at IS NOT NULL;

CREATE TABLE notification_preferences (
  professional_id UUID NOT NULL,
  choices JSONB NOT NULL,
  quiet_from TIME WITHOUT TIME ZONE,
  quiet_until TIME WITHOUT TIME ZONE,
  zone TEXT NOT NULL,
  digest_rhythm TEXT NOT NULL,
  digest_at TIME WITHOUT TIME ZONE NOT NULL,
  digest_weekday INTEGER NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT pk_notification_preferences PRIMARY KEY (professional_id),
  CONSTRAINT ck_notification_preferences_rhythm CHECK (digest_rhythm IN ('daily', 'weekly')),
  CONSTRAINT ck_notification_preferences_weekday CHECK (digest_weekday BETWEEN 1 AND 7),
  CONSTRAINT ck_notification_preferences_quiet_hours CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);

CREATE TABLE webhook_deliveries (
  endpoint_id UUID NOT NULL,
  alert_id UUID,
  kind TEXT NOT NULL,
  state TEXT DEFAULT 'pending' NOT NULL,
  attempts INTEGER DEFAULT 0 NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  next_at TIMESTAMP WITH TIME ZONE NOT NULL,
  lease_until TIMESTAMP WITH TIME ZONE,
  fence BIGINT DEFAULT 0 NOT NULL,
  data_at TIMESTAMP WITH TIME ZONE,
  sent_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  possible_duplicate BOOLEAN DEFAULT false NOT NULL,
  id UUID NOT NULL,
  CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
  CONSTRAINT uq_webhook_deliveries_once UNIQUE (endpoint_id, alert_id),
  CONSTRAINT ck_webhook_deliveries_state CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'cancelled')),
  CONSTRAINT ck_webhook_deliveries_lease CHECK ((state = 'sending') = (lease_until IS NOT NULL))
);
CREATE INDEX ix_webhook_deliveries_alert_id ON webhook_deliveries (alert_id);
CREATE INDEX ix_webhook_deliveries_listed ON webhook_deliveries (endpoint_id, created_at, id);
CREATE INDEX ix_webhook_deliveries_open ON webhook_deliveries (endpoint_id, next_at)
  WHERE state IN ('pending', 'sending');

CREATE TABLE webhook_secrets (
  endpoint_id UUID NOT NULL,
  sealed BYTEA NOT NULL,
  key_id TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  valid_until TIMESTAMP WITH TIME ZONE,
  id UUID NOT NULL,
  CONSTRAINT pk_webhook_secrets PRIMARY KEY (id)
);
CREATE INDEX ix_webhook_secrets_endpoint ON webhook_secrets (endpoint_id, created_at);
CREATE UNIQUE INDEX uq_webhook_secrets_current ON webhook_secrets (endpoint_id)
  WHERE valid_until IS NULL;

CREATE TABLE delivery_attempts (
  delivery_id UUID NOT NULL,
  fence BIGINT NOT NULL,
  claimed_at TIMESTAMP WITH TIME ZONE,
  marked_at TIMESTAMP WITH TIME ZONE,
  ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT,
  reached_nobody BOOLEAN NOT NULL,
  CONSTRAINT pk_delivery_attempts PRIMARY KEY (delivery_id, fence)
);

-- References: once every table of every feature is there.
ALTER TABLE webhook_endpoints
  ADD CONSTRAINT fk_webhook_endpoints_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id);
ALTER TABLE deliveries
  ADD CONSTRAINT fk_deliveries_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id);
ALTER TABLE deliveries
  ADD CONSTRAINT fk_deliveries_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE digest_items
  ADD CONSTRAINT fk_digest_items_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id) ON DELETE CASCADE;
ALTER TABLE digest_items
  ADD CONSTRAINT fk_digest_items_digest_id FOREIGN KEY(digest_id) REFERENCES alerts (id) ON DELETE CASCADE;
ALTER TABLE digest_items
  ADD CONSTRAINT fk_digest_items_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE mobile_numbers
  ADD CONSTRAINT fk_mobile_numbers_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE notification_preferences
  ADD CONSTRAINT fk_notification_preferences_professional_id FOREIGN KEY(professional_id) REFERENCES professionals (id);
ALTER TABLE webhook_deliveries
  ADD CONSTRAINT fk_webhook_deliveries_alert_id FOREIGN KEY(alert_id) REFERENCES alerts (id);
ALTER TABLE webhook_deliveries
  ADD CONSTRAINT fk_webhook_deliveries_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoints (id);
ALTER TABLE webhook_secrets
  ADD CONSTRAINT fk_webhook_secrets_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoints (id);
ALTER TABLE delivery_attempts
  ADD CONSTRAINT fk_delivery_attempts_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE;
