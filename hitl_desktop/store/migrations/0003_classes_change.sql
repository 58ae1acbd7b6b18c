-- Classes change: none is deleted, and every operation is on record.

ALTER TABLE label ADD COLUMN retired INTEGER NOT NULL DEFAULT 0 CHECK(retired IN (0, 1));
ALTER TABLE label ADD COLUMN counts_as INTEGER REFERENCES label(id); -- the class it was merged into

CREATE TABLE class_operation(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  event_id TEXT NOT NULL UNIQUE,
  at_utc TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  action TEXT NOT NULL
    CHECK(action IN ('added', 'renamed', 'merged', 'split', 'retired', 'brought_back', 'taken_back')),
  label_id INTEGER NOT NULL REFERENCES label(id),
  old_name TEXT NOT NULL,
  new_name TEXT NOT NULL,
  others TEXT NOT NULL DEFAULT '[]',              -- a JSON list of label ids
  reason TEXT NOT NULL DEFAULT '',
  first_decision INTEGER NOT NULL DEFAULT 0,      -- the decisions recorded with it; 0 where there were none
  last_decision INTEGER NOT NULL DEFAULT 0,
  takes_back INTEGER UNIQUE REFERENCES class_operation(number),
  CHECK((action = 'taken_back') = (takes_back IS NOT NULL))
);

CREATE TRIGGER class_operation_never_updated BEFORE UPDATE ON class_operation
BEGIN SELECT RAISE(ABORT, 'operations on classes are append-only'); END;
CREATE TRIGGER class_operation_never_deleted BEFORE DELETE ON class_operation
BEGIN SELECT RAISE(ABORT, 'operations on classes are append-only'); END;
