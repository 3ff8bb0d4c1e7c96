-- Adding fractions exactly: state and result are {numerator, denominator}.
CREATE FUNCTION fraction_add(state numeric[], numerator integer, denominator integer) RETURNS numeric[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN numerator IS NULL THEN state ELSE ARRAY[
        state[1] * (lcm(state[2], denominator::numeric) / state[2])
            + numerator * (lcm(state[2], denominator::numeric) / denominator),
        lcm(state[2], denominator::numeric)] END
$$;

CREATE AGGREGATE fraction_sum(integer, integer) (
    SFUNC = fraction_add, STYPE = numeric[], INITCOND = '{0,1}', PARALLEL = SAFE
);

-- Ownership and income of one asset: never more than the whole, exactly the whole from certification
-- on. An asset that earns nothing need have no income rights; where it has any, they add up.
CREATE FUNCTION rights_check(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    about record;
    wrong record;
BEGIN
    -- Two writers of one asset wait for each other here, and the second sees what the first wrote;
    -- a snapshot taken earlier would not.
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'rights are written in read committed or serializable transactions only'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    SELECT certified_on, class, least(coalesce(disposed_on, 'infinity'), coalesce(retired_on, 'infinity')) AS ends
    INTO about FROM asset WHERE id = checked FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    WITH shared AS (
        SELECT kind, share_numerator, share_denominator, valid_from, coalesce(valid_to, 'infinity') AS valid_to
        FROM "right" WHERE asset_id = checked AND kind IN ('ownership', 'income')
    ),
    days AS (
        SELECT kind, valid_from AS day FROM shared
        UNION SELECT kind, valid_to FROM shared WHERE valid_to < 'infinity'
        UNION SELECT k.kind, about.certified_on FROM (VALUES ('ownership'), ('income')) AS k (kind)
        WHERE about.certified_on IS NOT NULL
    ),
    sums AS (
        SELECT d.kind, d.day, fraction_sum(s.share_numerator, s.share_denominator) AS total
        FROM days d
        LEFT JOIN shared s ON s.kind = d.kind AND s.valid_from <= d.day AND s.valid_to > d.day
        GROUP BY d.kind, d.day
    )
    SELECT kind, day, total[1] AS numerator, total[2] AS denominator INTO wrong
    FROM sums
    WHERE total[1] > total[2]
       OR (about.certified_on IS NOT NULL AND day >= about.certified_on AND day < about.ends
           AND total[1] < total[2]
           AND (kind = 'ownership' OR about.class = 'earning' OR total[1] > 0))
    ORDER BY day LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the % shares of asset % add up to %/% on %',
            wrong.kind, checked, wrong.numerator, wrong.denominator, wrong.day
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_right_shares_add_up', TABLE = 'right',
                  DETAIL = json_build_object('kind', wrong.kind, 'asset_id', checked, 'on', wrong.day,
                                             'numerator', wrong.numerator, 'denominator', wrong.denominator)::text;
    END IF;
END $$;

CREATE FUNCTION rights_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'asset' THEN
        PERFORM rights_check(NEW.id);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM rights_check(OLD.asset_id);
    ELSE
        PERFORM rights_check(NEW.asset_id);
        IF TG_OP = 'UPDATE' AND OLD.asset_id <> NEW.asset_id THEN
            PERFORM rights_check(OLD.asset_id);
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER right_shares_new AFTER INSERT ON "right"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.kind IN ('ownership', 'income')) EXECUTE FUNCTION rights_follow();

CREATE CONSTRAINT TRIGGER right_shares_changed AFTER UPDATE ON "right"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.kind IN ('ownership', 'income') OR OLD.kind IN ('ownership', 'income')) EXECUTE FUNCTION rights_follow();

CREATE CONSTRAINT TRIGGER right_shares_gone AFTER DELETE ON "right"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (OLD.kind IN ('ownership', 'income')) EXECUTE FUNCTION rights_follow();

CREATE CONSTRAINT TRIGGER asset_certified_new AFTER INSERT ON asset
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.certified_on IS NOT NULL) EXECUTE FUNCTION rights_follow();

CREATE CONSTRAINT TRIGGER asset_certified_changed
AFTER UPDATE OF certified_on, class, disposed_on, retired_on ON asset
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.certified_on IS NOT NULL) EXECUTE FUNCTION rights_follow();
