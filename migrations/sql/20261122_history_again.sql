-- History as it was before rows added were kept: geometries as JSON.
CREATE OR REPLACE FUNCTION history_keep_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'update',
           to_jsonb(o) - 'shape', to_jsonb(n) - 'shape'
    FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
    WHERE to_jsonb(o) - '{shape,updated_at,revision}'::text[]
          IS DISTINCT FROM to_jsonb(n) - '{shape,updated_at,revision}'::text[];
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION history_keep_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'delete', to_jsonb(o) - 'shape', NULL
    FROM old_rows AS o;
    RETURN NULL;
END $$;
