-- The vault's keys, wrapped, on PostgreSQL: a database and a role of its own, which nobody else may read.
-- An updated row leaves its former bytes in the table until it is vacuumed, and in the write-ahead log and
-- the backups as long as those are kept (docs/adr/0012).
CREATE SCHEMA IF NOT EXISTS bidao_vault;
REVOKE ALL ON SCHEMA bidao_vault FROM PUBLIC;
SET search_path TO bidao_vault;
CREATE TABLE IF NOT EXISTS key (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_id  bytea  NOT NULL UNIQUE CHECK (length(key_id) = 16),
    -- L live, F frozen, D destroyed: a tombstone, whose wrapped key is zeros.
    state   text   NOT NULL CHECK (state IN ('L', 'F', 'D')),
    wrapped bytea  NOT NULL CHECK (length(wrapped) = 72)
);
CREATE TABLE IF NOT EXISTS binding (
    scope   text  COLLATE "C" NOT NULL,
    subject text  COLLATE "C" NOT NULL,
    class   text  COLLATE "C" NOT NULL,
    key_id  bytea NOT NULL UNIQUE,
    PRIMARY KEY (scope, subject, class)
);
CREATE TABLE IF NOT EXISTS meta (
    name  text  PRIMARY KEY,
    value bytea NOT NULL
);
