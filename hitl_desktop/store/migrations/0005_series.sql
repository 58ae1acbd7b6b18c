-- The files of an item that is a series, in their order. An item of one file has no rows here: it lies at its path.

CREATE TABLE item_file(
  idx INTEGER NOT NULL REFERENCES item(idx),
  place INTEGER NOT NULL,          -- 0-based
  path NOT NULL,                   -- as in `item`
  digest TEXT NOT NULL,            -- SHA-256 of the file, hex
  PRIMARY KEY(idx, place)
) WITHOUT ROWID;
