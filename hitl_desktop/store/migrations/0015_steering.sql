-- What was shown before the next training, and how an expert steers the trainings.

ALTER TABLE decision ADD COLUMN quick_updates INTEGER NOT NULL DEFAULT 0; -- decisions that had moved what was shown

CREATE TABLE steering_event(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  event_id TEXT NOT NULL UNIQUE,
  at_utc TEXT NOT NULL,
  by NOT NULL,                                    -- text, a BLOB where it is not UTF-8
  action TEXT NOT NULL CHECK(action IN ('plan', 'example')),
  idx INTEGER REFERENCES item(idx),               -- of an example: the item
  weight REAL,                                    -- and how much it counts; 0 is not at all
  body,                                           -- of a plan: JSON of all of it; as `by`
  said TEXT NOT NULL DEFAULT '',                  -- what was changed: a sentence as JSON
  takes_back INTEGER REFERENCES steering_event(number),
  CHECK((action = 'example') = (idx IS NOT NULL) AND (action = 'example') = (weight IS NOT NULL)),
  CHECK((action = 'plan') = (body IS NOT NULL))
);
CREATE INDEX steering_of_item ON steering_event(idx, number) WHERE action = 'example';
CREATE TRIGGER steering_event_never_updated BEFORE UPDATE ON steering_event
BEGIN SELECT RAISE(ABORT, 'what was steered is append-only'); END;
CREATE TRIGGER steering_event_never_deleted BEFORE DELETE ON steering_event
BEGIN SELECT RAISE(ABORT, 'what was steered is append-only'); END;
