SELECT name, price FROM items WHERE price IS NOT NULL ORDER BY price DESC, name LIMIT 2
