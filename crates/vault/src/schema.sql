-- The vault's keys, wrapped. Rows of `key` are only appended and then overwritten in place by rows of
-- the same length: SQLite then never moves one between pages, and no copy of a destroyed key stays
-- behind in the unused part of a page.
CREATE TABLE IF NOT EXISTS key (
    number  INTEGER PRIMARY KEY,
    key_id  BLOB NOT NULL UNIQUE CHECK (length(key_id) = 16),
    -- L live, F frozen, D destroyed: a tombstone, whose wrapped key is zeros.
    state   TEXT NOT NULL CHECK (state IN ('L', 'F', 'D')),
    wrapped BLOB NOT NULL CHECK (length(wrapped) = 72)
) STRICT;

-- Whose key it is. A key without a row here is in the pool of the running process, or was lost to
-- it by a crash: such a key still opens, and never seals for anybody else.
CREATE TABLE IF NOT EXISTS binding (
    scope   TEXT NOT NULL,
    subject TEXT NOT NULL,
    class   TEXT NOT NULL,
    key_id  BLOB NOT NULL UNIQUE,
    PRIMARY KEY (scope, subject, class)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The blind index: which key sealed which telephone number, as a digest under the vault's own pepper. A row
-- goes with its key.
CREATE TABLE IF NOT EXISTS phone (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    key_id BLOB NOT NULL,
    stream TEXT NOT NULL,
    PRIMARY KEY (digest, key_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS phone_by_key ON phone (key_id);
