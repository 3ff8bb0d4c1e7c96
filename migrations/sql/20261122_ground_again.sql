-- The functions as they were before versions and operating periods.
-- What was and will be true of the assets, period by period, from their records.
-- Missing: 1 no body, 2 nobody in the post, 4 no money.
CREATE OR REPLACE FUNCTION upkeep_timeline(ids bigint[]) RETURNS SETOF upkeep_period
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

CREATE OR REPLACE FUNCTION recorded_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

-- The former versions of changed rows; derived shapes are left out, they can be made again.
CREATE OR REPLACE FUNCTION history_keep_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history (at, transaction, table_name, record_id, operation, before, after)
    SELECT now(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, o.id, 'update',
           to_jsonb(o) - 'shape', to_jsonb(n) - 'shape'
    FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
    WHERE to_jsonb(o) - '{shape,updated_at}'::text[] IS DISTINCT FROM to_jsonb(n) - '{shape,updated_at}'::text[];
    RETURN NULL;
END $$;
