-- The first schema. Never edit a migration that was released: add the next one.

CREATE TABLE project(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL              -- JSON
) WITHOUT ROWID;

CREATE TABLE label(
  id INTEGER PRIMARY KEY,          -- what decisions and models refer to; never reused
  name TEXT NOT NULL UNIQUE,
  position INTEGER NOT NULL UNIQUE -- order of buttons and of probability columns
);

CREATE TABLE item(
  idx INTEGER PRIMARY KEY,         -- 0-based place in all arrays of the project
  digest TEXT NOT NULL UNIQUE,     -- SHA-256 of the content, hex
  path NOT NULL,                   -- hint relative to the data root; a BLOB where the name is not UTF-8
  truth_id INTEGER REFERENCES label(id),
  truth_findings TEXT,             -- as `findings`
  fields NOT NULL DEFAULT '{}',    -- the other columns of the record, JSON
  state TEXT NOT NULL DEFAULT 'todo'
    CHECK(state IN ('todo', 'decided', 'skipped', 'unsure', 'flagged')),
  label_id INTEGER REFERENCES label(id),
  findings TEXT                    -- with several findings per item: a JSON list of label ids, ascending
);

-- Apart from `item`, so that personal text can be erased without touching the record of decisions.
CREATE TABLE item_text(
  idx INTEGER PRIMARY KEY REFERENCES item(idx),
  text NOT NULL
);

CREATE TABLE decision(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  event_id TEXT NOT NULL UNIQUE,
  idx INTEGER NOT NULL REFERENCES item(idx),
  verdict TEXT NOT NULL
    CHECK(verdict IN ('confirmed', 'corrected', 'skipped', 'unsure', 'flagged', 'retracted')),
  label_id INTEGER REFERENCES label(id),
  reviewer TEXT NOT NULL,
  at_utc TEXT NOT NULL,
  slot TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  predicted_id INTEGER REFERENCES label(id),
  confidence REAL,
  model_version INTEGER,
  probability REAL,
  seconds REAL,
  retracts INTEGER UNIQUE REFERENCES decision(number),
  findings TEXT,                   -- as in `item`
  predicted_findings TEXT,
  CHECK((verdict IN ('confirmed', 'corrected')) = (label_id IS NOT NULL OR findings IS NOT NULL)),
  CHECK(label_id IS NULL OR findings IS NULL),
  CHECK((verdict = 'retracted') = (retracts IS NOT NULL))
);
CREATE INDEX decision_of_item ON decision(idx, number);
CREATE INDEX decision_of_reviewer ON decision(reviewer, number);

CREATE TRIGGER decision_never_updated BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_never_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

CREATE TABLE model(
  version INTEGER PRIMARY KEY CHECK(version > 0),
  origin TEXT NOT NULL CHECK(origin IN ('bundled', 'imported', 'trained')),
  name TEXT NOT NULL,
  made_utc TEXT NOT NULL,
  trained_on INTEGER NOT NULL,     -- decisions it learned from in this project
  after_decision INTEGER NOT NULL, -- it knows the log up to this number
  metrics TEXT NOT NULL            -- JSON
);

-- Which model was put to use, when and by whom; the last row is the one in use.
CREATE TABLE activation(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  version INTEGER NOT NULL REFERENCES model(version),
  at_utc TEXT NOT NULL,
  by TEXT NOT NULL
);

-- What the import left out, and why.
CREATE TABLE import_note(
  number INTEGER PRIMARY KEY,
  sort TEXT NOT NULL CHECK(sort IN ('duplicate', 'unreadable', 'other', 'note')),
  file NOT NULL,
  detail NOT NULL,
  disagrees INTEGER NOT NULL DEFAULT 0
);

-- Notes that were typed but not yet saved with a decision.
CREATE TABLE draft(
  idx INTEGER PRIMARY KEY REFERENCES item(idx),
  note TEXT NOT NULL
);
