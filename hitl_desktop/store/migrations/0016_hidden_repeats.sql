-- Items that are asked again without saying so: an answer of its own kind, after which everything stands as before.

-- As in 0009: what a CHECK allows cannot be altered otherwise without copying the table. The index below marks the schema
-- as changed for other connections.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql, '''retracted'', ''automatic'')', '''retracted'', ''automatic'', ''repeated'')'),
  'CHECK((verdict IN (', 'CHECK(verdict = ''repeated'' OR (verdict IN (')
  WHERE type = 'table' AND name = 'decision';
PRAGMA writable_schema = RESET;

CREATE INDEX decision_repeat ON decision(number, verdict) WHERE slot = 'repeat';
