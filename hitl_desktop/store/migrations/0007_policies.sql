-- The routing policy is versioned, and every decision says under which rule of it the item was.

CREATE TABLE policy(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- the version; gapless, given in the transaction of the change
  event_id TEXT NOT NULL UNIQUE,
  at_utc TEXT NOT NULL,
  by TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  takes_back INTEGER REFERENCES policy(number),   -- the version whose change this one undoes
  body TEXT NOT NULL                              -- JSON, see domain/policy.py; classes by their ids
);

CREATE TRIGGER policy_never_updated BEFORE UPDATE ON policy
BEGIN SELECT RAISE(ABORT, 'routing policies are append-only'); END;
CREATE TRIGGER policy_never_deleted BEFORE DELETE ON policy
BEGIN SELECT RAISE(ABORT, 'routing policies are append-only'); END;

ALTER TABLE decision ADD COLUMN policy_version INTEGER; -- the policy in force when it was made
ALTER TABLE decision ADD COLUMN rule INTEGER;           -- the rule of it that the item was under, from 1
