-- The rank is filtered before it exists: WHERE, GROUP BY and HAVING run before window functions,
-- so rank in a CTE or subquery and filter outside of it.
-- CAUGHT_BY: columns, two_values, ties, next_value, nulls, one_value, order, large
SELECT category, id, value,
       DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
FROM items
WHERE value IS NOT NULL
  AND DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) <= 2
ORDER BY category, rank, id;
