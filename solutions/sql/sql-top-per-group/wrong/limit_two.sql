-- LIMIT 2 gives two rows in all, not per category: number the values inside each category and
-- filter on that number.
-- CAUGHT_BY: two_values, ties, next_value, nulls, one_value, order, large
SELECT category, id, value,
       DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
FROM items
WHERE value IS NOT NULL
ORDER BY category, rank, id
LIMIT 2;
