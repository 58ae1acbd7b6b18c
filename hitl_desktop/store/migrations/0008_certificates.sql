-- Audits, what was frozen when they began, and what became of them and of the certificates that came of them.

CREATE TABLE audit(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- also the release that delta is spent for
  begun_utc TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  model_version INTEGER NOT NULL REFERENCES model(version),
  model_hash TEXT NOT NULL,
  alpha REAL NOT NULL CHECK(alpha > 0 AND alpha < 1),
  delta REAL NOT NULL CHECK(delta > 0 AND delta < 1),
  seed INTEGER NOT NULL,
  items INTEGER NOT NULL,          -- size of the pool then
  policy_version INTEGER NOT NULL, -- 0: the one a project starts with
  "limit" REAL NOT NULL,           -- the one in force in the routing then
  probability REAL NOT NULL,       -- with which each item of the zone was drawn
  ladders TEXT NOT NULL,           -- JSON: limits to walk and sizes, over all items first, then of each class
  gate BLOB NOT NULL,              -- packed bits, compressed: the items that it may speak for
  gate_digest TEXT NOT NULL,
  pool_digest TEXT NOT NULL,
  classes TEXT NOT NULL            -- JSON: the column that each class counted as
);

CREATE TABLE audit_item(
  audit INTEGER NOT NULL REFERENCES audit(number),
  place INTEGER NOT NULL,          -- 0-based, in the order of asking
  idx INTEGER NOT NULL REFERENCES item(idx),
  confidence REAL NOT NULL,
  predicted INTEGER NOT NULL,      -- class column, or code of findings
  PRIMARY KEY(audit, place),
  UNIQUE(audit, idx)
) WITHOUT ROWID;

CREATE TABLE audit_event(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  audit INTEGER NOT NULL REFERENCES audit(number),
  event TEXT NOT NULL
    CHECK(event IN ('finished', 'abandoned', 'issued', 'suspended', 'restored', 'ended')),
  at_utc TEXT NOT NULL,
  by TEXT NOT NULL,
  why TEXT NOT NULL DEFAULT '',    -- a sentence
  facts TEXT                       -- JSON
);

CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audits are append-only'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audits are append-only'); END;
CREATE TRIGGER audit_item_never_updated BEFORE UPDATE ON audit_item
BEGIN SELECT RAISE(ABORT, 'audits are append-only'); END;
CREATE TRIGGER audit_item_never_deleted BEFORE DELETE ON audit_item
BEGIN SELECT RAISE(ABORT, 'audits are append-only'); END;
CREATE TRIGGER audit_event_never_updated BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audits are append-only'); END;
CREATE TRIGGER audit_event_never_deleted BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audits are append-only'); END;
