-- The order is ascending, so the cheapest come first.
-- CAUGHT_BY: two_dearest
SELECT name, price FROM items WHERE price NOT NULL ORDER BY price, name LIMIT 2
