-- The event log on SQLite. Rows of `event` are never changed and never deleted.
CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: whoever writes holds it, so position order is commit order.
CREATE TABLE IF NOT EXISTS head (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    position    INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS event (
    position     INTEGER PRIMARY KEY,
    stream_kind  TEXT    NOT NULL,
    stream_id    BLOB    NOT NULL,
    version      INTEGER NOT NULL,
    event_id     BLOB    NOT NULL,
    type         TEXT    NOT NULL,
    schema_ver   INTEGER NOT NULL,
    disclosure   TEXT    NOT NULL,
    decided_at   INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    content_hash BLOB    NOT NULL,
    meta         TEXT    NOT NULL,
    payload      TEXT    NOT NULL,
    UNIQUE (stream_kind, stream_id, version)
) STRICT;

-- Commands that appended, for ever.
CREATE TABLE IF NOT EXISTS command (
    principal   TEXT    NOT NULL,
    request_id  TEXT    NOT NULL,
    -- Which kind of request, a key of the vault and a digest under it: with the log alone, nobody can try out what was said.
    digest      BLOB    NOT NULL CHECK (length(digest) = 56),
    stream_kind TEXT    NOT NULL,
    stream_id   BLOB    NOT NULL,
    version     INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    event_ids   BLOB    NOT NULL,
    PRIMARY KEY (principal, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS claim (
    scope       TEXT NOT NULL,
    key         TEXT NOT NULL,
    holder_kind TEXT NOT NULL,
    holder_id   BLOB NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claim_by_holder ON claim (holder_id, scope);

-- How far each reaction has come.
CREATE TABLE IF NOT EXISTS checkpoint (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
