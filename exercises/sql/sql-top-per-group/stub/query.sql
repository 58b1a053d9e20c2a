-- The two highest values of every category: category, id, value, rank.
-- Table: items (id, category, value). Write one SELECT below.

