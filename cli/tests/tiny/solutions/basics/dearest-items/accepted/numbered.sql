-- A window function numbers the rows.
SELECT name, price FROM (
  SELECT name, price, row_number() OVER (ORDER BY price DESC, name) AS place
  FROM items WHERE price IS NOT NULL
) WHERE place <= 2 ORDER BY place
