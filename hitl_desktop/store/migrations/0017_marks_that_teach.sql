-- Marks that say what should, or should not, count for the model: found without reading the whole log.

CREATE INDEX decision_teaching ON decision(idx) WHERE instr(evidence, '"counts": ') > 0;
