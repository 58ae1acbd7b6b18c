-- Decisions that nobody made: why each was permitted, and who paused, resumed, allowed or recalled them.

-- What a CHECK allows cannot be altered otherwise without copying the tables, which takes a minute at a million items.
-- Nothing on disk changes by it: https://www.sqlite.org/lang_altertable.html, "Making other kinds of table schema
-- changes". The columns added below mark the schema as changed for other connections.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''unsure'', ''flagged'')', '''unsure'', ''flagged'', ''automatic'')')
  WHERE type = 'table' AND name = 'item';
UPDATE sqlite_schema SET sql = replace(replace(sql, '''flagged'', ''retracted'')', '''flagged'', ''retracted'', ''automatic'')'),
  '(verdict IN (''confirmed'', ''corrected''))', '(verdict IN (''confirmed'', ''corrected'', ''automatic''))')
  WHERE type = 'table' AND name = 'decision';
PRAGMA writable_schema = RESET;

ALTER TABLE decision ADD COLUMN route TEXT;
ALTER TABLE decision ADD COLUMN certificate INTEGER;     -- the certificate that covered it, or
ALTER TABLE decision ADD COLUMN override INTEGER         -- the permission without one, a number of `automation_event`
  CHECK(verdict <> 'automatic' OR (certificate IS NULL) <> (override IS NULL));
CREATE INDEX decision_automatic ON decision(verdict, number) WHERE slot = 'automatic';
-- Questions asked with every key are about what people did: at a million automatic decisions they must not read those.
CREATE INDEX decision_by_people ON decision(number, verdict, follows) WHERE slot <> 'automatic';

CREATE TABLE automation_event(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  at_utc TEXT NOT NULL,
  by TEXT NOT NULL,
  action TEXT NOT NULL CHECK(action IN ('paused', 'resumed', 'overridden', 'override_ended', 'recalled')),
  reason TEXT NOT NULL DEFAULT '',                -- a sentence as JSON
  model_version INTEGER,                          -- in use then; of what was recalled: whose decisions
  policy_version INTEGER,
  rule INTEGER,                                   -- from 1
  items INTEGER NOT NULL DEFAULT 0,               -- how many went back to the queue
  upto INTEGER NOT NULL DEFAULT 0                 -- the last decision before it
);

CREATE TRIGGER automation_event_never_updated BEFORE UPDATE ON automation_event
BEGIN SELECT RAISE(ABORT, 'what was done to the automatic is append-only'); END;
CREATE TRIGGER automation_event_never_deleted BEFORE DELETE ON automation_event
BEGIN SELECT RAISE(ABORT, 'what was done to the automatic is append-only'); END;
