-- A holder's name as it is compared: full-width signs as half-width ones, no spaces, no brackets.
CREATE FUNCTION plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(normalize(name, NFKC), '[\s()\[\]{}<>〈〉《》「」【】〔〕“”"''‘’·.,，。、_-]+', '', 'g'))
$$;
