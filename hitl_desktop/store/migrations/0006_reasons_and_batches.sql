-- Why a past decision was changed, and which decisions were made in one step.

ALTER TABLE decision ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN batch TEXT NOT NULL DEFAULT ''; -- a UUID that the decisions of one step share; '' for one alone
CREATE INDEX decision_of_batch ON decision(batch, number) WHERE batch <> '';
