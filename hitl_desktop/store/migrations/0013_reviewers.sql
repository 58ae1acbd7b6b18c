-- Who decided, and how that was known: profiles of reviewers as the record needs them, and signatures with a meaning.

ALTER TABLE decision ADD COLUMN reviewer_id TEXT NOT NULL DEFAULT '';  -- `reviewer.uuid`; empty for a name alone
ALTER TABLE decision ADD COLUMN auth TEXT NOT NULL DEFAULT '';         -- none, password; empty before it was noted

-- What may be read of a profile: a row for each time that it was another. The last row of a uuid is how it is now.
CREATE TABLE reviewer(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  uuid TEXT NOT NULL,
  at_utc TEXT NOT NULL,
  name NOT NULL,                   -- text, a BLOB where it is not UTF-8
  role NOT NULL DEFAULT '',        -- as `name`
  has_password INTEGER NOT NULL DEFAULT 0,
  public_key TEXT NOT NULL DEFAULT '',   -- Ed25519, hex
  is_disabled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX reviewer_of_uuid ON reviewer(uuid, number);
CREATE TRIGGER reviewer_never_updated BEFORE UPDATE ON reviewer
BEGIN SELECT RAISE(ABORT, 'reviewers are append-only'); END;
CREATE TRIGGER reviewer_never_deleted BEFORE DELETE ON reviewer
BEGIN SELECT RAISE(ABORT, 'reviewers are append-only'); END;

-- Who sat at this project from when on: what other events than decisions are to be read with.
CREATE TABLE sitting(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  at_utc TEXT NOT NULL,
  reviewer_id TEXT NOT NULL DEFAULT '',
  name NOT NULL,
  auth TEXT NOT NULL CHECK(auth IN ('none', 'password')),
  after_decision INTEGER NOT NULL  -- the last decision before it
);
CREATE TRIGGER sitting_never_updated BEFORE UPDATE ON sitting
BEGIN SELECT RAISE(ABORT, 'sittings are append-only'); END;
CREATE TRIGGER sitting_never_deleted BEFORE DELETE ON sitting
BEGIN SELECT RAISE(ABORT, 'sittings are append-only'); END;

-- Signatures: what was signed stands in `body`, canonical JSON, word for word what the key has signed.
CREATE TABLE signature(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  event_id TEXT NOT NULL UNIQUE,
  at_utc TEXT NOT NULL,
  reviewer_id TEXT NOT NULL,
  body NOT NULL,
  public_key TEXT NOT NULL,
  signature TEXT NOT NULL          -- hex
);
CREATE TRIGGER signature_never_updated BEFORE UPDATE ON signature
BEGIN SELECT RAISE(ABORT, 'signatures are append-only'); END;
CREATE TRIGGER signature_never_deleted BEFORE DELETE ON signature
BEGIN SELECT RAISE(ABORT, 'signatures are append-only'); END;

-- What is painted over in copies to give away, by item: a row for each time that it was another. `looked` tells that
-- a person looked at the picture with these boxes.
CREATE TABLE mask(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  idx INTEGER NOT NULL REFERENCES item(idx),
  at_utc TEXT NOT NULL,
  by NOT NULL,                     -- as `name` above
  boxes TEXT NOT NULL,             -- JSON: [[left, top, width, height], …] in pixels of the upright picture
  looked INTEGER NOT NULL
);
CREATE INDEX mask_of_item ON mask(idx, number);
CREATE TRIGGER mask_never_updated BEFORE UPDATE ON mask
BEGIN SELECT RAISE(ABORT, 'masks are append-only'); END;
CREATE TRIGGER mask_never_deleted BEFORE DELETE ON mask
BEGIN SELECT RAISE(ABORT, 'masks are append-only'); END;
