-- Items that were added after the project was made, and what each batch of them is like beside those there were before.

-- The first import is batch 0 and has no row: its items are those before the first row here.
CREATE TABLE item_batch(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  first INTEGER NOT NULL,          -- index of its first item
  items INTEGER NOT NULL,          -- so many follow one another from there
  at_utc TEXT NOT NULL,
  by NOT NULL,                     -- who added them; text, a BLOB where it is not UTF-8
  source NOT NULL,                 -- the folder, files or table they came from; as `by`
  counts TEXT NOT NULL,            -- JSON: what was left out, and how many labels were used
  notes TEXT NOT NULL DEFAULT '[]' -- JSON: sentences
);
CREATE TRIGGER item_batch_never_updated BEFORE UPDATE ON item_batch
BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;
CREATE TRIGGER item_batch_never_deleted BEFORE DELETE ON item_batch
BEGIN SELECT RAISE(ABORT, 'batches are append-only'); END;

-- How a batch compared with what was there before it, each time that was looked at; the last row is the one that holds.
CREATE TABLE batch_comparison(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  batch INTEGER NOT NULL REFERENCES item_batch(number),
  at_utc TEXT NOT NULL,
  result TEXT NOT NULL             -- JSON
);
CREATE INDEX comparison_of_batch ON batch_comparison(batch, number);
CREATE TRIGGER batch_comparison_never_updated BEFORE UPDATE ON batch_comparison
BEGIN SELECT RAISE(ABORT, 'comparisons are append-only'); END;
CREATE TRIGGER batch_comparison_never_deleted BEFORE DELETE ON batch_comparison
BEGIN SELECT RAISE(ABORT, 'comparisons are append-only'); END;

ALTER TABLE import_note ADD COLUMN batch INTEGER NOT NULL DEFAULT 0; -- the batch whose adding left it out
