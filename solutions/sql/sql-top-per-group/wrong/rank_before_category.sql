-- The rows are sorted by rank first, so the categories are torn apart: ORDER BY category, rank,
-- id.
-- CAUGHT_BY: order
WITH ranked AS (
    SELECT category, id, value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
    WHERE value IS NOT NULL
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY rank, category, id;
