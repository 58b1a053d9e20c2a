WITH ranked AS (
    SELECT category,
           id,
           value,
           DENSE_RANK() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM items
    WHERE value IS NOT NULL
)
SELECT category, id, value, rank
FROM ranked
WHERE rank <= 2
ORDER BY category, rank, id;
