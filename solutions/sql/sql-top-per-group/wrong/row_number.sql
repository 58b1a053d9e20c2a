-- A tie was cut off: ROW_NUMBER, or a tie-breaker such as id in the window's ORDER BY, numbers
-- equal values differently; DENSE_RANK over the value alone gives them one rank.
-- CAUGHT_BY: ties, next_value, large
WITH ranked AS (
    SELECT category, id, value,
           ROW_NUMBER() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
    WHERE value IS NOT NULL
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY category, rank, id;
