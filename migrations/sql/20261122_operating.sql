-- As before, with the operating status of each period and an end where a record was withdrawn.
-- What was and will be true of the assets, period by period, from their records.
-- Missing: 1 no body, 2 nobody in the post, 4 no money.
CREATE OR REPLACE FUNCTION upkeep_timeline(ids bigint[]) RETURNS SETOF upkeep_period
LANGUAGE sql STABLE AS $$
    WITH chosen AS (
        SELECT id, region_id, region_path, sector, class, operating_status AS latest_status, geom,
               coalesce(built_on, handed_over_on, created_at::date) AS starts,
               least(coalesce(disposed_on, DATE '9999-12-31'), coalesce(retired_on, DATE '9999-12-31')) AS ends
        FROM asset WHERE id = ANY (ids)
    ),
    facts (asset_id, day, seen, amount) AS (
        SELECT id, starts, NULL::date, 0::numeric FROM chosen
        UNION ALL
        SELECT e.asset_id, e.occurred_on, NULL, e.amount_yuan FROM value_event e WHERE e.asset_id = ANY (ids)
        UNION ALL
        SELECT i.asset_id, i.inspected_on, i.inspected_on, 0 FROM inspection i
        JOIN chosen c ON c.id = i.asset_id AND c.class <> 'household'
        UNION ALL
        SELECT o.asset_id, o.valid_from, NULL, 0 FROM operating_period o WHERE o.asset_id = ANY (ids)
        UNION ALL
        SELECT d.asset_id, p.day, NULL, 0
        FROM maintenance_duty d
        JOIN chosen c ON c.id = d.asset_id AND c.class <> 'household'
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
        SELECT s.*, c.*, o.operating_status, x.exempt, d.*, coalesce(s.next_day, c.ends) AS valid_to,
               coalesce(s.last_on, greatest(c.starts, d.since)) + d.interval_days AS due_on
        FROM spans s
        JOIN chosen c ON c.id = s.asset_id
        -- The state entered last on or before the day; before the first entry, the first one's.
        CROSS JOIN LATERAL (
            SELECT coalesce(
                (SELECT o.status FROM operating_period o
                 WHERE o.asset_id = s.asset_id AND o.valid_from <= s.valid_from ORDER BY o.valid_from DESC LIMIT 1),
                (SELECT o.status FROM operating_period o
                 WHERE o.asset_id = s.asset_id ORDER BY o.valid_from LIMIT 1),
                c.latest_status) AS operating_status
        ) AS o
        CROSS JOIN LATERAL (
            SELECT c.class = 'household' OR o.operating_status = 'under_construction' AS exempt
        ) AS x
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
            WHERE d.asset_id = s.asset_id AND NOT x.exempt
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

