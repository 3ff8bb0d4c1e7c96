-- As before, for many assets at once: whoever enters a whole ledger is checked once, not once a row.
CREATE FUNCTION rights_check(checked bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    -- Two writers of one asset wait for each other here, and the second sees what the first wrote;
    -- a snapshot taken earlier would not.
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'rights are written in read committed or serializable transactions only'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    PERFORM FROM asset WHERE id = ANY (checked) ORDER BY id FOR NO KEY UPDATE;
    WITH about AS (
        SELECT id AS asset_id, certified_on, class,
               least(coalesce(disposed_on, 'infinity'), coalesce(retired_on, 'infinity')) AS ends
        FROM asset WHERE id = ANY (checked)
    ),
    shared AS (
        SELECT asset_id, kind, share_numerator, share_denominator, valid_from,
               coalesce(valid_to, 'infinity') AS valid_to
        FROM "right" WHERE asset_id = ANY (checked) AND kind IN ('ownership', 'income')
    ),
    days AS (
        SELECT asset_id, kind, valid_from AS day FROM shared
        UNION SELECT asset_id, kind, valid_to FROM shared WHERE valid_to < 'infinity'
        UNION SELECT a.asset_id, k.kind, a.certified_on
        FROM about a CROSS JOIN (VALUES ('ownership'), ('income')) AS k (kind) WHERE a.certified_on IS NOT NULL
    ),
    sums AS (
        SELECT d.asset_id, d.kind, d.day, fraction_sum(s.share_numerator, s.share_denominator) AS total
        FROM days d
        LEFT JOIN shared s
            ON s.asset_id = d.asset_id AND s.kind = d.kind AND s.valid_from <= d.day AND s.valid_to > d.day
        GROUP BY d.asset_id, d.kind, d.day
    )
    SELECT s.asset_id, s.kind, s.day, total[1] AS numerator, total[2] AS denominator INTO wrong
    FROM sums s JOIN about a ON a.asset_id = s.asset_id
    WHERE total[1] > total[2]
       OR (a.certified_on IS NOT NULL AND s.day >= a.certified_on AND s.day < a.ends
           AND total[1] < total[2]
           AND (s.kind = 'ownership' OR a.class = 'earning' OR total[1] > 0))
    ORDER BY s.asset_id, s.day LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the % shares of asset % add up to %/% on %',
            wrong.kind, wrong.asset_id, wrong.numerator, wrong.denominator, wrong.day
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_right_shares_add_up', TABLE = 'right',
                  DETAIL = json_build_object('kind', wrong.kind, 'asset_id', wrong.asset_id, 'on', wrong.day,
                                             'numerator', wrong.numerator, 'denominator', wrong.denominator)::text;
    END IF;
END $$;

-- Each statement notes which assets it has touched; the note is looked at when the transaction ends, or
-- when it asks for its constraints, and is gone with that.
CREATE FUNCTION rights_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'asset' THEN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO rights_due (asset_ids)
            SELECT array_agg(id) FROM new_rows WHERE certified_on IS NOT NULL HAVING count(*) > 0;
        ELSE
            INSERT INTO rights_due (asset_ids)
            SELECT array_agg(n.id)
            FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
            WHERE n.certified_on IS NOT NULL
              AND (n.certified_on, n.class, n.disposed_on, n.retired_on)
                  IS DISTINCT FROM (o.certified_on, o.class, o.disposed_on, o.retired_on)
            HAVING count(*) > 0;
        END IF;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO rights_due (asset_ids)
        SELECT array_agg(DISTINCT asset_id) FROM new_rows WHERE kind IN ('ownership', 'income') HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO rights_due (asset_ids)
        SELECT array_agg(DISTINCT asset_id) FROM old_rows WHERE kind IN ('ownership', 'income') HAVING count(*) > 0;
    ELSE
        INSERT INTO rights_due (asset_ids)
        SELECT array_agg(DISTINCT touched.asset_id)
        FROM (SELECT o.id FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
              WHERE o.kind IN ('ownership', 'income') OR n.kind IN ('ownership', 'income')) AS changed
        JOIN (SELECT id, asset_id FROM old_rows UNION SELECT id, asset_id FROM new_rows) AS touched
            ON touched.id = changed.id
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION rights_settle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rights_due WHERE id = NEW.id;
    PERFORM rights_check(NEW.asset_ids);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER rights_settled AFTER INSERT ON rights_due
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rights_settle();

DROP TRIGGER right_shares_new ON "right";
DROP TRIGGER right_shares_changed ON "right";
DROP TRIGGER right_shares_gone ON "right";
DROP TRIGGER asset_certified_new ON asset;
DROP TRIGGER asset_certified_changed ON asset;
DROP FUNCTION rights_follow();
DROP FUNCTION rights_check(bigint);

CREATE TRIGGER rights_note_insert AFTER INSERT ON "right" REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION rights_note();
CREATE TRIGGER rights_note_update AFTER UPDATE ON "right" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION rights_note();
CREATE TRIGGER rights_note_delete AFTER DELETE ON "right" REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION rights_note();
CREATE TRIGGER rights_note_insert AFTER INSERT ON asset REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION rights_note();
CREATE TRIGGER rights_note_update AFTER UPDATE ON asset REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION rights_note();
