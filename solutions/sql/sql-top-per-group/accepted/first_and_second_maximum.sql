-- Two GROUP BY steps: the maximum of each category, the maximum below it, and a UNION ALL.
WITH first AS (
    SELECT category, MAX(value) AS value, 1 AS rank FROM items GROUP BY category
),
second AS (
    SELECT items.category, MAX(items.value) AS value, 2 AS rank
    FROM items JOIN first USING (category)
    WHERE items.value < first.value
    GROUP BY items.category
),
best AS (SELECT * FROM first UNION ALL SELECT * FROM second)
SELECT items.category AS Category, items.id AS ID, items.value AS Value, best.rank AS Rank
FROM items JOIN best ON best.category = items.category AND best.value = items.value
ORDER BY Category, Rank, ID;
