-- The result has other columns than asked for: select category, id, value, rank by name, alias
-- included, and no helper column.
-- CAUGHT_BY: columns, two_values, ties, next_value, nulls, one_value, order, large
SELECT *
FROM (
    SELECT id, category, value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rn
    FROM items
    WHERE value IS NOT NULL
)
WHERE rn <= 2
ORDER BY category, rn, id;
