-- The one place where an upkeep status is derived.
CREATE FUNCTION upkeep_status(exempt boolean, missing smallint, notice_on date, due_on date, day date) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN exempt THEN 'exempt'
        WHEN missing <> 0 THEN 'unarranged'
        WHEN day > due_on THEN 'overdue'
        WHEN day >= notice_on THEN 'due_soon'
        ELSE 'in_order'
    END
$$;

-- What was and will be true of the assets, period by period, from their records.
-- Missing: 1 no body, 2 nobody in the post, 4 no money.
CREATE FUNCTION upkeep_timeline(ids bigint[]) RETURNS SETOF upkeep_period
LANGUAGE sql STABLE AS $$
    WITH chosen AS (
        SELECT id, region_id, region_path, sector, class, operating_status, geom,
               class = 'household' OR operating_status = 'under_construction' AS exempt,
               coalesce(built_on, handed_over_on, created_at::date) AS starts,
               coalesce(disposed_on, DATE '9999-12-31') AS ends
        FROM asset WHERE id = ANY (ids)
    ),
    facts (asset_id, day, seen, amount) AS (
        SELECT id, starts, NULL::date, 0::numeric FROM chosen
        UNION ALL
        SELECT e.asset_id, e.occurred_on, NULL, e.amount_yuan FROM value_event e WHERE e.asset_id = ANY (ids)
        UNION ALL
        SELECT i.asset_id, i.inspected_on, i.inspected_on, 0 FROM inspection i
        JOIN chosen c ON c.id = i.asset_id AND NOT c.exempt
        UNION ALL
        SELECT d.asset_id, p.day, NULL, 0
        FROM maintenance_duty d
        JOIN chosen c ON c.id = d.asset_id AND NOT c.exempt
        LEFT JOIN post_holding h ON h.post_id = d.post_id
        CROSS JOIN LATERAL (VALUES (d.valid_from), (d.valid_to), (h.valid_from), (h.valid_to)) AS p (day)
        WHERE p.day IS NOT NULL
    ),
    points AS (
        SELECT f.asset_id, greatest(f.day, c.starts) AS day, max(f.seen) AS seen, sum(f.amount) AS amount
        FROM facts f JOIN chosen c ON c.id = f.asset_id
        WHERE f.day < c.ends
        GROUP BY 1, 2
    ),
    spans AS (
        SELECT asset_id, day AS valid_from, lead(day) OVER w AS next_day,
               max(seen) OVER w AS last_on, sum(amount) OVER w AS value_yuan
        FROM points WINDOW w AS (PARTITION BY asset_id ORDER BY day)
    ),
    judged AS (
        SELECT s.*, c.*, d.*, coalesce(s.next_day, c.ends) AS valid_to,
               coalesce(s.last_on, greatest(c.starts, d.since)) + d.interval_days AS due_on
        FROM spans s
        JOIN chosen c ON c.id = s.asset_id
        CROSS JOIN LATERAL (
            SELECT min(d.interval_days) AS interval_days,
                   (array_agg(d.notice_days ORDER BY d.interval_days, d.notice_days DESC))[1] AS notice_days,
                   min(d.valid_from) AS since,
                   coalesce(bool_or(d.body_party_id IS NOT NULL), false) AS has_body,
                   coalesce(bool_or(d.fund_source IS NOT NULL), false) AS has_money,
                   coalesce(bool_or(EXISTS (
                       SELECT FROM post_holding h
                       WHERE h.post_id = d.post_id AND h.valid_from <= s.valid_from
                         AND (h.valid_to IS NULL OR h.valid_to > s.valid_from))), false) AS has_person
            FROM maintenance_duty d
            WHERE d.asset_id = s.asset_id AND NOT c.exempt
              AND d.valid_from <= s.valid_from AND (d.valid_to IS NULL OR d.valid_to > s.valid_from)
        ) AS d
    )
    SELECT asset_id, valid_from, valid_to, valid_to > current_date, region_id, region_path, sector, class,
           operating_status, exempt,
           (CASE WHEN exempt THEN 0
                 ELSE (NOT has_body)::int + 2 * (NOT has_person)::int + 4 * (NOT has_money)::int END)::smallint,
           last_on, due_on - notice_days, due_on, value_yuan,
           CASE WHEN valid_to > current_date THEN geom END
    FROM judged
$$;

-- The stretches of one status inside one period.
CREATE FUNCTION upkeep_stretches(p upkeep_period) RETURNS TABLE (status text, starts date, ends date)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT s.status, s.starts, s.ends
    FROM (VALUES
        (upkeep_status(p.exempt, p.missing, NULL, NULL, NULL), p.valid_from,
         CASE WHEN p.exempt OR p.missing <> 0 THEN p.valid_to ELSE p.valid_from END),
        ('in_order', p.valid_from, least(p.valid_to, p.notice_on)),
        ('due_soon', greatest(p.valid_from, p.notice_on), least(p.valid_to, p.due_on + 1)),
        ('overdue', greatest(p.valid_from, p.due_on + 1), p.valid_to)
    ) AS s (status, starts, ends)
    WHERE s.starts < s.ends
      AND (s.status IN ('exempt', 'unarranged')) = (p.exempt OR p.missing <> 0)
$$;

-- Make the read model of these assets true again and note what changed in the sums.
CREATE FUNCTION upkeep_refresh(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held upkeep_period[];
    fresh upkeep_period[];
    gone upkeep_period[];
    come upkeep_period[];
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM asset WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    SELECT array_agg(p) INTO held FROM upkeep_period AS p WHERE asset_id = ANY (ids);
    SELECT array_agg(p) INTO fresh FROM upkeep_timeline(ids) AS p;
    SELECT array_agg(ROW(d.*)::upkeep_period) INTO gone
    FROM (SELECT * FROM unnest(held) EXCEPT SELECT * FROM unnest(fresh)) AS d;
    SELECT array_agg(ROW(d.*)::upkeep_period) INTO come
    FROM (SELECT * FROM unnest(fresh) EXCEPT SELECT * FROM unnest(held)) AS d;

    INSERT INTO rollup_delta (region_id, day, class, sector, status, missing, assets, value_yuan)
    SELECT r.rollup_id, e.day, p.class, coalesce(p.sector, ''), s.status, p.missing,
           sum(e.sign * c.sign), sum(e.sign * c.sign * p.value_yuan)
    FROM (VALUES (-1, gone), (1, come)) AS c (sign, periods)
    CROSS JOIN LATERAL unnest(c.periods) AS p
    CROSS JOIN LATERAL upkeep_stretches(p) AS s
    CROSS JOIN LATERAL (VALUES (s.starts, 1), (s.ends, -1)) AS e (day, sign)
    JOIN region AS r ON r.id = p.region_id
    WHERE e.day < DATE '9999-12-31'
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(e.sign * c.sign) <> 0 OR sum(e.sign * c.sign * p.value_yuan) <> 0;

    DELETE FROM upkeep_period AS p USING unnest(gone) AS g
    WHERE p.asset_id = g.asset_id AND p.valid_from = g.valid_from;
    INSERT INTO upkeep_period SELECT * FROM unnest(come);
END $$;

-- After any statement on a table that a status depends on. A bulk load may say
-- SET LOCAL xiangtu.upkeep_later = 'on' and refresh once at its end.
CREATE FUNCTION upkeep_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
    touched text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT * FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
        ELSE 'SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows' END;
BEGIN
    IF current_setting('xiangtu.upkeep_later', true) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'post_holding' THEN
        EXECUTE 'SELECT array_agg(DISTINCT d.asset_id) FROM maintenance_duty d JOIN ('
            || touched || ') AS t ON t.post_id = d.post_id' INTO ids;
    ELSE
        EXECUTE format('SELECT array_agg(DISTINCT %I) FROM (%s) AS t', TG_ARGV[0], touched) INTO ids;
    END IF;
    PERFORM upkeep_refresh(ids);
    RETURN NULL;
END $$;

-- Fold noted changes into the sums of every region above them.
CREATE FUNCTION rollup_fold() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    folded bigint;
    this_month date := date_trunc('month', current_date)::date;
    first_month date;
    last_month date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rollup_fold'));
    SELECT max(month) INTO last_month FROM rollup_checkpoint;
    IF last_month < this_month THEN
        INSERT INTO rollup_month (region_id, month, class, sector, status, missing, assets, value_yuan)
        SELECT region_id, this_month, class, sector, status, missing, sum(assets), sum(value_yuan)
        FROM (
            SELECT region_id, class, sector, status, missing, assets, value_yuan
            FROM rollup_month WHERE month = last_month
            UNION ALL
            SELECT region_id, class, sector, status, missing, assets, value_yuan
            FROM rollup_day WHERE day >= last_month AND day < this_month
        ) AS parts
        GROUP BY 1, 3, 4, 5, 6
        HAVING sum(assets) <> 0 OR sum(value_yuan) <> 0;
        INSERT INTO rollup_checkpoint VALUES (this_month);
    ELSIF last_month IS NULL THEN
        INSERT INTO rollup_checkpoint
        SELECT (this_month - make_interval(months => back))::date FROM generate_series(0, 36) AS back;
    END IF;

    SELECT min(month) INTO first_month FROM rollup_checkpoint;
    WITH taken AS (DELETE FROM rollup_delta RETURNING *),
    summed AS MATERIALIZED (
        SELECT up.id AS region_id, t.day, t.class, t.sector, t.status, t.missing,
               sum(t.assets) AS assets, sum(t.value_yuan) AS value_yuan
        FROM taken t
        JOIN region AS r ON r.id = t.region_id
        CROSS JOIN LATERAL unnest(string_to_array(trim(BOTH '/' FROM r.region_path), '/')::bigint[]) AS up (id)
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(t.assets) <> 0 OR sum(t.value_yuan) <> 0
    ),
    days AS (
        INSERT INTO rollup_day (region_id, day, class, sector, status, missing, assets, value_yuan)
        SELECT region_id, day, class, sector, status, missing, assets, value_yuan FROM summed
    ),
    months AS (
        INSERT INTO rollup_month (region_id, month, class, sector, status, missing, assets, value_yuan)
        SELECT s.region_id, c.month, s.class, s.sector, s.status, s.missing, sum(s.assets), sum(s.value_yuan)
        FROM (
            SELECT region_id, date_trunc('month', greatest(day, first_month - 1))::date AS month,
                   class, sector, status, missing, sum(assets) AS assets, sum(value_yuan) AS value_yuan
            FROM summed WHERE day < this_month GROUP BY 1, 2, 3, 4, 5, 6
        ) AS s
        JOIN rollup_checkpoint c ON c.month > s.month
        GROUP BY 1, 2, 3, 4, 5, 6
        HAVING sum(s.assets) <> 0 OR sum(s.value_yuan) <> 0
    )
    SELECT count(*) INTO folded FROM taken;
    RETURN folded;
END $$;

-- All sums anew from the read model: after a region moved, or as a check.
CREATE FUNCTION rollup_rebuild() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rollup_fold'));
    -- One statement, one snapshot: a change committed meanwhile is either in the periods read
    -- here or in a delta left alone, never in both.
    WITH deltas AS (DELETE FROM rollup_delta),
    days AS (DELETE FROM rollup_day),
    months AS (DELETE FROM rollup_month)
    INSERT INTO rollup_delta (region_id, day, class, sector, status, missing, assets, value_yuan)
    SELECT r.rollup_id, e.day, p.class, coalesce(p.sector, ''), s.status, p.missing,
           sum(e.sign), sum(e.sign * p.value_yuan)
    FROM upkeep_period AS p
    CROSS JOIN LATERAL upkeep_stretches(p) AS s
    CROSS JOIN LATERAL (VALUES (s.starts, 1), (s.ends, -1)) AS e (day, sign)
    JOIN region AS r ON r.id = p.region_id
    WHERE e.day < DATE '9999-12-31'
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(e.sign) <> 0 OR sum(e.sign * p.value_yuan) <> 0;
    RETURN rollup_fold();
END $$;

-- One row for each place of a sum again, where folding has left several.
CREATE FUNCTION rollup_compact() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    merged bigint := 0;
    part bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rollup_fold'));
    WITH several AS (
        SELECT array_agg(id) AS ids FROM rollup_day
        GROUP BY region_id, day, class, sector, status, missing HAVING count(*) > 1
    ),
    gone AS (DELETE FROM rollup_day WHERE id IN (SELECT unnest(ids) FROM several) RETURNING *)
    INSERT INTO rollup_day (region_id, day, class, sector, status, missing, assets, value_yuan)
    SELECT region_id, day, class, sector, status, missing, sum(assets), sum(value_yuan) FROM gone
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(assets) <> 0 OR sum(value_yuan) <> 0;
    GET DIAGNOSTICS part = ROW_COUNT;
    merged := merged + part;
    WITH several AS (
        SELECT array_agg(id) AS ids FROM rollup_month
        GROUP BY region_id, month, class, sector, status, missing HAVING count(*) > 1
    ),
    gone AS (DELETE FROM rollup_month WHERE id IN (SELECT unnest(ids) FROM several) RETURNING *)
    INSERT INTO rollup_month (region_id, month, class, sector, status, missing, assets, value_yuan)
    SELECT region_id, month, class, sector, status, missing, sum(assets), sum(value_yuan) FROM gone
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(assets) <> 0 OR sum(value_yuan) <> 0;
    GET DIAGNOSTICS part = ROW_COUNT;
    RETURN merged + part;
END $$;
