-- A region's path is built from its parent's; a subtree is one range of paths.
CREATE FUNCTION region_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above region%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.region_path LIKE '%/' || NEW.id || '/' AND NEW.rollup_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.parent_id IS NOT NULL THEN
        SELECT * INTO STRICT above FROM region WHERE id = NEW.parent_id;
        IF above.region_path LIKE '%/' || NEW.id || '/%' THEN
            RAISE EXCEPTION 'region % cannot lie below itself', NEW.id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    NEW.region_path := coalesce(above.region_path, '/') || NEW.id || '/';
    NEW.rollup_id := CASE WHEN NEW.level IN ('county', 'town', 'village') THEN coalesce(above.rollup_id, NEW.id) ELSE NEW.id END;
    RETURN NEW;
END $$;

CREATE TRIGGER region_path_before BEFORE INSERT OR UPDATE OF parent_id, level ON region
FOR EACH ROW EXECUTE FUNCTION region_set_path();

-- A moved region takes everything below it along.
CREATE FUNCTION region_move_subtree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    placed text;
BEGIN
    IF NEW.region_path = OLD.region_path THEN
        RETURN NULL;
    END IF;
    FOR placed IN
        SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attname = 'region_path' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format(
            'UPDATE %I SET region_path = $1 || substr(region_path, $2) '
            'WHERE region_path >= $3 AND region_path < $4 AND region_path NOT LIKE $5',
            placed)
        USING NEW.region_path, length(OLD.region_path) + 1, OLD.region_path,
              left(OLD.region_path, -1) || '0', NEW.region_path || '%';
    END LOOP;
    UPDATE region AS below SET rollup_id = CASE
        WHEN below.level IN ('county', 'town', 'village') THEN coalesce(
            (SELECT up.id FROM region AS up
             WHERE up.level NOT IN ('county', 'town', 'village') AND below.region_path LIKE up.region_path || '%'
             ORDER BY length(up.region_path) DESC LIMIT 1), below.id)
        ELSE below.id END
    WHERE below.region_path >= NEW.region_path AND below.region_path < left(NEW.region_path, -1) || '0';
    PERFORM rollup_rebuild();
    RETURN NULL;
END $$;

CREATE TRIGGER region_move_after AFTER UPDATE OF parent_id ON region
FOR EACH ROW EXECUTE FUNCTION region_move_subtree();

-- A record's path is its region's.
CREATE FUNCTION placed_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT region_path INTO NEW.region_path FROM region WHERE id = NEW.region_id;
    RETURN NEW;
END $$;
