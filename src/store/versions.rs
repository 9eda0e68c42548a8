//! The tables, as they came to be: one script for each version.
//!
//! Knows no connection. Why each column of an old table has a default: the rows
//! of a released version must go on without anybody's help.

/// Forward only: what has been released is never changed, only followed by another.
pub const VERSIONS: [&str; 7] = [VERSION_1, VERSION_2, VERSION_3, CHAIN, VERSION_5, VERSION_6, VERSION_7];

const VERSION_1: &str = "
    CREATE TABLE meta (
        key   TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE rooms (
        id   INTEGER PRIMARY KEY,
        key  TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL
    );

    -- Instants are milliseconds since 1970 UTC, everywhere.
    CREATE TABLE messages (
        id       INTEGER PRIMARY KEY,
        room     INTEGER NOT NULL REFERENCES rooms (id),
        seq      INTEGER NOT NULL,
        at       INTEGER NOT NULL,
        sender   TEXT NOT NULL,
        kind     TEXT NOT NULL,
        text     TEXT NOT NULL,
        schedule INTEGER,
        UNIQUE (room, seq)
    );

    -- Whispers expire, and their ids must not come again.
    CREATE TABLE whispers (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        at        INTEGER NOT NULL,
        sender    TEXT NOT NULL,
        receivers TEXT NOT NULL,
        text      TEXT NOT NULL
    );
    CREATE INDEX whispers_at ON whispers (at);

    CREATE TABLE commands (
        id      INTEGER PRIMARY KEY,
        at      INTEGER NOT NULL,
        actor   TEXT NOT NULL,
        door    TEXT NOT NULL,
        command TEXT NOT NULL,
        args    TEXT NOT NULL,
        outcome TEXT NOT NULL
    );
    CREATE INDEX commands_at ON commands (at);

    CREATE TABLE schedules (
        id     INTEGER PRIMARY KEY,
        room   TEXT NOT NULL,
        sender TEXT NOT NULL,
        text   TEXT NOT NULL,
        due    INTEGER NOT NULL,
        made   INTEGER NOT NULL,
        state  TEXT NOT NULL
    );
    CREATE INDEX schedules_open ON schedules (due) WHERE state IN ('waiting', 'missed');

    -- What a client called its message, and what that message got.
    CREATE TABLE client_ids (
        session TEXT NOT NULL,
        mid     TEXT NOT NULL,
        number  INTEGER NOT NULL,
        at      INTEGER NOT NULL,
        PRIMARY KEY (session, mid)
    ) WITHOUT ROWID;
    CREATE INDEX client_ids_at ON client_ids (at);
";

const VERSION_2: &str = "
    -- The database's own number, in two halves.
    INSERT INTO meta (key, value) VALUES ('id_high', random()), ('id_low', random());

    -- A room that is not open has left a history; its settings are those with which it closed.
    ALTER TABLE rooms ADD COLUMN open        INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN topic       TEXT    NOT NULL DEFAULT '';
    ALTER TABLE rooms ADD COLUMN capacity    INTEGER;
    ALTER TABLE rooms ADD COLUMN lock        TEXT;
    ALTER TABLE rooms ADD COLUMN listed      INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE rooms ADD COLUMN invite_only INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN slow_ms     INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN kept        INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rooms ADD COLUMN floor       INTEGER NOT NULL DEFAULT 0;

    -- run and serial are the session that said it; mentions are nicknames with commas between.
    ALTER TABLE messages ADD COLUMN run      INTEGER;
    ALTER TABLE messages ADD COLUMN serial   INTEGER;
    ALTER TABLE messages ADD COLUMN mentions TEXT;
    ALTER TABLE messages ADD COLUMN edited   INTEGER;
    ALTER TABLE messages ADD COLUMN deleted  INTEGER NOT NULL DEFAULT 0;

    -- What a message said until actor replaced it. Rows are only ever added.
    CREATE TABLE versions (
        id      INTEGER PRIMARY KEY,
        message INTEGER NOT NULL REFERENCES messages (id),
        at      INTEGER NOT NULL,
        actor   TEXT NOT NULL,
        text    TEXT NOT NULL
    );
    CREATE INDEX versions_message ON versions (message);

    -- Without a room, and with an empty room_key, it holds in the whole server.
    -- network says whether who is an address or a network, and not a nickname.
    CREATE TABLE sanctions (
        room_key TEXT NOT NULL,
        kind     TEXT NOT NULL,
        who_key  TEXT NOT NULL,
        room     TEXT,
        who      TEXT NOT NULL,
        network  INTEGER NOT NULL,
        actor    TEXT NOT NULL,
        at       INTEGER NOT NULL,
        until    INTEGER,
        reason   TEXT,
        PRIMARY KEY (room_key, kind, who_key)
    ) WITHOUT ROWID;

    CREATE TABLE reads (
        nick_key TEXT NOT NULL,
        room_key TEXT NOT NULL,
        nick     TEXT NOT NULL,
        room     TEXT NOT NULL,
        seq      INTEGER NOT NULL,
        at       INTEGER NOT NULL,
        PRIMARY KEY (nick_key, room_key)
    ) WITHOUT ROWID;
";

const VERSION_3: &str = "
    -- A rule by which it comes again: daily, weekdays or the fields of cron; due is then the next run.
    -- Without a zone it is the server's; missed is the last run that was not sent, told whether the sender knows.
    ALTER TABLE schedules ADD COLUMN every  TEXT;
    ALTER TABLE schedules ADD COLUMN time   TEXT;
    ALTER TABLE schedules ADD COLUMN zone   TEXT;
    ALTER TABLE schedules ADD COLUMN missed INTEGER;
    ALTER TABLE schedules ADD COLUMN told   INTEGER NOT NULL DEFAULT 0;
";

/// [`begin`](super::chain::begin) fills it in the same transaction.
pub const CHAIN: &str = "
    -- For each record, in the order of commits and without holes, a digest of what was kept and a
    -- link of that to all before it; what place and number are stands in chain.rs.
    CREATE TABLE chain (
        id     INTEGER PRIMARY KEY,
        kind   TEXT    NOT NULL,
        place  INTEGER NOT NULL,
        number INTEGER NOT NULL,
        digest BLOB    NOT NULL,
        link   BLOB    NOT NULL
    );
";

const VERSION_5: &str = "
    -- An index of words and no texts: what `store::search` makes of a message, under the message's id.
    CREATE VIRTUAL TABLE search USING fts5 (
        words, content = '', columnsize = 0, prefix = '3 4', tokenize = 'ascii'
    );
    -- Messages before this id are in it; the others follow while the server runs.
    INSERT INTO meta (key, value) VALUES ('search_end', 1);
";

const VERSION_6: &str = "
    -- Up to where what was said has expired: number is the last seq of the room place that is gone, or with the
    -- place 0 the last entry of the record of commands.
    CREATE INDEX chain_expired ON chain (place, number) WHERE kind = 'expired';
";

const VERSION_7: &str = "
    -- Those who may come back after a lost connection; token is the SHA-256 of what they show for it, in
    -- hexadecimal, and former of what they showed before.
    -- seats is a JSON list of the rooms that they are in.
    CREATE TABLE sessions (
        run            INTEGER NOT NULL,
        serial         INTEGER NOT NULL,
        token          TEXT    NOT NULL,
        former         TEXT,
        nick           TEXT    NOT NULL,
        named          INTEGER NOT NULL,
        since          INTEGER NOT NULL,
        lang           TEXT,
        partner_run    INTEGER,
        partner_serial INTEGER,
        seats          TEXT    NOT NULL,
        PRIMARY KEY (run, serial)
    ) WITHOUT ROWID;
";
