-- Names of people out of the holders: into the row of the contact where that is the same person, else
-- into a row of their own. Triggers are off meanwhile, since they would write the names down once more.
CREATE TEMPORARY TABLE masking ON COMMIT DROP AS
SELECT p.id AS party_id, c.id AS contact_id,
       coalesce(same.id, nextval(pg_get_serial_sequence('person', 'id'))) AS person_id, same.id IS NULL AS is_new
FROM party AS p
LEFT JOIN person AS c ON c.id = p.contact_id
LEFT JOIN LATERAL (
    SELECT c.id WHERE coalesce(c.name, p.name) = p.name
    AND NOT EXISTS (SELECT FROM party AS o WHERE o.contact_id = c.id AND o.id <> p.id)
) AS same ON true
WHERE p.type = 'individual' OR (p.type = 'household' AND p.name !~ '(村|镇|乡|街道|社区|小区|安置点|县)[^*]{0,8}(农户|群众|搬迁户|受益户|村民)$');

INSERT INTO person (id, name, id_number, created_at, created_by, updated_by)
SELECT m.person_id, p.name, c.id_number, p.created_at, p.created_by, p.updated_by
FROM masking AS m JOIN party AS p ON p.id = m.party_id LEFT JOIN person AS c ON c.id = m.contact_id
WHERE m.is_new;
UPDATE person AS c SET id_number = NULL FROM masking AS m WHERE m.is_new AND c.id = m.contact_id;
UPDATE person AS n SET name = p.name, pinyin = p.pinyin, initials = p.initials
FROM masking AS m JOIN party AS p ON p.id = m.party_id WHERE n.id = m.person_id;
UPDATE party AS p
SET person_id = m.person_id, contact_id = CASE WHEN m.is_new THEN m.contact_id END,
    name = left(btrim(p.name), 1) || '**', pinyin = '', initials = ''
FROM masking AS m WHERE m.party_id = p.id;

-- What was written down of them before.
UPDATE history SET before = before - '{name,phone,id_number,pinyin,initials}'::text[],
                   after = after - '{name,phone,id_number,pinyin,initials}'::text[], withheld = '{name,phone,id_number}'
WHERE table_name = 'person';
UPDATE history SET before = before - 'password_hash', after = after - 'password_hash',
       withheld = CASE WHEN before -> 'password_hash' IS DISTINCT FROM after -> 'password_hash' THEN '{password_hash}'::text[] END
WHERE table_name = 'account';
CREATE FUNCTION masked_version(version jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN version ? 'name' THEN
        version - 'plain_name' || jsonb_build_object(
            'name', left(btrim(version ->> 'name'), 1) || '**', 'pinyin', '', 'initials', '')
        ELSE version END
$$;
UPDATE history SET before = masked_version(before), after = masked_version(after)
WHERE table_name = 'party'
AND (record_id IN (SELECT party_id FROM masking)
     OR before ->> 'type' = 'individual' OR after ->> 'type' = 'individual');
UPDATE audit_entry SET changes = nullif(changes - '{name,phone,id_number,pinyin,initials,plain_name}'::text[], '{}')
WHERE (table_name = 'person' OR (table_name = 'party' AND record_id IN (SELECT party_id FROM masking)))
AND changes ?| '{name,phone,id_number,pinyin,initials,plain_name}'::text[];
DROP FUNCTION masked_version;
