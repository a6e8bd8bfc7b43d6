-- What:         settings by which this server keeps the text of statements within statements, and what would stop that
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          a password is sent in no other (sql/wrapper/password.sql)

SELECT q.name, q.quiet
FROM (VALUES
    (
        'pg_stat_statements.track_utility',
        'off',
        pg_catalog.current_setting('pg_stat_statements.track', true) = 'all'
            AND pg_catalog.current_setting('pg_stat_statements.track_utility', true)::bool
    ),
    (
        'pgaudit.log',
        'none',
        pg_catalog.current_setting('pgaudit.log', true) NOT IN ('', 'none')
    )
) AS q (name, quiet, notes)
WHERE q.notes;
