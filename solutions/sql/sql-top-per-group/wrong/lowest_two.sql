-- These are the lowest values: a window sorts upwards unless it says ORDER BY value DESC.
-- CAUGHT_BY: two_values, ties, next_value, nulls, one_value, order, large
WITH ranked AS (
    SELECT category, id, value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value) AS rank
    FROM items
    WHERE value IS NOT NULL
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY category, rank, id;
