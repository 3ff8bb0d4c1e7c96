-- Characters and pairs of characters of a name: what a Chinese search word is found by.
CREATE FUNCTION name_bigrams(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM (SELECT lower(left(regexp_replace(name, '\s+', '', 'g'), 200)) AS plain) AS cleaned,
         generate_series(1, char_length(plain)) AS start,
         unnest(ARRAY[substr(plain, start, 1), substr(plain, start, 2)]) AS part
$$;
