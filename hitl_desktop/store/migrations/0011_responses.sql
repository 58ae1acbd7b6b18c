-- What is answered beyond the class: rankings, ratings, the turn that decided, a reply.

ALTER TABLE decision ADD COLUMN response TEXT;  -- JSON; NULL for none
ALTER TABLE draft ADD COLUMN response TEXT;     -- not saved with a decision yet; NULL: as the decision has it
