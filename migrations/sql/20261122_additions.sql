-- The rows a statement added, so that everything one transaction wrote is found together.
CREATE FUNCTION history_keep_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO addition (at, transaction, table_name, record_ids)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, array_agg(id) FROM new_rows HAVING count(*) > 0;
    RETURN NULL;
END $$;

-- As before, with geometries (named as the trigger's arguments) to the last bit: as JSON they lose digits.
CREATE OR REPLACE FUNCTION history_keep_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place text;
    o_exact text := '';
    n_exact text := '';
BEGIN
    IF TG_NARGS = 0 THEN
        INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
        SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'update', to_jsonb(o), to_jsonb(n)
        FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
        WHERE to_jsonb(o) - '{updated_at,revision}'::text[] IS DISTINCT FROM to_jsonb(n) - '{updated_at,revision}'::text[];
        RETURN NULL;
    END IF;
    FOREACH place IN ARRAY TG_ARGV LOOP
        o_exact := o_exact || format(' || jsonb_build_object(%L, o.%I::text)', place, place);
        n_exact := n_exact || format(' || jsonb_build_object(%L, n.%I::text)', place, place);
    END LOOP;
    EXECUTE format($sql$
        INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
        SELECT now(), pg_current_xact_id()::text::bigint, $1, id, 'update', before, after
        FROM (SELECT o.id, to_jsonb(o) - 'shape' %s AS before, to_jsonb(n) - 'shape' %s AS after
              FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id) AS versions
        WHERE before - '{updated_at,revision}'::text[] IS DISTINCT FROM after - '{updated_at,revision}'::text[]
    $sql$, o_exact, n_exact) USING TG_TABLE_NAME;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION history_keep_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place text;
    exact text := '';
BEGIN
    FOREACH place IN ARRAY coalesce(TG_ARGV, '{}') LOOP
        exact := exact || format(' || jsonb_build_object(%L, o.%I::text)', place, place);
    END LOOP;
    EXECUTE format($sql$
        INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
        SELECT now(), pg_current_xact_id()::text::bigint, $1, o.id, 'delete', to_jsonb(o) - 'shape' %s, NULL
        FROM old_rows AS o
    $sql$, exact) USING TG_TABLE_NAME;
    RETURN NULL;
END $$;
