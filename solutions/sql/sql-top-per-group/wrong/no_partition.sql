-- The ranking runs over the whole table: PARTITION BY category makes it start again in every
-- category.
-- CAUGHT_BY: two_values, ties, next_value, nulls, one_value, order, large
WITH ranked AS (
    SELECT category, id, value, DENSE_RANK() OVER (ORDER BY value DESC) AS rank
    FROM items
    WHERE value IS NOT NULL
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY category, rank, id;
