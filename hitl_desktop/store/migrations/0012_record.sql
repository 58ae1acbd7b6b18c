-- The record: what was done to the project, in events that are chained by their hashes, and signed anchors of the chain.

CREATE TABLE record_event(
  number INTEGER PRIMARY KEY CHECK(number > 0),   -- gapless, given in the transaction of the change
  body TEXT NOT NULL,                             -- canonical JSON (RFC 8785), see domain/record_events.py
  hash BLOB NOT NULL CHECK(length(hash) = 32)     -- SHA-256 of the hash before it and of the body
);
CREATE TRIGGER record_event_never_updated BEFORE UPDATE ON record_event
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER record_event_never_deleted BEFORE DELETE ON record_event
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;

-- The same lines lie outside of the database as well: see store/record_anchors.py.
CREATE TABLE record_anchor(
  number INTEGER PRIMARY KEY REFERENCES record_event(number),
  hash BLOB NOT NULL,                             -- of that event
  at_utc TEXT NOT NULL,
  key BLOB NOT NULL,                              -- the public key, Ed25519, 32 bytes
  signature BLOB NOT NULL
);
CREATE TRIGGER record_anchor_never_updated BEFORE UPDATE ON record_anchor
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
CREATE TRIGGER record_anchor_never_deleted BEFORE DELETE ON record_anchor
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
