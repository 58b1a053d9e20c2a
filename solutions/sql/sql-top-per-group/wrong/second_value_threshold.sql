-- A category with a single value is missing: its second highest value is NULL, and a comparison
-- with NULL, like an inner join to it, is never true.
-- CAUGHT_BY: ties, nulls, one_value, large
SELECT i.category, i.id, i.value,
       CASE i.value
           WHEN (SELECT MAX(value) FROM items AS m WHERE m.category = i.category) THEN 1
           ELSE 2
       END AS rank
FROM items AS i
WHERE i.value >= (
    SELECT DISTINCT s.value
    FROM items AS s
    WHERE s.category = i.category AND s.value IS NOT NULL
    ORDER BY s.value DESC
    LIMIT 1 OFFSET 1
)
ORDER BY i.category, rank, i.id;
