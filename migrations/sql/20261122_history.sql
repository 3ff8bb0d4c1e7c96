CREATE FUNCTION recorded_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

-- The former versions of changed rows; derived shapes are left out, they can be made again.
CREATE FUNCTION history_keep_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'update',
           to_jsonb(o) - 'shape', to_jsonb(n) - 'shape'
    FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
    WHERE to_jsonb(o) - '{shape,updated_at}'::text[] IS DISTINCT FROM to_jsonb(n) - '{shape,updated_at}'::text[];
    RETURN NULL;
END $$;

CREATE FUNCTION history_keep_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'delete', to_jsonb(o) - 'shape', NULL
    FROM old_rows AS o;
    RETURN NULL;
END $$;
