-- Alerts, deliveries, preferences, endpoints and numbers.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- alerts
CREATE POLICY api_read ON alerts FOR SELECT TO maillage_api USING (
  -- Whoever may move a hearing or finish a task must reach its alerts, to cancel them.
  (SELECT true FROM work(alerts.case_id) g WHERE g.basis = 'reference'
    OR alert_needs(alerts.kind) = 'procedure' AND opens(g.category_mask, 'procedure')
    OR alerts.kind = 'cases.task_due'
      AND EXISTS (SELECT FROM tasks t WHERE t.id = alerts.object_id)
    -- A plan agreed without a judge is the tenancy's.
    OR starts_with(alerts.kind, 'evictions.instalment_')
      AND EXISTS (SELECT FROM instalments i WHERE i.id = alerts.object_id) LIMIT 1)
  -- What reached somebody is theirs as long as they may know of it (may_know.sql).
  OR EXISTS (SELECT FROM deliveries d
      WHERE d.alert_id = alerts.id AND d.professional_id = app_professional())
    AND EXISTS (SELECT FROM may_know(kind, recipient_role, case_id, object_id, app_professional(),
      app_now())));
CREATE POLICY api_update ON alerts FOR UPDATE TO maillage_api USING (
  -- Whoever may move a hearing or finish a task must reach its alerts, to cancel them.
  (SELECT true FROM work(alerts.case_id) g WHERE g.basis = 'reference'
    OR alert_needs(alerts.kind) = 'procedure' AND opens(g.category_mask, 'procedure')
    OR alerts.kind = 'cases.task_due'
      AND EXISTS (SELECT FROM tasks t WHERE t.id = alerts.object_id)
    -- A plan agreed without a judge is the tenancy's.
    OR starts_with(alerts.kind, 'evictions.instalment_')
      AND EXISTS (SELECT FROM instalments i WHERE i.id = alerts.object_id) LIMIT 1)
  -- What reached somebody is theirs as long as they may know of it (may_know.sql).
  OR EXISTS (SELECT FROM deliveries d
      WHERE d.alert_id = alerts.id AND d.professional_id = app_professional())
    AND EXISTS (SELECT FROM may_know(kind, recipient_role, case_id, object_id, app_professional(),
      app_now())));

-- deliveries
GRANT SELECT, UPDATE (read_at, acknowledged_at) ON deliveries TO maillage_api;
CREATE POLICY api_own ON deliveries TO maillage_api USING (professional_id = app_professional());
CREATE POLICY worker ON deliveries TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON deliveries TO maillage_worker;

-- notification_preferences
GRANT SELECT, INSERT, UPDATE ON notification_preferences TO maillage_api;
CREATE POLICY api_own ON notification_preferences TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
-- The workers go by them, and gather what a digest tells.
GRANT SELECT ON notification_preferences TO maillage_worker;
CREATE POLICY worker ON notification_preferences FOR SELECT TO maillage_worker USING (true);

-- digest_items
GRANT SELECT, INSERT, DELETE ON digest_items TO maillage_worker;
CREATE POLICY worker ON digest_items TO maillage_worker USING (true) WITH CHECK (true);

-- delivery_attempts
-- How each attempt ended: written by the workers, read through delivery_attempts_of().
GRANT SELECT, INSERT ON delivery_attempts TO maillage_worker;
CREATE POLICY worker ON delivery_attempts TO maillage_worker USING (true) WITH CHECK (true);

-- heartbeats
CREATE POLICY worker ON heartbeats TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeats TO maillage_worker;

-- webhook_endpoints
-- Figures for /metrics: counts and ages only.
-- Webhooks belong to an organisation: its administrators see them and what became of them, and no
-- secret again once it is sealed. The deliveries name no case.
GRANT SELECT, INSERT, UPDATE ON webhook_endpoints TO maillage_api;
CREATE POLICY api_admin ON webhook_endpoints TO maillage_api
  USING (app_has_role('administrator') AND organisation_id = (
    SELECT p.organisation_id FROM professionals p WHERE p.id = app_professional()));
GRANT SELECT, UPDATE (version, state, disabled_why, failing_since, rests_until)
  ON webhook_endpoints TO maillage_worker;
CREATE POLICY worker ON webhook_endpoints TO maillage_worker USING (true);

-- webhook_secrets
GRANT SELECT, INSERT, UPDATE (valid_until) ON webhook_secrets TO maillage_api;
CREATE POLICY api_admin ON webhook_secrets TO maillage_api USING (
  EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = webhook_secrets.endpoint_id));
GRANT SELECT ON webhook_secrets TO maillage_worker;
CREATE POLICY worker ON webhook_secrets FOR SELECT TO maillage_worker USING (true);

-- webhook_deliveries
GRANT SELECT, INSERT, UPDATE (state, attempts, next_at, last_error) ON webhook_deliveries
  TO maillage_api;
CREATE POLICY api_read ON webhook_deliveries FOR SELECT TO maillage_api USING (
  EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = webhook_deliveries.endpoint_id));
CREATE POLICY api_try ON webhook_deliveries FOR INSERT TO maillage_api WITH CHECK (
  alert_id IS NULL AND state = 'pending'
  AND EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = webhook_deliveries.endpoint_id));
CREATE POLICY api_again ON webhook_deliveries FOR UPDATE TO maillage_api
  USING (EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = webhook_deliveries.endpoint_id))
  WITH CHECK (state = 'pending');
GRANT SELECT, INSERT, UPDATE ON webhook_deliveries TO maillage_worker;
CREATE POLICY worker ON webhook_deliveries TO maillage_worker USING (true);

-- mobile_numbers
-- A mobile number is its owner's alone. The workers send to it (sealed), and forget old ones.
GRANT SELECT, INSERT, UPDATE, DELETE ON mobile_numbers TO maillage_api;
CREATE POLICY api_own ON mobile_numbers TO maillage_api
  USING (professional_id = app_professional()) WITH CHECK (professional_id = app_professional());
GRANT SELECT, UPDATE (code_due_at, code_attempts), DELETE ON mobile_numbers TO maillage_worker;
CREATE POLICY worker ON mobile_numbers TO maillage_worker USING (true);
