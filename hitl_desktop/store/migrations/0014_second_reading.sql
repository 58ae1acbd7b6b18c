-- Decisions whose rule asked for a second reader are looked for with every list that is shown to somebody else.

CREATE INDEX decision_second_reader ON decision(idx) WHERE route = 'second_reader';
