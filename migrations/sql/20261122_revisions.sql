-- Every change makes a new version; its number tells two editors of one record apart.
CREATE OR REPLACE FUNCTION recorded_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;

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
