-- A common table expression in front.
WITH priced AS (SELECT * FROM items WHERE price NOT NULL)
SELECT name, price FROM priced ORDER BY -price, name LIMIT 2
