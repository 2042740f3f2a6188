-- Anchors and unusual readings.
-- Re-applied by `maillage migrate`, after services/shared/security.sql.

-- unusual_readings
CREATE POLICY worker ON unusual_readings TO maillage_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON unusual_readings TO maillage_worker;
GRANT SELECT ON unusual_readings TO maillage_api;
CREATE POLICY api_read ON unusual_readings FOR SELECT TO maillage_api
  USING (app_has_role('coordinator'));
