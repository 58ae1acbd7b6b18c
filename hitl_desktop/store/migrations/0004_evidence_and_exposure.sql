-- What was marked in an item, and what the reviewer had seen of the suggestion when they answered.

ALTER TABLE decision ADD COLUMN evidence TEXT;  -- JSON of the marks; NULL for none
ALTER TABLE decision ADD COLUMN exposure TEXT CHECK(exposure IN ('shown', 'hidden', 'revealed'));
ALTER TABLE decision ADD COLUMN hiding REAL;    -- probability with which the suggestion was to be hidden
ALTER TABLE decision ADD COLUMN follows INTEGER REFERENCES decision(number); -- the own answer before the reveal
ALTER TABLE draft ADD COLUMN evidence TEXT;     -- marks not saved with a decision yet; NULL: as the decision has them
