-- No window function: the rank is one more than the number of different values above.
SELECT i.category,
       i.id,
       i.value,
       1 + (SELECT COUNT(DISTINCT higher.value)
            FROM items AS higher
            WHERE higher.category = i.category AND higher.value > i.value) AS rank
FROM items AS i
WHERE i.value IS NOT NULL AND rank <= 2
ORDER BY i.category, rank, i.id
