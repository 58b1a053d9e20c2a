-- Equal prices come in any order: sort by the name as well.
-- CAUGHT_BY: equal_prices
SELECT name, price FROM items ORDER BY price DESC LIMIT 2
