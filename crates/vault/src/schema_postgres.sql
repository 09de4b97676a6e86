-- The vault's keys, wrapped, on PostgreSQL: a database and a role of its own, which nobody else may read.
-- An updated row leaves its former bytes in the table until it is vacuumed, and in the write-ahead log and
-- the backups as long as those are kept (docs/adr/0012).
-- Made once: processes that serve only look.
SELECT pg_advisory_lock(hashtext('bidao_vault'));
DO $$ BEGIN
    IF to_regnamespace('bidao_vault') IS NULL THEN
        CREATE SCHEMA bidao_vault;
        CREATE TABLE bidao_vault.key (
            number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key_id  bytea  NOT NULL UNIQUE CHECK (length(key_id) = 16),
            -- L live, F frozen, D destroyed: a tombstone, whose wrapped key is zeros.
            state   text   NOT NULL CHECK (state IN ('L', 'F', 'D')),
            wrapped bytea  NOT NULL CHECK (length(wrapped) = 72)
        );
        CREATE TABLE bidao_vault.binding (
            scope   text  COLLATE "C" NOT NULL,
            subject text  COLLATE "C" NOT NULL,
            class   text  COLLATE "C" NOT NULL,
            key_id  bytea NOT NULL UNIQUE,
            PRIMARY KEY (scope, subject, class)
        );
        CREATE TABLE bidao_vault.meta (
            name  text  PRIMARY KEY,
            value bytea NOT NULL
        );
    END IF;
    -- Vaults made before it was there get it here.
    IF to_regclass('bidao_vault.phone') IS NULL THEN
        -- The blind index: which key sealed which telephone number, as a digest under the vault's own pepper. A
        -- row goes with its key.
        CREATE TABLE bidao_vault.phone (
            digest bytea NOT NULL CHECK (length(digest) = 32),
            key_id bytea NOT NULL,
            stream text  COLLATE "C" NOT NULL,
            PRIMARY KEY (digest, key_id)
        );
        CREATE INDEX phone_by_key ON bidao_vault.phone (key_id);
    END IF;
END $$;
SELECT pg_advisory_unlock(hashtext('bidao_vault'));
