-- Zero or negative values are missing: a filter such as WHERE value, value <> 0 or value > 0
-- drops more than NULL; test NULL with IS NOT NULL.
-- CAUGHT_BY: large
WITH ranked AS (
    SELECT category, id, value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
    WHERE value
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY category, rank, id;
