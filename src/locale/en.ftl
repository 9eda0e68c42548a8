# What the server says, in English. Sentences after "Error:" begin small;
# where one stands alone the program makes its first letter a capital.

greeting = Welcome to { $server }. Choose a nickname:
choose-another = Choose another:
error = Error: { $sentence }

whisper-from = [Whisper from { $from }]
scheduled-by = [Scheduled by { $from }]
announcement-mark = [Announcement]
unrecorded-talk = (not recorded)

welcome-alone = Welcome, { $nick }. You are alone in { $room }.
welcome-with = Welcome, { $nick }. You are in { $room } with { $names }.
welcome-with-more = Welcome, { $nick }. You are in { $room } with { $names } and { $more } more.
kept = What is said and whispered here is kept.
kept-whispers-for = What is said here is kept, whispers for { $whispers }.
kept-messages-for = What is said here is kept for { $messages }, whispers without end.
kept-for = What is said here is kept for { $messages }, whispers for { $whispers }.

joined = { $nick } has joined { $room }.
left = { $nick } has left { $room }.
left-saying = { $nick } has left { $room }: { $text }
lost = { $nick }'s connection was lost.
renamed = User "{ $from }" has changed their nickname to "{ $to }".
renamed-you = You are now known as "{ $nick }".
kicked = { $nick } has been kicked from the chat.
kicked-receipt = You have kicked { $nick } from the chat.
kicked-you = You have been kicked by { $by }.
kicked-you-because = You have been kicked by { $by }: { $reason }.
users = { $count ->
    [one] 1 user in { $room }: { $names }
   *[other] { $count } users in { $room }: { $names }
}
users-everywhere = { $count ->
    [0] Nobody is here.
    [one] 1 user: { $names }
   *[other] { $count } users: { $names }
}
users-none = Nobody is in { $room }.

entered-alone = You are alone in { $room }.
entered-with = You are in { $room } with { $names }.
entered-with-more = You are in { $room } with { $names } and { $more } more.
rooms = Rooms: { $rooms }.
rooms-more = Rooms: { $rooms }, and { $more } more.
rooms-none = There are no such rooms.
mark-locked = [locked]
mark-invite = [by invitation]
mark-unlisted = [unlisted]
topic = Topic of { $room }: { $topic }
topic-none = { $room } has no topic now.
topic-set = { $by } has set the topic of { $room }: { $topic }
topic-removed = { $by } has removed the topic of { $room }.
room-created = The room { $room } is made. Go there with /join { $room }.
room-set = The settings of { $room } are changed.
room-changed = { $by } has changed the settings of { $room }.
room-closed = { $by } has closed { $room }.
room-closed-receipt = You have closed { $room }.
left-you = You have left { $room }.
invited = { $by } invites you to { $room }. Go there with /join { $room }.
invited-receipt = You have invited { $nick } to { $room }.
role-owner = { $nick } owns { $room } now.
role-owner-you = You own { $room } now.
role-moderator = { $nick } is a moderator of { $room } now.
role-moderator-you = You are a moderator of { $room } now.
role-member = { $nick } is no longer a moderator of { $room }.
role-member-you = You are no longer a moderator of { $room }.

whisper-asked = Whisper to whom? Type a nickname to open a session, or a nickname and the message:
whisper-opened = { $nick } whispers with you now: your lines go to { $nick } alone until /end. /say speaks to the room.
whisper-opened-you = You whisper with { $nick } now: your lines go to { $nick } alone until /end. /say speaks to the room.
whisper-closed = { $nick } has ended the whisper session.
whisper-closed-left = { $nick } has left; the whisper session has ended.
whisper-closed-lost = { $nick }'s connection was lost; the whisper session has ended.
whisper-waits = The connection of { $names } is lost; they will read this when they are back.
whisper-closed-you = You have ended the whisper session with { $nick }.
whisper-closed-already = The whisper session has ended already.

offer-heard = { $from } offers you the file { $name } ({ $size }). It can be taken with chatc or on the page; /decline turns it down.
offer-accepted = The file { $name } is accepted.
offer-declined = The file { $name } was turned down.
offer-cancelled = The file { $name } is no longer to be had.
offer-cancelled-because = The file { $name } is no longer to be had: { $reason }.
offer-done = The file { $name } has arrived.
offer-expired = The file { $name } was not accepted in time.
offer-failed = The file { $name } was not transferred: the other side has left.
declined-receipt = You have turned the file down.
cancelled-receipt = The file is cancelled.

edited-talk = (edited)
edited-by = (edited by { $by })
edited-receipt = The message is changed.
deleted = { $by } has deleted a message.
deleted-by = { $by } has deleted a message of { $from }.
deleted-receipt = The message is deleted.

kicked-room = { $nick } has been kicked from { $room }.
kicked-receipt-room = You have kicked { $nick } from { $room }.
kicked-you-room = You have been kicked from { $room } by { $by }.
kicked-you-room-because = You have been kicked from { $room } by { $by }: { $reason }.
banned-somebody = { $where ->
    [room] { $nick } has been banned from { $room }
   *[none] { $nick } has been banned
}{ $until ->
    [left] {" "}for { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
banned-you = { $where ->
    [room] You have been banned from { $room } by { $by }
   *[none] You have been banned by { $by }
}{ $until ->
    [left] {" "}for { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
banned-receipt = { $where ->
    [room] You have banned { $nick } from { $room }
   *[none] You have banned { $nick }
}{ $until ->
    [left] {" "}for { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
muted-somebody = { $where ->
    [room] { $nick } has been muted in { $room }
   *[none] { $nick } has been muted
}{ $until ->
    [left] {" "}for { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
muted-you = { $where ->
    [room] You have been muted in { $room } by { $by }
   *[none] You have been muted by { $by }
}{ $until ->
    [left] {" "}for { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
muted-receipt = { $where ->
    [room] You have muted { $nick } in { $room }
   *[none] You have muted { $nick }
}{ $until ->
    [left] {" "}for { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
unbanned-receipt = { $where ->
    [room] { $who } is no longer banned from { $room }.
   *[none] { $who } is no longer banned.
}
unmuted-receipt = { $where ->
    [room] { $who } is no longer muted in { $room }.
   *[none] { $who } is no longer muted.
}
unmuted-you = { $where ->
    [room] You are no longer muted in { $room }, by { $by }.
   *[none] You are no longer muted, by { $by }.
}
bans-none = Nobody is banned or muted.
bans-row-ban = { $where ->
    [room] { $who } is banned from { $room } by { $by }
   *[none] { $who } is banned by { $by }
}{ $until ->
    [left] {" "}for another { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
bans-row-mute = { $where ->
    [room] { $who } is muted in { $room } by { $by }
   *[none] { $who } is muted by { $by }
}{ $until ->
    [left] {" "}for another { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
span-days = { $count } d
span-hours = { $count } h
span-minutes = { $count } min
span-seconds = { $count } s

scheduled = Message { $schedule } is scheduled for { $due }.
scheduled-every = Message { $schedule } is scheduled { $every }; the first comes at { $due }.
scheduled-sent = Your scheduled message { $schedule } has been sent.
scheduled-missed = Your scheduled message { $schedule } for { $due } was not sent, because then the server was not running, the room was gone or you were muted: { $text }
scheduled-missed-next = Your scheduled message { $schedule } for { $due } was not sent, because then the server was not running, the room was gone or you were muted; the next one comes at { $next }: { $text }
schedules-none = There are no scheduled messages.
schedules-row = { $schedule }: { $due } in { $room } by { $from }: { $text }
schedules-row-every = { $schedule }: { $every }, next { $due }, in { $room } by { $from }: { $text }
schedules-row-missed = { $schedule }: missed, { $due } in { $room } by { $from }: { $text }
every-daily = every day at { $time }
every-weekdays = on weekdays at { $time }
every-cron = by cron { $rule }
every-zone = { $every } ({ $zone })
unscheduled = Scheduled message { $schedule } is cancelled.

history-none = Nothing has been said in { $room } yet.
search-none = Nothing was found.
search-scanned = { $count ->
    [one] The index does not know so short a word: 1 message was read, the newest one.
   *[other] The index does not know so short a word: { $count } messages were read, the newest ones.
}
search-partial = Not everything could be looked through in time; search for more words, or add since:2h.
search-more = There is more; search for more words, or add from:NICK.
timestamps-on = Timestamps are on.
timestamps-off = Timestamps are off.
lang-now = Messages are in English now.
announced = { $people ->
    [one] Announced to 1 person.
   *[other] Announced to { $people } people.
}
shutdown-at = The server shuts down at { $at }.
shutdown-in = { $minutes ->
    [one] The server will shut down in 1 minute.
   *[other] The server will shut down in { $minutes } minutes.
}
shutdown-in-because = { $minutes ->
    [one] The server will shut down in 1 minute: { $reason }.
   *[other] The server will shut down in { $minutes } minutes: { $reason }.
}
unrecorded = Done, but the database could not be written, so no record of it was kept.
reloaded = The configuration has been reloaded.
config-tried = The new configuration is in force until { $at }, unless it is confirmed.
config-tried-partly = The new configuration is in force until { $at }, unless it is confirmed; these keys apply after a restart: { $keys }.
config-confirmed = The configuration is confirmed.
config-reverted = The configuration that was last confirmed is in force again; the file still has the other one.
config-reverted-partly = The configuration that was last confirmed is in force again; the file still has the other one. These keys apply after a restart: { $keys }.
reloaded-partly = The configuration has been reloaded; these keys apply after a restart: { $keys }.
subscribed = Subscribed: { $room }.
unsubscribed = No longer subscribed: { $room }
pong = pong
storage-stalled = the disk does not answer
status-line = { $server }: { $people } people, { $rooms } rooms.

help-head = Lines without a slash go to the room. Commands:
help-group = { $group } … - more commands of this kind; { $help } lists them.
help-row = { $usage } - { $what }
help-usage = { $usage } - { $what } Also: { $names }

arg-nick = NICK
arg-text = TEXT
arg-reason = REASON
arg-command = COMMAND
arg-room = ROOM
arg-min = MIN
arg-id = ID
arg-n = N
arg-topic = TOPIC
arg-password = PASSWORD
arg-query = WORDS
arg-channel = CHANNEL
arg-who = NICK|ADDRESS
arg-path = PATH
arg-name = NAME

help-help = says what there is.
help-users = says who is in the room.
help-rename = changes your nickname.
help-say = speaks to the room.
help-whisper = sends a private message to one or several people.
help-schedule = sends a message to the room at a time: 15:30, 2026-11-21T15:30, +10m, or again and again: daily 15:30, weekdays 15:30.
help-schedules = lists your scheduled messages, and those for rooms that you own.
help-unschedule = cancels a scheduled message, yours or one for a room that you own.
help-history = shows what was said last.
help-search = finds what was said: all the words, "a phrase", begin*, -without, from:NICK, in:ROOM, since:2h.
help-action = says what you do: * Alice waves.
help-edit = changes the last thing you said.
help-delete = deletes the last thing you said, or the message of that number.
help-whisper_open = opens a whisper session: your lines go to that person alone.
help-whisper_ask = asks to whom.
help-whisper_close = ends the whisper session.
help-file = offers a file to the partner of the whisper session; in chatc.
help-accept_as = takes the file that is offered, under that name if there is one; in chatc.
help-decline = turns down the file that is offered.
help-cancel = cancels a file that is offered or on its way.
help-offer = offers a file to the partner of the whisper session.
help-accept = takes a file that is offered.
help-received = says that a file has arrived whole.
help-join = goes to another room, which is made where there is none.
help-leave = goes back to the room where everybody lands.
help-rooms = lists the rooms, or those of a channel.
help-invite = lets somebody into the room and tells them.
help-room_create = makes a room, which is yours.
help-room_topic = says what the room is about; for its moderators.
help-room_capacity = sets how many may be in the room, 0 for any number; for its moderators.
help-room_lock = locks the room with a password; for its moderators.
help-room_unlock = unlocks the room; for its moderators.
help-room_listed = shows the room in the list of rooms; for its moderators.
help-room_unlisted = leaves the room out of the list of rooms; for its moderators.
help-room_invite_only = lets only the invited in; for its moderators.
help-room_slow = sets how long one waits between two messages; for its moderators.
help-room_op = makes somebody a moderator; for the owner.
help-room_deop = makes a moderator a plain member again; for the owner.
help-room_transfer = gives the room to somebody else; for the owner.
help-room_close = closes the room; for the owner.
help-room_keep = keeps the room when everybody has left; for admins.
help-room_unkeep = lets the room go when everybody has left; for admins.
help-ban = keeps somebody out, for a time or for good; for moderators and admins.
help-unban = lets them in again; for moderators and admins.
help-mute = silences somebody, for a time or for good; for moderators and admins.
help-unmute = lets them speak again; for moderators and admins.
help-bans = lists who is banned and muted; for moderators and admins.
help-mark_read = remembers up to where you have read a room.
help-room_set = changes the settings of a room; for its moderators.
help-room_role = makes somebody a moderator or a member; for the owner.
help-timestamps = puts date and time before each line of talk.
help-lang = chooses the language of the server's messages.
help-kick = puts somebody out of the room; for moderators and admins.
help-broadcast = tells everybody in every room something; for admins.
help-shutdown = ends the server; for admins.
help-quit = leaves, and the others are told.
help-quietquit = leaves, and nobody is told.
help-hello = enters the chat under a nickname.
help-resume = comes back after a lost connection.
help-subscribe = hears a room without being in it.
help-unsubscribe = hears it no longer.
help-ping = asks whether the server is there.
help-status = says how the server is; for admins.
help-complete = lists the names that a word may be completed with; for admins.
help-config_diff = in what the configuration file differs from what runs; for admins.
help-config_apply = takes the configuration file over, on trial if asked; for admins.
help-config_confirm = keeps the configuration that is on trial; for admins.
help-config_revert = goes back to the configuration before the trial; for admins.
help-reload = has the server read its configuration again; for admins.
help-commands = shows who did what; for admins.
help-verify = says whether the history is as it was kept; for admins.
help-backup = copies the database while the server runs; for admins.
help-export = gives what was said, to take it elsewhere; for admins.
help-import = takes in what another server has exported; for admins.

closing-shutdown = The server is shutting down.
closing-shutdown-because = The server is shutting down: { $reason }.
closing-flood = You were disconnected for asking too much too fast.
closing-overlong = You were disconnected for sending lines that are too long.
closing-login = You were disconnected because no nickname came in time.
closing-idle = You were disconnected after a long time without a word.
closing-slow = You were disconnected because your side took too long to read what was sent.
closing-not-allowed = This room is no longer open to you.
closing-replaced = You have come back by another connection; this one is closed.
closing-full = The server is full. Try again later.
closing-address = There are too many connections from your address.
closing-protocol = This is a chat server: send lines of text, or JSON objects.
http-nothing-here = There is nothing at this address.
http-metrics-refused = The numbers are read from this machine only. To let others read them, set http.metrics = "anyone" in chatd.toml and reload.
http-method = This address does not take that method.
http-origin = Pages of other places may not do that here. To allow one, name it in http.allowed_origins.
http-events-version = Server-sent events need HTTP/1.1.
http-too-many = Too many connections come from this address already.
transfer-unknown = There is no transfer with this token.
transfer-not-accepted = The receiver has not accepted the file yet.
transfer-over = The transfer is over.
transfer-busy = Somebody is at this end of the transfer already.
transfer-full = Too many files are on their way through this server. Try again soon.
transfer-waited = The other end of the transfer did not come in time.
transfer-stalled = Nothing has come through for too long.
transfer-broken = The other end of the transfer has gone. Come again, from where the receiver is.
transfer-chunked = The length of the body must be told: use Content-Length.
transfer-length = The body is not as long as the file that was offered.
transfer-range = That is not the rest of the file from a byte on which the receiver waits for.
websocket-upgrade = This address is for WebSockets of version 13.
websocket-key = The key of the WebSocket is not one of 16 bytes in base64.
websocket-subprotocol = No subprotocol of WebSockets is spoken here: leave it out.
http-refused = The request was refused: { $why }.
http-early-end = its head ends too early
http-no-http = it is not HTTP
http-line-end = a line of it does not end with CRLF
http-zero = there is a zero byte in it
http-no-version = its first line names no version of HTTP
http-ascii = it has a field that is not ASCII
http-target = its target is not a path
http-length = the length of its body is not one number
http-body-coding = its body has a coding that its version does not know
http-two-lengths = its body has both a length and a coding
http-host = it must have one field Host
http-no-body = its method takes no body
http-chunk = a chunk of its body is not as long as it says
http-chunk-line = a line between the chunks of its body is too long
http-chunk-size = the size of a chunk of its body is not a number alone
http-trailers = trailers behind a body are not taken
http-long-line = its first line is too long
http-large-head = its head is too large
http-large-body = its body is too large
http-expectation = what it expects is not given here
http-coding = the coding of its body is not known here
http-version = its version of HTTP is not spoken here
not-yet-irc = This server does not speak IRC yet. Connect with nc or chatc.

bad-utf8 = that is not valid UTF-8.
bad-json = that is not a JSON object: { $why }
bad-depth = that object is nested too deeply.
bad-field = there is no field "{ $field }" in this request.
bad-double = the field "{ $field }" is there twice.
bad-missing = the field "{ $field }" is missing.
bad-type-text = the field "{ $field }" must be a text.
bad-type-number = the field "{ $field }" must be a whole number from 0 on.
bad-type-flag = the field "{ $field }" must be true or false.
bad-type-list = the field "{ $field }" must be a text or a list of texts.
bad-type-seqs = the field "{ $field }" must be an object of numbers by room.
bad-type-lines = the field "{ $field }" must be a list of objects.
bad-empty = there is no text.
bad-id = the field "id" must be a number from 0 on or a text of at most 64 bytes.
bad-lang = there is no language "{ $lang }" here; choose en or ko.
bad-char = the text contains a control character.
unknown-command = there is no command "{ $name }". Type /help for what there is.
unknown-command-near = there is no command "{ $name }"; did you mean { $nearest }?
usage = type { $usage }
usage-json = the command "{ $name }" was not complete.
too-long = that is too long: the limit is { $max }.
not-logged-in = choose a nickname first.
no-session = this session is over; choose a nickname and come in anew.
already-in = you are { $nick } already; use rename.
nick-in-use = nickname "{ $nick }" is already in use.
bad-nick = nickname "{ $nick }" is not allowed: { $fault }.
fault-empty = it, or a part of it, is empty
fault-space = it contains a space
fault-long = it has more than 32 characters
fault-forbidden = it contains "{ $char }"
fault-invisible = it contains an invisible character
fault-marks = it begins with an accent or piles up too many
fault-scripts = it mixes alphabets that look alike
fault-reserved = it is reserved
fault-symbol = it contains a symbol that is not a letter or digit
no-such-user = there is no user named "{ $nick }".
no-such-room = there is no room named "{ $room }".
not-in-room = you are not in { $room }.
room-full = the room { $room } is full.
banned = { $where ->
    [room] you are banned from { $room }
   *[none] you are banned
}{ $until ->
    [left] {" "}for another { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
muted = { $where ->
    [room] you are muted in { $room }
   *[none] you are muted
}{ $until ->
    [left] {" "}for another { $left }
   *[none] {""}
}{ $why ->
    [because] {""}: { $reason }.
   *[none] {""}.
}
bad-role = there is no role "{ $role }"; there are owner, moderator and member.
bad-room = "{ $room }" cannot be the name of a room: { $fault }.
room-exists = there is a room { $room } already.
room-locked = the room { $room } is locked; join it with its password.
room-locked-wrong = that is not the password of { $room }.
room-invite-only = the room { $room } is by invitation only.
nowhere-else = from { $room } there is nowhere to go; type /quit to leave the chat.
not-here = "{ $nick }" is not in { $room }.
too-soon = slow mode in { $room }: wait { $wait }.
busy = "{ $nick }" is in a whisper session with somebody else.
busy-yourself = you are in a whisper session with { $nick }; end it first with /end.
no-partner = you are not in a whisper session.
no-file-partner = a file goes to the partner of a whisper session; open one first with /whisper NICK.
files-by-program = files are sent and taken with chatc or on the page, not from here.
bad-file = the file cannot be offered: { $fault }.
file-fault-name = its name must have 1 to 255 bytes, without slashes and invisible characters
file-fault-size = its size must be a number of bytes, at most 9007199254740991
file-fault-hash = its hash must be BLAKE3-256 in 64 hexadecimal digits, the letters small
file-fault-direct = direct must be an address with a port, like 192.0.2.7:4000
file-too-large = a file may have { $max } here at most.
no-offer = there is no such file: it was not offered, or it is over.
which-offer = there are several files; say which one by its number.
no-message = there is no message { $seq } in { $room }.
no-message-own = you have not said anything in { $room } yet.
not-yours = that message is somebody else's.
too-late = that was said too long ago to change it now.
bad-who = "{ $who }" is neither a nickname nor an address.
not-banned = "{ $who }" is not banned.
not-muted = "{ $who }" is not muted.
not-allowed = you may not do that.
bad-time = "{ $text }" is not a time from now to a year ahead; write 15:30, +10m or 2026-11-21T15:30.
bad-duration = "{ $text }" is not a length of time, or too long; write 10s, 5m, 2h or 7d.
bad-rule = "{ $text }" is not a rule for repeating a message, or its time never comes; write daily 15:30, weekdays 15:30 or the five fields of cron, such as 0 9 * * 1-5.
bad-zone = "{ $text }" is not the name of a time zone; write it like Asia/Seoul.
bad-query = the search is not understood at character { $at }: { $why }.
query-quote = a quotation mark begins a phrase or ends it, and there are two of them
query-star = a star stands at the end of a word
query-empty = something is missing here
query-filter = there are from:, in: and since:; put quotation marks around a word with a colon
query-twice = it is given twice
query-minus = a minus stands before a word or a phrase
query-time = write 2h, 2026-11-21, 2026-11-21T15:30 or RFC 3339
query-many = that is too many words
query-nothing = a word to look for is needed
backup-runs = another backup is being made; try again when it is done.
no-backup = there is no backup of that number.
backup-failed = the backup failed: { $why }.
bad-import = message { $seq } of { $room }: { $why }.
bad-import-line = { $why }.
bad-import-room = room { $room }: { $why }.
import-form = it is not a line of an export: { $why }
import-name = a name in it is not allowed: { $fault }
import-text = it has a text or a setting that is not allowed
import-versions = what it says of having been changed does not fit together
import-future = it is from a time that has not come yet; set the clocks of both machines
import-no-room = its room has no line of its own before it
import-public = here the room is for everybody, and there it was not; close it first, or make it private
import-differs = another message is there already
import-hole = here the room goes on with message { $next }
import-earlier = it was said before the message in front of it
not-found = there is no scheduled message { $schedule }.
too-many = that is too many: the limit is { $max }.
rate-limited = that was too fast; wait { $seconds } s.
storage-unavailable = it was not saved, because the database cannot be written at the moment. Try again in a while.
shutting-down = the server is shutting down.
config-nothing-waits = no configuration waits to be confirmed.
bad-config = the configuration was not reloaded: { $problems }

# What chatc says of itself, beside the sentences above.
chatc-choose = Choose a nickname:
chatc-still = You are still in { $room }.
chatc-whispered = [Whisper to { $names }] { $text }
chatc-away = The connection was lost; chatc tries to reconnect.
chatc-away-unsent = The connection was lost. "{ $line }" was not sent; send it again when chatc has reconnected.
chatc-back = You are back as { $nick }.
chatc-missed = Said while the connection was lost: { $rooms }.
chatc-anew = The server no longer waits for you; you come in anew.
chatc-now-in = You are in { $room } now.
chatc-lost = The connection was lost. Start chatc again to reconnect.
chatc-closed = The connection is closed. Start chatc again to reconnect.
chatc-lost-unsent = The connection was lost. "{ $line }" was not sent; start chatc again to reconnect.
chatc-closed-unsent = The connection is closed. "{ $line }" was not sent; start chatc again to reconnect.
chatc-ended = { $why }. The connection was ended.
chatc-unsent = "{ $line }" was not sent: { $why }
chatc-why-lost = the connection was lost
chatc-why-closed = the connection is closed
chatc-why-silent = the server did not answer in time
chatc-why-nonsense = the server sent what no chatd sends; is it one?
chatc-why-unreadable = the server sent a reply that cannot be understood
chatc-why-endless = the server sent a line that is too long
chatc-why-interrupted = interrupted
chatc-no-room = a room is needed: -r ROOM
chatc-exec-failed = { $program } has failed: { $why }
chatc-config-wrong = { $path }: { $why }
chatc-config-long = it is longer than { $max } bytes
chatc-no-nick = a nickname is needed: chatc NICK@{ $address }
chatc-not-found = cannot find { $address }: { $why }. Is the host's name right?
chatc-not-there = cannot connect to { $address }: { $why }. Is a chatd running there?
chatc-no-address = it has no address
chatc-no-log = cannot write the chat log { $path }: { $why }. The chat is not logged.
chatc-log-not-file = it is not a regular file
chatc-log-foreign = it belongs to another user
chatc-no-interrupts = cannot watch for Ctrl-C: { $why }
chatc-help = Chat from a terminal, or pipe lines into a room
chatc-help-target = Where to chat, and as whom [default: 127.0.0.1:9999]
chatc-help-plain = No colours and no full screen
chatc-help-lang = Language of chatc and of the server: en or ko [else: by LC_ALL, LC_MESSAGES, LANG]
chatc-help-log-dir = Where NICK_chat_log.txt is written [default: .]
chatc-help-no-log = Write no chat log
chatc-help-config = Configuration file [default: chatc/config.toml in $XDG_CONFIG_HOME]
chatc-help-send = Say something in a room; done when the server has kept it
chatc-help-send-room = In which room [default: the one everybody lands in]
chatc-help-send-server = Where, and as whom [default: 127.0.0.1:9999, by the name of the user]
chatc-help-send-text = What to say; without it, each line of standard input
chatc-help-tail = Show what is said in a room as it goes on; needs no nickname
chatc-help-tail-room = Which room
chatc-help-tail-server = Where [default: 127.0.0.1:9999]
chatc-help-tail-lines = How many lines of the past come first
chatc-help-tail-json = Print each event as the server sent it, one JSON object a line
chatc-help-tail-exec = Run this program for each new message, with CHATC_ROOM, CHATC_FROM, CHATC_TEXT, CHATC_KIND, CHATC_SEQ, CHATC_AT and CHATC_MENTIONS in its environment
chatc-help-tail-arguments = Arguments of that program
chatc-help-exit = Exit code: 0 every line was committed; 1 something was not, or the connection was lost; 2 usage; 3 no server there.
chatc-manual-lines = On a terminal, what is typed is said in the room; a line that begins with "/" is a command, and "/help" lists them. Where standard input is no terminal, each of its lines is said, and the exit status tells whether all of them were committed to the server's database.
chatc-manual-target = The port is 9999 unless another is named, and the room is where the server puts everybody. An IPv6 address stands in brackets. Who names no NICK on a terminal is asked for it; a script must name one.
chatc-manual-lost = When the connection is lost, chatc tries again until Ctrl-C, in a script for some seconds. It comes back under the same nickname and shows what was missed.
chatc-manual-files = In a whisper session, "/file PATH" offers a file to the partner. Their chatc saves it in the directory that it was started in, with "/accept", or "/accept NAME" under another name; an existing file is never overwritten. It goes from one machine to the other, or through the server where that cannot be, and goes on where it was when the connection breaks. It gets its name once its BLAKE3 checksum is right. "/cancel" stops it on either side. A script that sends or takes a file ends when that is done, and its exit status tells whether it was.
chatc-manual-log = In the directory of --log-dir: what the person of that nickname saw and said, with date and time.
chatc-manual-config = What would otherwise be typed each time: server ("NICK@HOST:PORT"), rooms (a list, entered on the full screen), lang, log (true or false), log_dir, mouse (true or false) and notify ("auto", "bell", "osc9", "osc777" or "off").
chatc-manual-tail = Run a program for each new message of the room ops.
chatc-manual-send = Say one line, and know by the exit status that it is kept.
chatc-manual-person = Chat as Alice on a server of the network.
chatc-manual-script = Say one line in the room ci.
file-asked = Which file? Type its path.
file-heard = { $from } offers you the file { $name } ({ $size }). /accept saves it as { $as }, /accept NAME under another name; /decline turns it down.
file-offered = You offer { $to } the file { $name } ({ $size }). /cancel takes it back.
file-comes = The file { $name } is on its way, and will be saved as { $as }. /cancel stops it.
file-saved = The file { $name } ({ $size }) is saved as { $as }.
file-failed = The file { $name } was not transferred: { $why }.
file-undone = "{ $line }" came to nothing: { $why }
file-over = While the connection was lost, the file { $name } was done with; ask { $nick } whether all is well.
file-which = there are several files; say which one by its number: { $files }.
file-row = { $percent } % { $rate }/s { $left } left
file-row-begins = { $percent } %
file-why-not-found = there is no such file
file-why-directory = it is a directory
file-why-not-file = it is not a regular file
file-why-unreadable = it cannot be read: { $why }
file-why-changed = it has been changed meanwhile
file-why-exists = there is a file { $name } here already; /accept NAME saves it under another name
file-why-full = there is not enough space left
file-why-unwritable = it cannot be saved here: { $why }
file-why-checksum = what has come is not what was offered
file-why-silent = nothing has come for too long
file-why-unknown = the server knows nothing of it any more
file-why-lost = the connection was lost
file-name-slash = a file is saved in the directory that chatc was started in; give a name without "/".
file-name-dots = that is the name of a directory; give another name.
file-name-dash = a name that begins with "-" looks like an option to programs; give another name.
file-name-invisible = the name has characters in it that cannot be seen; give another name.
file-name-long = the name is longer than 255 bytes; give a shorter one.
chatc-target-no-room = there is no room name after "/"
chatc-target-no-nick = there is no nickname before "@"
chatc-target-bracket = the address has a "[" but no "]"
chatc-target-after-bracket = "{ $typed }" after "]" is not a port; write [{ $host }]:{ $port }
chatc-target-port = "{ $typed }" is not a port; it is a number from 1 to 65535

# What chatc's full screen says.
screen-people = { $count ->
    [one] 1 person
   *[other] { $count } people
}
screen-below = { $count } new below
screen-calls = { $count ->
    [one] 1 mention elsewhere
   *[other] { $count } mentions elsewhere
}
screen-naming = choose a nickname
screen-entering = connecting
screen-away = reconnecting
screen-away-next = connection lost; next try in { $seconds } s
screen-gone = connection closed
screen-write-nick = Your nickname
screen-write-room = Write to { $room }
screen-write-person = Whisper to { $nick }
screen-read = read up to here
screen-deleted = (deleted)
screen-sure = Send { $lines } lines? Enter sends, Esc keeps them here to edit.
screen-full = There is no room for more text.
screen-no-mark = There are no unread lines above.
screen-nothing-new = Nothing new anywhere.
screen-no-close = A room is left with /leave.
screen-switch = Go to:
screen-find = Search:
screen-find-room = Only what is said in a room can be searched.
screen-find-waits = Searching.
screen-find-nothing = Nothing was found.
screen-find-more = There is more; another word narrows it down.
screen-hint = F1 keys   /help commands   Ctrl-K go to   Ctrl-F search   Alt-A next unread
screen-hint-write = Enter sends   Alt-Enter new line   Tab completes   Ctrl-_ undo
screen-hint-command = Enter runs the command   Tab completes   /help lists commands
screen-hint-above = PgDn further down   Esc newest lines   Alt-U unread lines
screen-hint-visit = Esc back to where you were   PgUp, PgDn scroll
screen-hint-switch = Enter goes there   Up, Down choose   Esc closes
screen-hint-find = Enter searches, then goes to the line   Up, Down choose   Esc closes
screen-hint-help = Up, Down scroll   Esc closes
screen-key-send = send
screen-key-line = new line
screen-key-complete = complete a nickname, command, room or path; the one before
screen-key-history = a row up or down; at the edge a former line
screen-key-page = scroll by a page
screen-key-row = scroll by a row
screen-key-begin = the oldest line loaded
screen-key-end = the newest line
screen-key-mark = up to the unread lines
screen-key-active = next window with something new
screen-key-window = go to a window by its number
screen-key-next = next window; the one before
screen-key-switch = go to a window by its name (in an empty line also Ctrl-K)
screen-key-find = search in the room (in an empty line also Ctrl-F)
screen-key-close = close the window of a person
screen-key-members = show or hide who is here
screen-key-line-begin = to the beginning of the line
screen-key-line-end = to the end of the line
screen-key-left = left and right
screen-key-word = a word to the left or right
screen-key-erase = erase to the left or right
screen-key-kill-word = cut the word to the left, or to the right
screen-key-cut = cut to the end of the line
screen-key-kill-line = cut to the beginning of the line
screen-key-yank = insert what was cut; what was cut before that
screen-key-transpose = swap two characters
screen-key-undo = undo
screen-key-redo = redo
screen-key-escape = close what is open; back to the newest line
screen-key-redraw = draw everything anew
screen-key-suspend = suspend; fg comes back
screen-key-leave = clear the line; leave when it is empty
screen-key-help = this page

# What chatctl says of itself, beside the sentences above.
chatctl-pong = The daemon answers.
chatctl-ended = The daemon has ended.
chatctl-not-ended = the daemon agreed, but has not ended after { $seconds } s; see its log
chatctl-said = Said in { $room }.
chatctl-deleted = (deleted)
chatctl-version = {"    "}until { $until }, by { $by }: { $text }
chatctl-no-users = Nobody is there.
chatctl-no-commands = No command is recorded.
chatctl-verify-sound = { $records ->
    [one] 1 record is sound.
   *[other] { $records } records are sound.
}
chatctl-verify-older = { $records ->
    [one] 1 record was there before the chain began; it shows what was done to it since then.
   *[other] { $records } records were there before the chain began; it shows what was done to them since then.
}
chatctl-verify-expired = { $records ->
    [one] 1 record has expired; its digest is still in the chain.
   *[other] { $records } records have expired; their digests are still in the chain.
}
chatctl-verify-anchor = Anchor: { $anchor }
chatctl-verify-held = The anchor is in the chain: nothing up to it was changed or cut off.
chatctl-verify-tail = Whether records were cut off at the end cannot be seen by the chain alone: compare with an anchor from the log, with --anchor.
chatctl-verify-not-held = the anchor is not in the chain, which was compared with it at record { $record }: records were cut off, or the chain was made anew
chatctl-verify-message = message { $seq } of { $room }
chatctl-verify-version = a change of message { $seq } of { $room }
chatctl-verify-command = entry { $command } of the record of commands
chatctl-verify-altered = { $what } was altered (record { $record } of the chain)
chatctl-verify-missing = { $what } is missing (record { $record } of the chain)
chatctl-verify-added = { $what } was added or moved: the chain does not have it there (record { $record })
chatctl-verify-broken = the chain is broken at record { $record }: it was changed or removed
chatctl-more-rooms = There are more rooms; name a channel to see its own.
chatctl-no-password = no password came on standard input
chatctl-passed = { $path }: { $found }; using { $used }
chatctl-no-daemon = no daemon answers. Tried:
chatctl-tried = {"  "}{ $path }: { $found }
chatctl-start-one = Start one with "chatd" or "systemctl start chatd", or name its control socket with --socket PATH or in CHATD_SOCKET.
chatctl-found-foreign = its directory belongs to another user
chatctl-found-forbidden = not permitted
chatctl-found-nothing = nothing is there
chatctl-found-nobody = nobody listens there; a daemon that ended may have left it
chatctl-found-other = it is not a chatd control socket
chatctl-found-stuck = it is there but takes no connections; the daemon may be stuck
chatctl-found-long = the path is too long for a socket
chatctl-not-permitted = not permitted to use { $path }: it is for the group "{ $group }". Run chatctl as root, or join the group with "usermod -aG { $group } NAME" and log in again.
chatctl-not-permitted-root = not permitted to use { $path }: it is for the group "root". Run chatctl as root, or set control.group in the configuration.
chatctl-lost = the daemon closed the connection before it answered; whether it did what was asked is not known. See its log.
chatctl-lost-told = the daemon closed the connection: { $told }
chatctl-silent = the daemon did not answer within { $seconds } s; it may be stopped or stuck. See its log.
chatctl-odd-answer = the daemon sent an answer that cannot be understood. Are chatctl and chatd of the same version?
chatctl-odd-line = the daemon sent a line that is not of its protocol. Are chatctl and chatd of the same version?
chatctl-odd-page = the daemon sent the same page twice. Are chatctl and chatd of the same version?
chatctl-copying = Copying
chatctl-checking = Checking
chatctl-fetching = Fetching
chatctl-backed-up = The backup is in { $file } ({ $size } bytes).
chatctl-backup-differs = what came differs from the copy that the daemon made; nothing was kept. Try again
chatctl-file = { $path }: { $why }
chatctl-file-there = { $path } is there already; name another file, or replace it with --force
chatctl-part-there = { $path } is there: another chatctl is writing it, or was broken off; then remove it
chatctl-exporting = Exporting
chatctl-exported = { $lines ->
    [one] 1 line exported to { $file }.
   *[other] { $lines } lines exported to { $file }.
}
chatctl-importing = Importing
chatctl-imported = Taken in: { $added }. There already: { $there }. Rooms: { $rooms }.
chatctl-imported-locked = Passwords are not exported: only the invited come into { $names } until you set others with "chatctl room set".
chatctl-import-whole = The file is whole. Messages: { $messages }. Rooms: { $rooms }.
chatctl-import-line = line { $line }: { $why }
chatctl-import-foreign = the file is no export of chatd
chatctl-import-newer = a newer chatd has written this; use the chatctl and chatd of that version
chatctl-import-no-object = the line is no JSON object; the file is damaged or was cut off
chatctl-import-long = the line is too long for an export
chatctl-import-cut = the file ends here without its last line: it was cut off. Import the whole one; what is there already is left out
chatctl-import-count = the file says that it has another number of lines: some are missing or were added
chatctl-import-more = there is more behind the end of the export
chatctl-output = cannot write the output: { $why }
chatctl-ending = it is ending
chatctl-once = once
chatctl-time-forms = write 2h, 15:30, today, yesterday, "yesterday 15:30", 2026-11-21, 2026-11-21T15:30 or RFC 3339
chatctl-time-beyond = it cannot be reckoned with: { $why }
chatctl-duration-forms = write a duration such as 30s, 5m or 2h
chatctl-term-forms = write a duration such as 30s, 10m, 2h or 7d; without one it holds until it is taken back
chatctl-pace-forms = write a duration of at most a day, such as 10s, or off
chatctl-anchor-forms = write an anchor as the log has it: a number, a colon and 64 hexadecimal digits
chatctl-head-nick = NICK
chatctl-head-role = ROLE
chatctl-head-rooms = ROOMS
chatctl-head-door = DOOR
chatctl-head-address = ADDRESS
chatctl-head-since = SINCE
chatctl-head-id = ID
chatctl-head-due = DUE
chatctl-head-every = EVERY
chatctl-head-room = ROOM
chatctl-head-from = FROM
chatctl-head-text = TEXT
chatctl-head-time = TIME
chatctl-head-actor = ACTOR
chatctl-head-command = COMMAND
chatctl-head-outcome = OUTCOME
chatctl-head-arguments = ARGUMENTS
chatctl-head-members = MEMBERS
chatctl-head-capacity = CAPACITY
chatctl-head-owner = OWNER
chatctl-head-marks = MARKS
chatctl-head-topic = TOPIC
chatctl-head-kind = KIND
chatctl-head-key = KEY
chatctl-head-running = RUNNING
chatctl-head-file = FILE
chatctl-head-applies = APPLIES
chatctl-applies-reload = with a reload
chatctl-applies-restart = after a restart
chatctl-config-same = The file says what runs.
chatctl-config-trial = What runs is on trial until { $at }: chatctl config confirm keeps it.
chatctl-config-how = Keep it with: chatctl config confirm. Go back at once with: chatctl config revert.
chatctl-head-who = WHO
chatctl-head-by = BY
chatctl-head-from-then = SINCE
chatctl-head-until = UNTIL
chatctl-head-reason = REASON
chatctl-mark-locked = locked
chatctl-mark-invite-only = invite-only
chatctl-mark-unlisted = unlisted
chatctl-mark-kept = kept
chatctl-mark-slow = slow { $span }
chatctl-status-daemon = { $server }, process { $pid }, up { $up } since { $since }
chatctl-status-people = people
chatctl-status-people-rooms = { $rooms ->
    [one] { $people } in 1 room
   *[other] { $people } in { $rooms } rooms
}
chatctl-status-connections = connections
chatctl-status-listening = listening
chatctl-status-talk = talk
chatctl-status-said = { $messages ->
    [one] 1 message, { $deliveries } delivered
   *[other] { $messages } messages, { $deliveries } delivered
}
chatctl-status-rates = now { $messages } said, { $deliveries } delivered; { $received } in, { $sent } out
chatctl-status-speed = speed
chatctl-status-turns = turns p50 { $p50 }, p99 { $p99 }
chatctl-status-commits = commits p50 { $p50 }, p99 { $p99 }
chatctl-status-database = database
chatctl-status-store = { $waiting ->
    [one] { $state }, 1 record waiting
   *[other] { $state }, { $waiting } records waiting
}
chatctl-status-why = { $line }: { $why }
chatctl-status-no-reason = no reason given
chatctl-status-path = { $path } (durability { $durability })
chatctl-status-refused = refused
chatctl-status-log = log
chatctl-status-dropped = { $lines ->
    [one] 1 line dropped
   *[other] { $lines } lines dropped
}
chatctl-none = none
chatctl-days = { $number } d
chatctl-hours = { $number } h
chatctl-minutes = { $number } min
chatctl-seconds = { $number } s
chatctl-help = Administer a chatd from the shell
chatctl-help-exit = Exit code: 0 done; 1 the daemon refused; 2 usage; 3 no daemon there; 4 not permitted.
chatctl-help-socket = The daemon's control socket [else: CHATD_SOCKET, then the usual places]
chatctl-help-json = Print what the daemon answered: one JSON object a line
chatctl-help-quiet = Print answers, but no receipts
chatctl-help-status = How the daemon is
chatctl-help-status-watch = Look again each second, with what happened meanwhile
chatctl-help-users = Who is there
chatctl-help-users-room = Only those in this room
chatctl-help-rooms = Which rooms there are
chatctl-help-rooms-channel = Only those of this channel
chatctl-help-room-command = Make rooms, change and close them
chatctl-help-room-create = Make a room
chatctl-help-room-set = Change a room's settings
chatctl-help-room-keep = Keep it when everybody has left
chatctl-help-room-keep-off = Keep it no longer
chatctl-help-room-close = Close a room; its history stays
chatctl-help-room-op = Make somebody a moderator
chatctl-help-room-deop = Make a moderator a member again
chatctl-help-room-transfer = Give a room to somebody else
chatctl-help-room-topic = What it is about
chatctl-help-room-capacity = How many may be in it, 0 for any number
chatctl-help-room-password = Lock it with this password; "-" reads a line from standard input
chatctl-help-room-no-password = Unlock it
chatctl-help-room-listed = Whether lists of rooms show it
chatctl-help-room-unlisted = Leave it out of lists of rooms
chatctl-help-room-invite-only = Let only the invited in
chatctl-help-room-slow = How long one waits between two messages: 10s, or off
chatctl-help-say = Say something in a room
chatctl-help-kick = Put somebody out of the server, or of one room
chatctl-help-kick-reason = What they and the record of commands are told
chatctl-help-sanction-room = Of this room only [else: of the whole server]
chatctl-help-sanction-for = How long: 30s, 10m, 2h, 7d [else: until it is taken back]
chatctl-help-ban = Keep somebody out, and put out whoever is in
chatctl-help-ban-who = A nickname, an address or a network such as 192.0.2.0/24
chatctl-help-unban = Let somebody in again
chatctl-help-bans = Who is banned and muted
chatctl-help-bans-room = Only those of this room
chatctl-help-mute = Keep somebody from speaking
chatctl-help-unmute = Let somebody speak again
chatctl-help-broadcast = Tell everybody in every room
chatctl-help-schedule = Have a message said at a time of the server's zone
chatctl-help-schedule-at = HH:MM, YYYY-MM-DDTHH:MM or +10m; with cron from when on, or "now"
chatctl-help-schedule-every = Again and again: daily, weekdays or the five fields of cron
chatctl-help-schedule-zone = Of which zone the time is, such as Asia/Seoul [else: the server's]
chatctl-help-room = Where [else: the default room]
chatctl-help-schedules = What is scheduled
chatctl-help-unschedule = Take back what was scheduled
chatctl-help-unschedule-id = The number that "schedules" shows
chatctl-help-history = What was said
chatctl-help-history-user = Only what this person said
chatctl-help-since = From this time on: 2h, 15:30, yesterday, 2026-11-21, RFC 3339
chatctl-help-history-until = Up to this time
chatctl-help-history-lines = How many lines, the newest [default: 50, or all with --since]
chatctl-help-history-follow = Go on with what is said from now on
chatctl-help-history-versions = Also what changed messages said before
chatctl-help-search = Find what was said, the newest first
chatctl-help-search-words = Words, "a phrase", begin*, -without, from:NICK, in:ROOM, since:2h
chatctl-help-search-room = Only in this room [else: everywhere]
chatctl-help-search-lines = How many at most [default: 50]
chatctl-help-commands = Who did what: the record of commands
chatctl-help-commands-rows = How many, the newest [default: 50, or all with --since]
chatctl-help-verify = Whether the history is as it was kept
chatctl-help-verify-anchor = Also whether this anchor, from the log, is in its chain
chatctl-help-backup = Copy the database while it runs, and look the copy through
chatctl-help-backup-file = Where the copy goes
chatctl-help-backup-force = Replace a file that is there
chatctl-help-export = Take the history elsewhere: rooms and all that was said in them
chatctl-help-export-room = Only this room [else: all of them]
chatctl-help-export-format = jsonl, as "import" reads it, or text for people [default: jsonl]
chatctl-help-export-file = Write it to this file [else: to standard output]
chatctl-help-import = Take in what another server has exported
chatctl-help-import-file = The export; "-" reads standard input
chatctl-help-import-dry-run = Only see whether the file is whole
chatctl-help-shutdown = Tell everybody and end the daemon
chatctl-help-shutdown-in = After this time: 30s, 5m, 2h
chatctl-help-shutdown-reason = What everybody is told
chatctl-help-reload = Read the configuration anew
chatctl-help-config = What the configuration file would change, and changing it with a way back
chatctl-help-config-diff = Show in what the file differs from what runs
chatctl-help-config-apply = Take the file over, as reload does
chatctl-help-config-within = Go back by itself after this time, such as 2m, unless confirmed
chatctl-help-config-confirm = Keep the configuration that is on trial
chatctl-help-config-revert = Go back to the configuration before the trial
chatctl-help-ping = Whether the daemon answers
chatctl-help-completions = Print what a shell needs to complete chatctl
chatctl-help-completions-shell = Of which shell: bash, zsh or fish
chatctl-help-man = Print the manual page chatctl(1)
chatctl-help-man-lang = Its language: en or ko [else: by LC_ALL, LC_MESSAGES, LANG]
chatctl-manual-who = Whoever may open the control socket of chatd is an admin; no nickname and no password is needed. In the record of commands an admin is "admin", with the user id.
chatctl-manual-where = The daemon is looked for at the path of --socket, at that of CHATD_SOCKET and at the files below. The first that answers is used; where one that was named does not, standard error says which it is instead.
chatctl-manual-print = Tables fit the terminal. Where the output is no terminal, they are in English, without colours and always of the same form; --json is for programs. Times are local ones.
chatctl-manual-socket = Path of the control socket.
chatctl-manual-file-user = Control socket of a daemon that the user has started.
chatctl-manual-file-tmp = The same, where the user has no such directory.
chatctl-manual-file-system = Control socket of the system's daemon.
chatctl-manual-status = Show how the server is, again each second.
chatctl-manual-mute = Keep Bob from speaking in the room quiz for ten minutes.
chatctl-manual-room = Make a room for five that stays when nobody is in it.
chatctl-manual-history = What was said in quiz in the last two hours, as one JSON object a line.
chatctl-manual-schedule = Have "Meeting" said in the default room at half past three from Monday to Friday.
chatctl-manual-export = Take all that was said to the server of another machine.
chatctl-manual-completions = Complete commands, options, rooms and nicknames with Tab in this bash.

# What chatctl doctor says; "→" stands before what mends it.
chatctl-help-doctor = Look for an admin's own mistakes, and say what mends each
chatctl-help-doctor-config = The configuration file [else: that of the daemon or of its unit]
chatctl-doctor-ok = ok
chatctl-doctor-note = note
chatctl-doctor-fault = FAULT
chatctl-doctor-healthy = No fault was found.
chatctl-doctor-faults = { $faults ->
    [one] one fault was found
   *[other] { $faults } faults were found
}
chatctl-doctor-up = { $server } answers (pid { $pid }); people: { $people }
chatctl-doctor-version = the daemon is of version { $server }, this chatctl of { $own }: restart the daemon after an upgrade
chatctl-doctor-forbidden = the control socket { $path } is for the group "{ $group }"; the daemon could not be asked
chatctl-doctor-silent = the daemon took the connection at { $path } and does not answer
chatctl-doctor-elsewhere = a chatd (pid { $pid }) has the database open, but nobody answers at { $path }: name its control socket with --socket
chatctl-doctor-down = no daemon runs; nobody answers at { $path }
chatctl-doctor-failed = the service has failed ({ $result }); the last it said: { $last }
chatctl-doctor-restarting = the service does not stay up ({ $sub }); the last it said: { $last }
chatctl-doctor-deaf = the service runs, but nobody answers at { $path }
chatctl-doctor-stopped = the service is stopped
chatctl-doctor-waiting = the service starts with the first one who connects to { $addresses }
chatctl-doctor-several = several chatd run: { $pids }
chatctl-doctor-masked = the unit chatd.service is masked: systemd never starts it
chatctl-doctor-no-unit = systemd knows no unit chatd.service: it is started by hand or by something else
chatctl-doctor-bad-unit = systemd cannot load the unit chatd.service: { $load }
chatctl-doctor-unit-changed = the unit file has changed since systemd read it
chatctl-doctor-unit-overridden = { $path } stands in place of the unit that was installed, and does not follow its upgrades
chatctl-doctor-drop-ins = the unit has additions: { $files }
chatctl-doctor-no-program = the unit starts { $path }, which is not there
chatctl-doctor-unit = the unit is as it was installed: { $path }
chatctl-doctor-replaced = the program was replaced while the daemon runs (pid { $pid }): the old version is still in use
chatctl-doctor-unseen-program = whether the running program (pid { $pid }) is the installed one may only root see
chatctl-doctor-no-config = there is no configuration file; the defaults apply
chatctl-doctor-config = { $path }: no problems
chatctl-doctor-config-gone = there is no configuration file { $path }
chatctl-doctor-config-closed = the daemon's user cannot read { $path }: the next start would fail
chatctl-doctor-no-chatd = no chatd was found that could check { $path }
chatctl-doctor-problem = { $problem }
chatctl-doctor-loopback = only this machine can reach { $addresses }; others need [[listen]] address = "0.0.0.0:9999" or a proxy
chatctl-doctor-listening = addresses: { $addresses }
chatctl-doctor-taken-by = { $address } is taken by { $program } (pid { $pid })
chatctl-doctor-taken = { $address } is taken by another program, which only root may see
chatctl-doctor-no-group = there is no group "{ $group }": only root can use chatctl
chatctl-doctor-empty-group = nobody is in the group "{ $group }": only root can use chatctl
chatctl-doctor-group = the group "{ $group }" has: { $members }
chatctl-doctor-in-group = { $user } is in the group "{ $group }"
chatctl-doctor-not-in-group = { $user } is not in the group "{ $group }"; after the change log in again
chatctl-doctor-log-in-again = { $user } is in the group "{ $group }", but this login began before that: log in again
chatctl-doctor-unseen = { $path } could not be looked at: { $why }
chatctl-doctor-no-directory = there is no directory { $path } yet; chatd makes it at its first start
chatctl-doctor-not-directory = { $path } is no directory
chatctl-doctor-not-file = { $path } is no plain file
chatctl-doctor-not-socket = { $path } is no socket, so chatd cannot make its own there
chatctl-doctor-open-socket = anybody on this machine may use { $path } and is an admin by it
chatctl-doctor-writable = others may write { $path }
chatctl-doctor-readable = everybody on this machine can read { $path }
chatctl-doctor-closed = its owner may not read and write { $path }
chatctl-doctor-owner = { $path } belongs to uid { $uid }, and chatd runs as uid { $wanted }
chatctl-doctor-files = owners and permissions are as they should be: { $path }
chatctl-doctor-no-certificate = there is no file { $path }, which [tls] names
chatctl-doctor-bad-certificate = { $path } is no certificate in PEM form: { $why }
chatctl-doctor-expired = the certificate { $path } has expired on { $until }
chatctl-doctor-not-yet = the certificate { $path } does not hold before { $from }; is the clock right?
chatctl-doctor-expires = the certificate { $path } ends in { $days } days, on { $until }: renew it
chatctl-doctor-certificate = the certificate { $path } holds until { $until }
chatctl-doctor-key-open = everybody on this machine can read the key { $path }
chatctl-doctor-key = the key is there: { $path }
chatctl-doctor-read-only = the disk under { $path } is mounted read-only
chatctl-doctor-full = the disk under { $path } is full: { $free } free
chatctl-doctor-no-inodes = the disk under { $path } can take no more files
chatctl-doctor-no-room = no room for a backup in { $path }: { $free } free, the database has { $size }
chatctl-doctor-disk = { $free } free in { $path }, the database has { $size }
chatctl-doctor-descriptors = the daemon may have { $allowed } descriptors, and limits.connections needs { $wanted }
chatctl-doctor-descriptors-enough = the daemon may have { $allowed } descriptors; limits.connections needs { $wanted }
chatctl-doctor-degraded = the daemon cannot use its database ({ $state }): { $reason }
chatctl-doctor-log-lost = { $lines } log lines were lost since the start
chatctl-doctor-large = the database { $path } is too large to be looked through here
chatctl-doctor-begun = the first { $records } records of the history are as they were kept; it has more than could be looked through here
chatctl-doctor-unasked = whether the history is as it was kept could not be asked
chatctl-doctor-unsound = the history is not as it was kept
chatctl-doctor-sound = the history is as it was kept; records: { $records }
chatctl-doctor-no-database = there is no database { $path } yet
chatctl-doctor-file-sound = the database { $path } is sound
chatctl-doctor-file-behind = the database { $path } is sound; its newest talk is in the file -wal, from which chatd goes on
chatctl-doctor-file-unknown = the database { $path } looks damaged ({ $why }), which its file -wal may mend at the next start
chatctl-doctor-file-damaged = the database { $path } is damaged: { $why }
chatctl-doctor-clock = the clock follows others
chatctl-doctor-clock-alone = the clock does not follow any other
chatctl-doctor-clock-behind = the clock is { $minutes } minutes behind the newest record of the database

# What both say of their command lines, beside their own help.
shell-usage = Usage:
shell-commands = Commands
shell-arguments = Arguments
shell-options = Options
shell-help = Print help
shell-version = Print version
shell-help-command = Print this message or the help of a command
shell-default = [default: { $value }]
shell-error = error: { $why }
shell-try = For more information, try "--help".
shell-unknown-command = there is no command "{ $name }"
shell-unknown-command-near = there is no command "{ $name }"; did you mean "{ $nearest }"?
shell-no-command = a command is needed
shell-unknown = there is no argument "{ $argument }" here
shell-unknown-near = there is no argument "{ $argument }" here; did you mean "{ $nearest }"?
shell-missing = something is missing: { $arguments }
shell-conflict = "{ $argument }" and "{ $other }" do not go together
shell-no-number = it is no whole number from 0 on
shell-no-value = "{ $argument }" needs a value
shell-wrong = "{ $value }" is no value for "{ $argument }"
shell-wrong-why = "{ $value }" is no value for "{ $argument }": { $why }

# What the manual pages made of command lines have of their own.
manual-name = NAME
manual-synopsis = SYNOPSIS
manual-description = DESCRIPTION
manual-arguments = ARGUMENTS
manual-options = OPTIONS
manual-commands = COMMANDS
manual-exit = EXIT STATUS
manual-environment = ENVIRONMENT
manual-files = FILES
manual-examples = EXAMPLES
manual-see-also = SEE ALSO
manual-lang = The language: the first of them that is set decides, and what is not Korean is English.
manual-no-color = Set to anything: no colours.
