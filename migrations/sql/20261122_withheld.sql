-- Of these tables the history tells that a row changed and which columns did; what the columns named
-- by the trigger's arguments said is kept in the row alone.
CREATE FUNCTION history_withhold_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after, withheld)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'update',
           to_jsonb(o) - TG_ARGV::text[], to_jsonb(n) - TG_ARGV::text[],
           (SELECT array_agg(c ORDER BY c) FROM unnest(TG_ARGV) AS c
            WHERE to_jsonb(o) -> c IS DISTINCT FROM to_jsonb(n) -> c)
    FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
    WHERE to_jsonb(o) - '{updated_at,revision}'::text[] IS DISTINCT FROM to_jsonb(n) - '{updated_at,revision}'::text[];
    RETURN NULL;
END $$;

CREATE FUNCTION history_withhold_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after, withheld)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'delete',
           to_jsonb(o) - TG_ARGV::text[], NULL,
           (SELECT array_agg(c ORDER BY c) FROM unnest(TG_ARGV) AS c
            WHERE coalesce(to_jsonb(o) ->> c, '') <> '')
    FROM old_rows AS o;
    RETURN NULL;
END $$;
