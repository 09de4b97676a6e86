-- One call per batch: a separate outcome for every command, so that a conflict fails nobody else.
--
-- Commands come as parallel arrays, one place each; events and claims follow in the order of their
-- commands, `command_events` of them each. READ COMMITTED is required: after the wait for the head row the
-- next statement must see what the former holder committed.
CREATE FUNCTION bidao_log.append(
    clock_us         bigint,     -- null: this server's own clock
    command_kind     text[],
    command_stream   uuid[],
    command_expected bigint[],
    command_events   integer[],
    command_decided  bigint[],
    command_who      text[],     -- null: no request id
    command_request  text[],
    command_digest   bytea[],
    event_ids        uuid[],
    event_types      text[],
    event_schemas    integer[],
    event_disclosed  text[],
    event_hashes     bytea[],
    event_metas      text[],
    event_payloads   text[],
    claim_command    integer[],
    claim_op         text[],
    claim_scope      text[],
    claim_key        text[],
    claim_reroute    boolean[]
) RETURNS TABLE (
    outcome      text,
    out_kind     text,
    out_stream   uuid,
    out_version  bigint,
    out_position bigint,
    out_ids      uuid[],
    out_scope    text,
    out_key      text,
    out_reroute  boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '10s'
AS $$
DECLARE
    before_position bigint;
    head_position   bigint;
    head_recorded   bigint;
    now_us          bigint;
    passed          integer := 0;
    known           bidao_log.command%ROWTYPE;
    op              record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append needs READ COMMITTED, not %', current_setting('transaction_isolation');
    END IF;
    SELECT h.position, h.recorded_at INTO STRICT head_position, head_recorded
        FROM bidao_log.head h WHERE h.one = 1 FOR UPDATE;
    before_position := head_position;
    now_us := coalesce(clock_us, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    FOR c IN 1 .. cardinality(command_kind) LOOP
        passed := passed + command_events[c];
        out_kind := command_kind[c]; out_stream := command_stream[c];
        out_version := NULL; out_position := NULL; out_ids := NULL;
        out_scope := NULL; out_key := NULL; out_reroute := NULL;

        -- A repeated request is answered before anything else is looked at.
        SELECT * INTO known FROM bidao_log.command m
            WHERE m.principal = command_who[c] AND m.request_id = command_request[c];
        IF FOUND THEN
            outcome := CASE WHEN known.digest = command_digest[c] THEN 'replayed' ELSE 'reused' END;
            out_kind := known.stream_kind; out_stream := known.stream_id;
            out_version := known.version; out_position := known.position; out_ids := known.event_ids;
            RETURN NEXT; CONTINUE;
        END IF;

        IF EXISTS (SELECT FROM unnest(claim_command, claim_op, claim_scope, claim_key)
                    AS w (command, op, scope, key)
                WHERE w.command = c AND w.op = 'check' AND NOT EXISTS (
                    SELECT FROM bidao_log.claim t WHERE t.scope = w.scope AND t.key = w.key)) THEN
            outcome := 'gone';
            RETURN NEXT; CONTINUE;
        END IF;

        -- What the decision was made beside: scope is the stream's kind, key its id and version.
        IF EXISTS (SELECT FROM unnest(claim_command, claim_op, claim_scope, claim_key)
                    AS w (command, op, scope, key)
                WHERE w.command = c AND w.op = 'unmoved' AND split_part(w.key, '/', 2)::bigint <> (
                    SELECT coalesce(max(e.version), 0) FROM bidao_log.event e
                        WHERE e.stream_kind = w.scope
                            AND e.stream_id = split_part(w.key, '/', 1)::uuid)) THEN
            outcome := 'moved';
            RETURN NEXT; CONTINUE;
        END IF;

        SELECT t.holder_kind, t.holder_id, t.scope, t.key, w.reroute
            INTO out_kind, out_stream, out_scope, out_key, out_reroute
            FROM unnest(claim_command, claim_op, claim_scope, claim_key, claim_reroute)
                WITH ORDINALITY AS w (command, op, scope, key, reroute, place)
            JOIN bidao_log.claim t ON t.scope = w.scope AND t.key = w.key
            WHERE w.command = c AND w.op = 'take'
                AND (t.holder_kind, t.holder_id) <> (command_kind[c], command_stream[c])
            ORDER BY w.place LIMIT 1;
        IF FOUND THEN
            outcome := 'taken';
            RETURN NEXT; CONTINUE;
        END IF;
        out_kind := command_kind[c]; out_stream := command_stream[c];

        SELECT coalesce(max(e.version), 0) INTO out_version FROM bidao_log.event e
            WHERE e.stream_kind = command_kind[c] AND e.stream_id = command_stream[c];
        IF out_version <> command_expected[c] THEN
            outcome := 'conflict';
            RETURN NEXT; CONTINUE;
        END IF;

        -- Recorded never goes back, whatever the clock does.
        head_recorded := greatest(head_recorded, now_us);
        INSERT INTO bidao_log.event
            SELECT head_position + i, command_kind[c], command_stream[c], command_expected[c] + i,
                event_ids[n + i], event_types[n + i], event_schemas[n + i], event_disclosed[n + i],
                command_decided[c], head_recorded, event_hashes[n + i], event_metas[n + i], event_payloads[n + i]
            FROM (SELECT passed - command_events[c] AS n) f, generate_series(1, command_events[c]) i;
        head_position := head_position + command_events[c];
        out_version := command_expected[c] + command_events[c];
        out_position := head_position;
        out_ids := event_ids[passed - command_events[c] + 1 : passed];

        FOR op IN SELECT w.* FROM unnest(claim_command, claim_op, claim_scope, claim_key)
                WITH ORDINALITY AS w (command, op, scope, key, place)
            WHERE w.command = c ORDER BY w.place LOOP
            IF op.op = 'release' THEN
                DELETE FROM bidao_log.claim t WHERE t.holder_id = command_stream[c]
                    AND t.scope = op.scope AND t.holder_kind = command_kind[c];
            ELSIF op.op NOT IN ('check', 'unmoved') THEN
                INSERT INTO bidao_log.claim VALUES (op.scope, op.key, command_kind[c], command_stream[c])
                    ON CONFLICT (scope, key) DO UPDATE
                    SET holder_kind = excluded.holder_kind, holder_id = excluded.holder_id;
            END IF;
        END LOOP;
        IF command_request[c] IS NOT NULL THEN
            INSERT INTO bidao_log.command VALUES (command_who[c], command_request[c], command_digest[c],
                command_kind[c], command_stream[c], out_version, out_position, out_ids);
        END IF;
        outcome := 'appended';
        RETURN NEXT;
    END LOOP;
    IF head_position > before_position THEN
        UPDATE bidao_log.head h SET position = head_position, recorded_at = head_recorded WHERE h.one = 1;
    END IF;
END $$;

-- Least privilege: readers (relay, projector) read; writers (api, escalator) also append and keep the
-- checkpoints of reactions. Nobody may touch a table of the log itself.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bidao_log_reader', 'bidao_log_writer'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- roles belong to the whole server; another log on it made them
        END;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION bidao_log.append FROM PUBLIC;
GRANT USAGE ON SCHEMA bidao_log TO bidao_log_reader, bidao_log_writer;
GRANT SELECT ON bidao_log.identity, bidao_log.head, bidao_log.event, bidao_log.checkpoint
    TO bidao_log_reader, bidao_log_writer;
GRANT SELECT ON bidao_log.command, bidao_log.claim TO bidao_log_writer;
GRANT INSERT, UPDATE ON bidao_log.checkpoint TO bidao_log_writer;
GRANT EXECUTE ON FUNCTION bidao_log.append TO bidao_log_writer;
