-- After a tie the next value is skipped: RANK counts the rows above and jumps from 1 to 3,
-- DENSE_RANK counts the different values and leaves no gap.
-- CAUGHT_BY: next_value, large
WITH ranked AS (
    SELECT category, id, value,
           RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
    WHERE value IS NOT NULL
)
SELECT category, id, value, rank FROM ranked WHERE rank <= 2 ORDER BY category, rank, id;
