-- Items without a value were ranked too: NULL is the lowest value in SQLite (the highest in
-- PostgreSQL), so it fills the free places; filter it with WHERE value IS NOT NULL.
-- CAUGHT_BY: nulls, large
WITH ranked AS (
    SELECT category, id, value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY category, rank, id;
