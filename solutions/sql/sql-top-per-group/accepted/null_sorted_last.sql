-- Keeps NULL in the ranking, where it sorts last, and drops it outside; named window, 1.0 ranks.
select category, id, value, rank from (
  select *, dense_rank() over best * 1.0 as rank
  from items
  window best as (partition by category order by value desc nulls last)
) ranked
where ranked.rank < 3 and value is not null
order by category collate binary asc, value desc, id
