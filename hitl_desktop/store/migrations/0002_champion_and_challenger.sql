-- What a version learned from, what the comparison with the version in use said, and why a version was put to use.

ALTER TABLE model ADD COLUMN trained_hash TEXT NOT NULL DEFAULT ''; -- SHA-256, hex, of the decisions it learned from
ALTER TABLE model ADD COLUMN verdict TEXT NOT NULL DEFAULT '{}';    -- JSON
ALTER TABLE activation ADD COLUMN reason TEXT NOT NULL DEFAULT '';
