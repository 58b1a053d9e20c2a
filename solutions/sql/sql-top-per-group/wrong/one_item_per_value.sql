-- Only one item of each value is listed: GROUP BY or DISTINCT on the value keeps one row, but all
-- items with that value belong to the answer.
-- CAUGHT_BY: ties, next_value, large
WITH best AS (
    SELECT category, MIN(id) AS id, value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
    WHERE value IS NOT NULL
    GROUP BY category, value
)
SELECT category, id, value, rank FROM best WHERE rank <= 2 ORDER BY category, rank, id;
