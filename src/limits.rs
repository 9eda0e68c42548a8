//! Every fixed bound of the program, each with its reason.
//!
//! What an admin may want to change is a configuration key instead, and its
//! default stands in `daemon::config`. This file knows nothing of the rest.
//! Why one place: a bound is only right beside the others it must fit.

/// Characters in a nickname or one part of a room's name: what a line of talk can carry without hiding the talk.
pub const NAME_CHARS_MAX: usize = 32;
/// Combining marks in a row: real orthographies need four at most, more only smears over the neighbouring lines.
pub const NAME_MARKS_MAX: usize = 4;
/// Bytes of a person's input that an error message repeats: enough to recognise it, too little to fill a screen.
pub const ECHO_BYTES_MAX: usize = 64;
/// People that a welcome names; above, a count follows.
pub const WELCOME_NAMES_MAX: usize = 20;
/// Rooms with more members do not announce comings and goings: n people leaving would be n² lines.
pub const ANNOUNCED_MEMBERS_MAX: usize = 200;
/// Names in the answer to `join`: a member list that a screen can show; a count follows.
pub const MEMBERS_NAMED_MAX: usize = 500;
/// Open rooms: each costs the list of rooms a line and the server a few hundred bytes.
pub const ROOMS_MAX: usize = 10_000;
/// Open rooms that one session has made, or all at one address who have no nickname: nobody shall use them all up.
pub const ROOMS_MADE_MAX: usize = 32;
/// Rooms that one session may be in, and that it may subscribe to: every member makes a say dearer.
pub const ROOMS_PER_SESSION_MAX: usize = 64;
/// Channels that one session may subscribe to whole.
pub const CHANNELS_PER_SESSION_MAX: usize = 16;
/// Rooms that a newcomer is told of, and that one answer to `rooms` lists.
pub const DIRECTORY_ROOMS_MAX: usize = 50;
pub const ROOMS_LISTED_MAX: usize = 1_000;
/// People whom one room has invited and who have not come yet.
pub const INVITED_MAX: usize = 1_000;
/// Characters of a topic: a line on a terminal, with the room's name before it.
pub const TOPIC_CHARS_MAX: usize = 200;
/// Bytes of a room's password: longer ones protect no better.
pub const PASSWORD_BYTES_MAX: usize = 128;
/// Slowest slow mode, in milliseconds: a day; who wants less talk than that wants to mute.
pub const SLOW_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// What a wrong password of a room takes from the allowance of `limits.rate`: guessing is one try a second.
pub const WRONG_PASSWORD_COST: u32 = 10;
/// Bans and mutes of the whole server: all are in memory, and networks among them are tried one by one.
pub const SANCTIONS_MAX: usize = 10_000;
/// Longest ban or mute that has an end, in milliseconds (ten years): beyond it one without an end is meant.
pub const SANCTION_MS_MAX: u64 = 10 * 366 * 24 * 60 * 60 * 1000;
/// Read marks of one person, and of all: they are in memory.
pub const READ_MARKS_PER_NICK_MAX: usize = 256;
pub const READ_MARKS_MAX: usize = 200_000;
/// How long a read mark is kept that does not move, in milliseconds: a year; who comes back later reads anew.
pub const READ_MARKS_KEPT_MS: i64 = 366 * 24 * 60 * 60 * 1000;
/// People that one message can mention: more is a broadcast.
pub const MENTIONS_MAX: usize = 32;
/// How long `/종료` after the partner's end of a whisper session only says so, in milliseconds: it crossed the other's.
pub const WHISPER_END_CROSSED_MS: u64 = 2_000;
/// Receivers of one whisper: a list that a person can still type and check.
pub const WHISPER_RECEIVERS_MAX: usize = 32;
/// Bytes of a file's name: what every file system of this kind takes.
pub const FILE_NAME_BYTES_MAX: usize = 255;
/// Largest size of a file, in bytes (2^53 - 1): what every program's numbers in JSON say exactly.
pub const FILE_BYTES_MAX: u64 = 9_007_199_254_740_991;
/// Files that one session may have offered at once, those on their way included: a person chooses them one by one.
pub const OFFERS_PER_SESSION_MAX: usize = 8;
/// How long an offer waits to be accepted, in milliseconds (ten minutes): who does not answer by then is away.
pub const OFFER_MS: u64 = 600_000;
/// Offers that are over and of whose tokens it is still known that they were good: a program that tries again shall
/// learn that it need not.
pub const OFFERS_OVER_KEPT: usize = 256;
/// How long who has got all of a file from the relay may take to say that it is sound, in milliseconds: a checksum of
/// gigabytes, and programs like curl never say so.
pub const TRANSFER_CHECK_MS: u64 = 30_000;
/// Bytes of the token of a transfer: 128 bits, which nobody guesses.
pub const TRANSFER_TOKEN_BYTES: usize = 16;
/// Bytes of a client's own message or request id: a UUID with a prefix fits.
pub const CLIENT_ID_BYTES_MAX: usize = 64;
/// How long a client's own message id is remembered, in milliseconds (24 hours): as clients are promised.
pub const CLIENT_ID_KEPT_MS: i64 = 24 * 60 * 60 * 1000;
/// Pending scheduled messages of one person and of the whole server: both are read into memory at the start.
pub const SCHEDULES_PER_NICK_MAX: usize = 100;
pub const SCHEDULES_MAX: usize = 10_000;
/// How far ahead a message may be scheduled, in milliseconds (a leap year): beyond it a typing error is likelier.
pub const SCHEDULE_AHEAD_MS_MAX: i64 = 366 * 24 * 60 * 60 * 1000;
/// Bytes of a rule of cron: all that five fields can sensibly say.
pub const CRON_BYTES_MAX: usize = 100;
/// Days that are looked at for the next run of a daily rule: a weekend, and a day that a zone leaves out.
pub const RECURRENCE_DAYS_MAX: usize = 8;
/// Rows that one history request returns: one page is answered in one piece and held in memory whole.
pub const PAGE_ROWS_MAX: u32 = 500;
/// Bytes of text after which a page ends early: a page must fit the outbox of whoever asked for it.
pub const PAGE_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Records of the chain that one page of a verification covers: some milliseconds of the reader, also of long texts.
pub const VERIFY_RECORDS_MAX: u32 = 1_000;
/// Rooms in one page of an export: with the longest topics they take as much as a page of messages.
pub const EXPORT_ROOMS_MAX: u32 = 100;
/// How far the stamps of an import may be ahead of this server's clock, in milliseconds: two clocks that are well kept
/// do not differ by more, and what is said next must not look older.
pub const IMPORT_AHEAD_MS_MAX: i64 = 60_000;
/// Rows when a request names no limit.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// Lines that a person at a plain terminal gets when `/history` names no number: one screen.
pub const HISTORY_LINES_DEFAULT: u32 = 20;
/// Words, phrases and exclusions of one search: more is a pasted text.
pub const SEARCH_TERMS_MAX: usize = 16;
/// Letters that a beginning must have for the index: of shorter ones it would hold nearly every word twice.
pub const SEARCH_PREFIX_CHARS_MIN: usize = 3;
/// Messages that a search reads one by one when the index does not know what is sought: some 50 ms.
pub const SEARCH_SCAN_ROWS_MAX: u64 = 10_000;
/// How long a search may take, in milliseconds: pages of history wait for it on the same thread.
pub const SEARCH_MS_MAX: u64 = 250;
/// SQLite's steps between two looks at the clock: some microseconds.
pub const SEARCH_STEPS_PER_LOOK: i32 = 1_000;
/// Newest messages that the index is asked for first, and by how much more each time after: a search that is cut off
/// then knows how far it came, and a rare word is asked for but a few times.
pub const SEARCH_SPAN_FIRST: i64 = 1 << 17;
pub const SEARCH_SPAN_GROWTH: i64 = 8;
/// Newest messages, and hits among them, by which the words of a search are found rare or frequent: well below a
/// millisecond for each.
pub const SEARCH_SAMPLE_IDS: i64 = 1 << 14;
pub const SEARCH_SAMPLE_HITS: i64 = 128;
/// The index is asked for the rarest word and others until they leave one in so many of its messages: to step through
/// a word in the index costs about that part of looking at a text.
pub const SEARCH_THIN_ENOUGH: i64 = 16;
/// Messages, and bytes of their texts, that are indexed at once: some milliseconds, which a commit may have to wait.
pub const SEARCH_INDEX_STEP_ROWS: usize = 500;
pub const SEARCH_INDEX_STEP_BYTES: usize = 64 * 1024;
/// Messages that may wait for the index, and how long, in milliseconds, before talk waits for a step of it: every
/// search reads them one by one.
pub const SEARCH_BEHIND_MAX: u64 = 1_000;
pub const SEARCH_BEHIND_MS: u64 = 250;
/// How long the index is left alone when it could not be written, in milliseconds: a shell that holds a lock is done.
pub const SEARCH_INDEX_RETRY_MS: u64 = 10_000;
/// Bytes of a resume token: 128 bits, which nobody guesses.
pub const RESUME_TOKEN_BYTES: usize = 16;
/// After this time, in milliseconds, who asks for something has the token that was given before: what comes earlier
/// may have been sent ahead of the answer.
pub const RESUME_FORMER_MS: u64 = 10_000;
/// People who have lost the connection and are waited for: as many as are connected; each costs a nickname and some
/// hundred bytes.
pub const HELD_MAX: usize = 20_000;
/// When a page of what somebody missed could not be read it is asked for again after this time, in milliseconds.
pub const MISSED_RETRY_MS: u64 = 1_000;
/// Changed messages that one who comes back is told of, for each room, and changes that are looked at for it.
pub const MISSED_EDITS_MAX: usize = 1_000;
pub const MISSED_EDITS_LOOKED_MAX: usize = 20_000;
/// Whispers that are looked at for one page of missed ones: they are kept for all receivers together.
pub const MISSED_WHISPERS_LOOKED_MAX: usize = 5_000;
/// Nesting of a JSON request: the contract's deepest object has three levels.
pub const JSON_DEPTH_MAX: usize = 16;
/// Fields of one JSON request: the contract's largest has a third of them.
pub const JSON_FIELDS_MAX: usize = 33;
/// Refusals in a row for asking too fast after which the connection is closed as a flood.
pub const RATE_REFUSALS_MAX: u32 = 100;
/// Overlong lines within `OVERLONG_WINDOW_MS` that close a connection: once is a paste, three times is a program.
pub const OVERLONG_LINES_MAX: u32 = 3;
pub const OVERLONG_WINDOW_MS: u64 = 60_000;
/// How long an overlong line may go on before its end must have come, in milliseconds.
pub const OVERLONG_END_MS: u64 = 2_000;
/// Longest wait of the wall-clock timers, in milliseconds: a clock that was set is noticed within it.
pub const WALL_CLOCK_SLICE_MS: u64 = 30_000;
/// When a due message could not be stored it is tried again after this time, in milliseconds.
pub const SCHEDULE_RETRY_MS: i64 = 5_000;
/// How often expired whispers and client ids are deleted, in milliseconds.
pub const EXPIRY_EVERY_MS: u64 = 60 * 60 * 1000;
/// Fetches of history that one session may have under way: each holds a page in memory.
pub const FETCHES_PER_SESSION_MAX: u32 = 8;

/// Bytes read from one connection before the others get their turn.
pub const READ_BYTES_PER_TURN: usize = 64 * 1024;
/// A connection with more than this still to be written is not read from: its own commands wait.
pub const BACKLOG_SOFT_BYTES: usize = 32 * 1024;
/// How long a connection may take nothing of what waits for it, in milliseconds.
pub const WRITE_STALL_MS: u64 = 30_000;
/// Files that are relayed at once, those that wait for their other end included: each may fill a read of a turn.
pub const RELAYS_MAX: usize = 64;
/// How long one end of a relay waits for the other, and how long nothing may come through it, in milliseconds.
pub const RELAY_STALL_MS: u64 = 60_000;
/// After so long without a byte, in milliseconds, who comes anew to one end of a relay takes it: their connection was
/// lost, and the server has not seen it yet.
pub const RELAY_TAKEN_MS: u64 = 5_000;
/// Parts of a second in which a relay of a limited rate lets its share through.
pub const RELAY_SHARES: u64 = 20;
/// How long a connection that was told goodbye may take to read it and go, in milliseconds.
pub const DRAIN_MS: u64 = 2_000;
/// The first line of an HTTP request in bytes: addresses here are short, and no server in front takes much more.
pub const HTTP_LINE_BYTES_MAX: usize = 4 * 1024;
/// The head of an HTTP request in bytes, its first line included: what common servers take.
pub const HTTP_HEAD_BYTES_MAX: usize = 8 * 1024;
/// Fields of a head: browsers behind a proxy send some thirty.
pub const HTTP_FIELDS_MAX: usize = 100;
/// The body of an HTTP request in bytes: what is said is far shorter, and it is held in memory whole.
pub const HTTP_BODY_BYTES_MAX: usize = 64 * 1024;
/// A line between the chunks of a body in bytes: the digits of any size that is taken, with room.
pub const HTTP_CHUNK_LINE_BYTES_MAX: usize = 18;
/// Frames of one WebSocket message: browsers send one, and nobody who chats needs many.
pub const FRAGMENTS_MAX: usize = 64;
/// The payload of a control frame in bytes, by RFC 6455 §5.5.
pub const FRAME_CONTROL_BYTES_MAX: usize = 125;
/// How much longer than a line a WebSocket message may be that is still read to be refused with a word.
pub const OVERSIZE_FACTOR: usize = 2;
/// Pings a second, and at once, that are answered on a WebSocket: programs send one in some seconds.
pub const PINGS_PER_SECOND: u32 = 2;
pub const PINGS_BURST: u32 = 20;
/// After so many milliseconds a browser asks again for the events of a room: a restart takes less.
pub const EVENTS_RETRY_MS: u64 = 1000;
/// Sessions at once that have a token and no connection: each holds a nickname.
pub const HTTP_SESSIONS_MAX: usize = 10_000;
/// Connections accepted in one turn: a storm of them must not stop the talk of those who are in.
pub const ACCEPTS_PER_TURN: usize = 64;
/// Listening sockets' queue: a class that starts its clients together fits.
pub const LISTEN_BACKLOG: i32 = 1024;
/// How long accepting pauses when no descriptor is free, in milliseconds.
pub const ACCEPT_PAUSE_MS: u64 = 100;
/// Control connections at once: an admin's scripts, and room for a stuck one.
pub const CONTROL_CONNECTIONS_MAX: usize = 100;
/// Longest request on the control socket, in bytes.
pub const CONTROL_LINE_BYTES_MAX: usize = 1024 * 1024;
/// Capacity that a turn's buffer keeps when the turn has ended: a busy turn needs no new memory.
pub const TURN_BYTES_KEPT: usize = 1024 * 1024;
/// Events taken from the poll at once; what is left comes with the next turn.
pub const EVENTS_PER_TURN: usize = 1024;
/// Probes before a silent peer counts as dead.
pub const KEEPALIVE_PROBES: u32 = 3;
/// The time in which log lines of one kind are counted, in milliseconds: often enough to see when a flood began.
pub const LOG_INTERVAL_MS: u64 = 1_000;
/// Log lines of one kind in that time: of what any stranger can cause, and of what admins and the machine do, which
/// scripts do in bursts.
pub const LOG_LINES_OF_CROWD: u32 = 1;
pub const LOG_LINES_OF_DEED: u32 = 32;
/// Segments handed to one vectored write: beyond it the rest goes with the next write.
pub const WRITE_SEGMENTS_MAX: usize = 64;

/// Pages of the database that a backup copies in one step: some hundred microseconds.
pub const BACKUP_PAGES_PER_STEP: i32 = 64;
/// Bytes after which a backup waits until its copy is on disk: more would make the next commit wait for it.
pub const BACKUP_SYNC_BYTES: u64 = 4 * 1024 * 1024;
/// What a backup leaves free of the disk, in bytes: talk goes on beside it, and after it.
pub const BACKUP_SPARE_BYTES: u64 = 16 * 1024 * 1024;
/// Largest copy whose indexes are compared with their tables, in bytes: a few seconds. Of larger ones the pages are
/// looked through, and of all the chain of records.
pub const BACKUP_CHECK_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of one piece of a backup: in base64 it is as long as a page of history.
pub const BACKUP_PIECE_BYTES: u64 = 192 * 1024;
/// How long a backup waits for a lock of somebody else's shell before it tries again, in milliseconds.
pub const BACKUP_WAIT_MS: u64 = 50;
/// Records that may wait for the disk before the loop stops reading from people.
pub const STORE_QUEUE_MAX: usize = 8_192;
/// Records of one transaction: bounds both the memory of a batch and the wait for its commit.
pub const STORE_BATCH_MAX: usize = 4_096;
/// Statements that a connection keeps ready: more than there are, so that none is prepared twice.
pub const STORE_STATEMENTS_MAX: usize = 128;
/// What the database's log keeps of the disk when it begins anew, in bytes: four times its size between checkpoints.
pub const STORE_LOG_BYTES_KEPT: i64 = 16 * 1024 * 1024;
/// How long SQLite waits for a lock that somebody else's shell holds, in milliseconds.
pub const STORE_BUSY_MS: u64 = 5_000;
/// A disk that has not answered for this long counts as stalled, in milliseconds.
pub const STORE_STALLED_MS: u64 = 5_000;
/// Rows that one step of the retention deletes, of messages with their versions: some milliseconds.
pub const RETENTION_ROWS_PER_STEP: i64 = 100;
/// Rooms that one step of the retention looks at: a lookup each.
pub const RETENTION_ROOMS_PER_STEP: i64 = 1_000;
/// Records after which a step of the retention comes between although others wait: half as many go as come then, and
/// talk keeps most of the disk's time.
pub const RETENTION_RECORDS_PER_STEP: usize = 200;
/// What is too large loses at least one message in so many before it is measured again.
pub const RETENTION_ROUND_SHARE: u64 = 16;
/// The index of words is merged when it has forgotten as many messages as one in so many that are left: each time it
/// is written anew.
pub const RETENTION_INDEX_SHARE: u64 = 8;
/// Pages that one step merges of the index of words, and that one gives back to the disk: some milliseconds.
pub const RETENTION_MERGE_PAGES: i64 = 64;
pub const RETENTION_PAGES_PER_STEP: i64 = 64;
/// Free pages that the file keeps (1 MiB): what is said next need not make it grow again.
pub const RETENTION_FREE_PAGES_KEPT: i64 = 256;
/// Bytes that a row of the chain takes at the most: two digests, a key, and what SQLite needs for them.
pub const CHAIN_ROW_BYTES: i64 = 100;
/// What a failed disk must take before it counts as well again, in bytes: a batch of busy talk.
pub const STORE_PROBE_BYTES: i64 = 64 * 1024;
/// How often a failed disk is tried again, in milliseconds.
pub const STORE_RETRY_MS: u64 = 1_000;

/// How often the writer looks whether the file is still the one it opened, in milliseconds.
pub const STORE_IDENTITY_MS: u64 = 10_000;
/// What the database gets to close at the least, however late it is, in milliseconds.
pub const STORE_CLOSE_MS: u64 = 500;

/// The largest configuration file that is read: a real one has a few thousand bytes, more is a wrong path.
pub const CONFIG_BYTES_MAX: u64 = 1024 * 1024;
/// How long a configuration may be tried before it is confirmed, in milliseconds (a day): who needs longer has forgotten.
pub const CONFIRM_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// Problems of a configuration that are listed: more is the wrong file, or one slip repeated.
pub const PROBLEMS_MAX: usize = 100;
/// Descriptors beside those of the connections: listeners, the database and its readers, the log, and some to spare.
pub const DESCRIPTORS_SPARE: u64 = 128;
/// Listening addresses: more than any machine has use for, and each costs a descriptor.
pub const LISTENERS_MAX: usize = 64;
/// Sockets that a service manager may hand over: what the configuration can name, and as many of a socket unit.
pub const INHERITED_MAX: usize = 2 * LISTENERS_MAX;
/// How long the start waits for a service manager that is busy, in milliseconds, each time that it has something to
/// say: a boot keeps one busy for a moment, and one that hangs must not keep the chat from starting.
pub const MANAGER_PATIENCE_MS: u64 = 5_000;
/// How often the service manager's line about the daemon changes at most, in milliseconds: a person reads it.
pub const MANAGER_STATUS_MS: u64 = 1_000;
/// Signs of life in the time that the service manager allows for one: two may be late.
pub const WATCHDOG_PARTS: u64 = 3;

/// From SIGTERM to the exit, in milliseconds: below systemd's own patience by far.
pub const STOP_MS: u64 = 5_000;
/// How long the end waits for people to hang up once everything has been said to them, in milliseconds:
/// an `nc` never does by itself.
pub const STOP_LINGER_MS: u64 = 200;
/// A gap in the loop's own time above which the process counts as having been paused, in milliseconds.
pub const PAUSE_MS: u64 = 5_000;

/// chatc and chatctl: how long one address or socket may take to answer before it is given up, in milliseconds.
pub const CONNECT_MS: u64 = 10_000;
/// chatc: a server silent for so long is asked whether it is there, then again each `KEEPALIVE_EVERY_S`, and is given
/// up after `KEEPALIVE_TIMES` questions: a dead link shows within two minutes. In seconds, as tcp(7) has them.
pub const KEEPALIVE_AFTER_S: u64 = 60;
pub const KEEPALIVE_EVERY_S: u64 = 10;
pub const KEEPALIVE_TIMES: u32 = 3;
/// chatc: bytes of one line of the server; the server's own bounds allow no reply near it.
pub const HEARD_BYTES_MAX: usize = 1024 * 1024;
/// chatc: bytes of one typed line: above what the server takes by default, so that its bound is the one met.
pub const TYPED_BYTES_MAX: usize = 64 * 1024;
/// chatc: bytes of typed input taken in one read: a pasted page.
pub const TYPED_READ_BYTES: usize = 16 * 1024;
/// Lines of history that a window of chatc asks for at once: some screens full, and one answer comes at once.
pub const PAGE_LINES: u64 = 100;
/// chatc: requests that a person may have unanswered; further lines wait, so that a dead link loses little.
pub const UNANSWERED_MAX: usize = 64;
/// chatc: the same when a connection was lost, whose person types meanwhile.
pub const RECONNECT_MS: u64 = 2_000;
/// chatc: the wait before a lost connection is tried for again, which doubles each time, up to the second; a random part
/// is added. In milliseconds.
pub const AWAY_FIRST_MS: u64 = 250;
pub const AWAY_MAX_MS: u64 = 15_000;
pub const AWAY_JITTER_MS: u64 = 250;
/// chatc: for how long a script waits for a server that was lost, in milliseconds: a restart takes a few seconds.
pub const AWAY_SCRIPT_MS: u64 = 15_000;
/// chatc and chatctl: how long the server may leave a program without an answer, in milliseconds: it waits
/// less long for its own disk.
pub const ANSWER_MS: u64 = 30_000;
/// chatc: how long leaving may take, in milliseconds: a person who wants to go must not wait for a dead server.
pub const LEAVING_MS: u64 = 5_000;
/// chatc: the wait before a refused line is sent again when the server names none, and the longest that is believed,
/// in milliseconds.
pub const RETRY_MS_DEFAULT: u64 = 1_000;
pub const RETRY_MS_MAX: u64 = 60_000;
/// chatc's screen: lines of one window that are kept, and bytes of their texts. Who reads further up loads them again.
pub const SCROLLBACK_LINES_MAX: usize = 100_000;
pub const SCROLLBACK_BYTES_MAX: usize = 64 * 1024 * 1024;
/// chatc's screen: bytes of one line that are shown: no line of this server is near it, and all of it is wrapped anew for
/// each frame.
pub const SHOWN_BYTES_MAX: usize = 64 * 1024;
/// chatc's screen: characters of one grapheme that are shown: a family of four with their skin tones has 11, and marks
/// piled up without end would hide the lines above.
pub const GRAPHEME_CHARS_MAX: usize = 16;
/// chatc's screen: cells from one tab stop to the next, as terminals have it.
pub const TAB_CELLS: usize = 8;
/// chatc's screen: steps of undo, former lines of a window, and killed pieces of text: more than anybody goes back.
pub const TYPED_UNDO_MAX: usize = 200;
pub const TYPED_HISTORY_MAX: usize = 200;
pub const TYPED_KILLS_MAX: usize = 30;
/// chatc's screen: lines that are sent without a question: more were pasted, perhaps by mistake.
pub const ASK_LINES: usize = 5;
/// chatc's screen: people of a window who are completed before the others, since they have spoken.
pub const SPEAKERS_MAX: usize = 100;
/// chatc's screen: bytes of a link that a terminal is told: VTE and iTerm2 take no more.
pub const LINK_BYTES_MAX: usize = 2083;
/// chatc's screen: rows of one turn of the wheel.
pub const WHEEL_ROWS: u8 = 3;
/// chatc's screen: how often the server is told how far one has read, in milliseconds: talk may be quick, and the next
/// client one opens is not.
pub const READ_TOLD_MS: u64 = 2_000;
/// chatc: bytes of a nickname that the name of its chat log keeps: file systems take 255 with the ending.
pub const LOG_NAME_BYTES_MAX: usize = 200;
/// chatc: bytes of a file that are read, sent and written at once.
pub const FILE_PIECE_BYTES: usize = 256 * 1024;
/// chatc: how long the sender of a file may take to answer the receiver before the server is asked, in milliseconds.
pub const FILE_DIRECT_MS: u64 = 3_000;
/// chatc: the same for the server, which waits for the sender for a minute.
pub const FILE_RELAY_MS: u64 = 70_000;
/// chatc: how long no byte may come before a file is given up, in milliseconds: a machine that was asleep is back.
pub const FILE_SILENT_MS: u64 = 120_000;
/// chatc: the wait before a broken transfer is tried for again, which doubles each time, up to the second.
pub const FILE_AGAIN_FIRST_MS: u64 = 250;
pub const FILE_AGAIN_MAX_MS: u64 = 5_000;
/// chatc: time between two looks of a thread that waits whether it is still wanted, in milliseconds.
pub const FILE_LOOK_MS: u64 = 100;
/// chatc: time between two words of a thread about how far it is, in milliseconds: a bar that moves.
pub const FILE_PROGRESS_MS: u64 = 100;
/// chatc: how long the rate of a transfer is measured each time, and over how long it is smoothed, in milliseconds.
pub const FILE_RATE_MS: u64 = 500;
pub const FILE_RATE_SMOOTHED_MS: u64 = 3_000;
/// chatc: time between two lines about how far a file is, in milliseconds, and the cells of one: what a person who chats
/// besides does not mind, on the narrowest terminal there is.
pub const FILE_LINE_MS: u64 = 5_000;
pub const FILE_LINE_CELLS: usize = 70;
/// chatc: connections without the right token after which nobody is listened to any more: the server is there.
pub const FILE_STRANGERS_MAX: u32 = 100;
/// Bytes of a chat log before another one is begun: months of talk, and every editor still opens it.
pub const CHAT_LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Full chat logs that are kept beside the one that is written.
pub const CHAT_LOGS_KEPT: u32 = 5;
/// Names of a directory among which a path is completed: more is no choice.
pub const LISTED_NAMES_MAX: usize = 10_000;
/// Names of each kind that a shell is given to complete a word with: more than anybody reads; one more letter asks again.
pub const COMPLETIONS_MAX: usize = 500;
/// chatctl: how long the completion of a word may wait for the daemon, in milliseconds, connecting included: a person
/// who has pressed Tab is typing.
pub const COMPLETION_MS: u64 = 200;
/// Characters of what is said beside a completion: half a line of a terminal.
pub const COMPLETION_ABOUT_CHARS_MAX: usize = 40;
/// chatctl: rows and lines when neither a number nor a beginning is asked for: what scrolls by at a glance.
pub const ROWS_DEFAULT: u64 = 50;
/// chatctl: bytes of one line of the daemon: a page of `PAGE_ROWS_MAX` messages of the longest text is far below it.
pub const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// chatctl: lines of an export in one request of an import, and bytes after which it ends early: the daemon is busy with
/// one for some milliseconds, in which others wait.
pub const IMPORT_LINES_MAX: usize = 500;
pub const IMPORT_BYTES: usize = 256 * 1024;
/// chatctl: bytes of one line of an export: a request holds one at the least, and its room.
pub const IMPORT_LINE_BYTES_MAX: usize = 960 * 1024;
/// chatctl: time between two looks at how far a backup is, in milliseconds: a bar that moves.
pub const BACKUP_LOOK_MS: u64 = 100;
/// chatctl: how long the daemon may take to end, in milliseconds: it gives itself `STOP_MS`, and a slow disk more.
pub const END_MS: u64 = 30_000;
/// chatctl: time between two pictures of `status --watch`, in milliseconds: what a person can follow.
pub const WATCH_EVERY_MS: u64 = 1_000;
/// chatctl: columns of a terminal that does not say how many it has: the width of the first ones.
pub const TERMINAL_COLUMNS_DEFAULT: usize = 80;
/// chatctl: no column of a table is cut below this: a nickname's beginning stays recognisable.
pub const TABLE_COLUMN_MIN: usize = 8;

/// chatctl doctor: how long a program that it asks may take, and the daemon, in milliseconds: a healthy one needs a few.
pub const DOCTOR_CHILD_MS: u64 = 5_000;
pub const DOCTOR_ANSWER_MS: u64 = 5_000;
/// chatctl doctor: time between two looks whether a program has ended, in milliseconds.
pub const DOCTOR_WAIT_MS: u64 = 10;
/// chatctl doctor: bytes that are read of a file or of what a program says: tables of the kernel of a busy machine.
pub const DOCTOR_FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// chatctl doctor: daemons that are looked at: more is no mistake of an admin any more.
pub const DOCTOR_PROCESSES_MAX: usize = 64;
/// chatctl doctor: how long it has a daemon verify its records, in milliseconds: `chatctl verify` has no bound.
pub const DOCTOR_VERIFY_MS: u64 = 10_000;
/// chatctl doctor: the largest file of a daemon that does not run that it looks through, in bytes: some seconds.
pub const DOCTOR_DATABASE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// chatctl doctor: how long before its end a certificate is worth a note, in seconds: two weeks.
pub const DOCTOR_CERTIFICATE_S: i64 = 14 * 24 * 60 * 60;
/// chatctl doctor: how far behind the newest record the clock may be, in milliseconds: clocks are set by less each day.
pub const DOCTOR_CLOCK_MS: i64 = 60_000;

const _: () = assert!(NAME_CHARS_MAX * 4 <= LOG_NAME_BYTES_MAX);
const _: () = assert!(STOP_MS < END_MS && STORE_BUSY_MS < ANSWER_MS);
const _: () = assert!(TYPED_BYTES_MAX <= HEARD_BYTES_MAX);
const _: () =
    assert!(FILE_LOOK_MS < 1_000 && FILE_DIRECT_MS < FILE_RELAY_MS && FILE_RELAY_MS < FILE_SILENT_MS);
const _: () = assert!(BACKLOG_SOFT_BYTES <= READ_BYTES_PER_TURN);
const _: () = assert!(STORE_BATCH_MAX <= STORE_QUEUE_MAX);
const _: () = assert!(OVERLONG_END_MS < OVERLONG_WINDOW_MS);
const _: () = assert!(DRAIN_MS < STOP_MS && (LISTENERS_MAX as u64) < DESCRIPTORS_SPARE);
const _: () =
    assert!(HTTP_LINE_BYTES_MAX < HTTP_HEAD_BYTES_MAX && HTTP_HEAD_BYTES_MAX <= READ_BYTES_PER_TURN);
const _: () =
    assert!(BACKUP_PIECE_BYTES.is_multiple_of(3) && BACKUP_PIECE_BYTES / 3 * 4 <= PAGE_TEXT_BYTES_MAX as u64);
const _: () =
    assert!(IMPORT_BYTES <= IMPORT_LINE_BYTES_MAX && IMPORT_LINE_BYTES_MAX < CONTROL_LINE_BYTES_MAX);
const _: () = assert!(PAGE_ROWS_DEFAULT <= PAGE_ROWS_MAX);
