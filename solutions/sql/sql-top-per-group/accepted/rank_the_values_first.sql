-- Ranks the different values of a category (where ROW_NUMBER is enough), then joins the items.
SELECT items.category, items.id, items.value, best.rank
FROM (
    SELECT category,
           value,
           ROW_NUMBER() OVER (PARTITION BY category ORDER BY value DESC) AS rank
    FROM (SELECT DISTINCT category, value FROM items WHERE value IS NOT NULL)
) AS best
JOIN items ON items.category = best.category AND items.value = best.value
WHERE best.rank <= 2
ORDER BY 1, 4, 2;
