-- The event log on PostgreSQL. Rows of `event` are never changed and never deleted, by nobody: the roles
-- below may only read and call `append`, and a trigger refuses even the owner.
-- Which log this is, for ever; made with it.
CREATE TABLE bidao_log.identity (
    one    smallint PRIMARY KEY CHECK (one = 1),
    log_id uuid     NOT NULL
);

-- One row: whoever appends holds its lock until the end of the transaction, so position order is commit
-- order and no reader ever finds an event behind it. Updated in place (HOT), hence the free space.
CREATE TABLE bidao_log.head (
    one         smallint PRIMARY KEY CHECK (one = 1),
    position    bigint   NOT NULL,
    recorded_at bigint   NOT NULL
) WITH (fillfactor = 10);
INSERT INTO bidao_log.head VALUES (1, 0, 0);

CREATE TABLE bidao_log.event (
    position     bigint  PRIMARY KEY,
    stream_kind  text    COLLATE "C" NOT NULL,
    stream_id    uuid    NOT NULL,
    version      bigint  NOT NULL,
    event_id     uuid    NOT NULL,
    type         text    NOT NULL,
    schema_ver   integer NOT NULL,
    disclosure   text    NOT NULL,
    decided_at   bigint  NOT NULL,
    recorded_at  bigint  NOT NULL,
    content_hash bytea   NOT NULL,
    meta         text    NOT NULL,
    payload      text    NOT NULL,
    UNIQUE (stream_kind, stream_id, version)
);

-- Commands that appended, for ever.
CREATE TABLE bidao_log.command (
    principal   text   COLLATE "C" NOT NULL,
    request_id  text   COLLATE "C" NOT NULL,
    -- Which kind of request, a key of the vault and a digest under it: with the log alone, nobody can try out what was said.
    digest      bytea  NOT NULL CHECK (length(digest) = 56),
    stream_kind text   NOT NULL,
    stream_id   uuid   NOT NULL,
    version     bigint NOT NULL,
    position    bigint NOT NULL,
    event_ids   uuid[] NOT NULL,
    PRIMARY KEY (principal, request_id)
);

CREATE TABLE bidao_log.claim (
    scope       text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    holder_kind text COLLATE "C" NOT NULL,
    holder_id   uuid NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX claim_by_holder ON bidao_log.claim (holder_id, scope);

-- How far each reaction has come.
CREATE TABLE bidao_log.checkpoint (
    name     text   PRIMARY KEY,
    position bigint NOT NULL
);

CREATE FUNCTION bidao_log.never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an event is never changed and never deleted' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON bidao_log.event
    FOR EACH STATEMENT EXECUTE FUNCTION bidao_log.never_changed();
