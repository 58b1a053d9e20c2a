-- The two dearest items.
SELECT name, price FROM items
