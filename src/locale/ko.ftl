# 서버의 한국어 문장. 차례와 id는 en.ftl과 같다.
# 앞말의 받침에 따라 바뀌는 조사는 { JOSA($room, "을") }처럼 쓴다(josa.rs).

greeting = { $server }에 오신 것을 환영합니다. 닉네임을 입력하세요:
choose-another = 다른 닉네임을 입력하세요:
error = 오류: { $sentence }

whisper-from = [{ $from } 님의 귓속말]
scheduled-by = [{ $from } 님의 예약]
announcement-mark = [공지]
unrecorded-talk = (기록되지 않음)

welcome-alone = { $nick } 님, 환영합니다. { $room }에 혼자 있습니다.
welcome-with = { $nick } 님, 환영합니다. { $room }에 { $names } 님이 있습니다.
welcome-with-more = { $nick } 님, 환영합니다. { $room }에 { $names } 님 외 { $more }명이 있습니다.
kept = 여기서 나눈 대화와 귓속말은 보관됩니다.
kept-whispers-for = 여기서 나눈 대화는 보관되며, 귓속말은 { $whispers } 동안 보관됩니다.
kept-messages-for = 여기서 나눈 대화는 { $messages } 동안 보관되며, 귓속말은 기한 없이 보관됩니다.
kept-for = 여기서 나눈 대화는 { $messages } 동안, 귓속말은 { $whispers } 동안 보관됩니다.

joined = { $nick } 님이 { $room }에 들어왔습니다.
left = { $nick } 님이 { $room }에서 나갔습니다.
left-saying = { $nick } 님이 { $room }에서 나갔습니다: { $text }
lost = { $nick } 님의 연결이 끊어졌습니다.
renamed = { $from } 님이 닉네임을 "{ $to }"{ JOSA($to, "으로") } 바꿨습니다.
renamed-you = 닉네임을 "{ $nick }"{ JOSA($nick, "으로") } 바꿨습니다.
kicked = { $nick } 님이 강퇴되었습니다.
kicked-receipt = { $nick } 님을 강퇴했습니다.
kicked-you = { $by } 님이 강퇴하여 대화에서 나가게 되었습니다.
kicked-you-because = { $by } 님이 강퇴하여 대화에서 나가게 되었습니다. 사유: { $reason }
users = { $room }에 { $count }명이 있습니다: { $names }
users-everywhere = { $count ->
    [0] 아무도 없습니다.
   *[other] { $count }명이 있습니다: { $names }
}
users-none = { $room }에 아무도 없습니다.

entered-alone = { $room }에 혼자 있습니다.
entered-with = { $room }에 { $names } 님과 함께 있습니다.
entered-with-more = { $room }에 { $names } 님 외 { $more }명과 함께 있습니다.
rooms = 대화방: { $rooms }
rooms-more = 대화방: { $rooms } 외 { $more }개
rooms-none = 그런 대화방이 없습니다.
mark-locked = [잠김]
mark-invite = [초대 전용]
mark-unlisted = [비공개]
topic = { $room }의 주제: { $topic }
topic-none = { $room }의 주제를 지웠습니다.
topic-set = { $by } 님이 { $room }의 주제를 정했습니다: { $topic }
topic-removed = { $by } 님이 { $room }의 주제를 지웠습니다.
room-created = 대화방 { $room }{ JOSA($room, "을") } 만들었습니다. /입장 { $room }{ JOSA($room, "으로") } 들어갈 수 있습니다.
room-set = { $room }의 설정을 바꿨습니다.
room-changed = { $by } 님이 { $room }의 설정을 바꿨습니다.
room-closed = { $by } 님이 { $room }{ JOSA($room, "을") } 닫았습니다.
room-closed-receipt = { $room }{ JOSA($room, "을") } 닫았습니다.
left-you = { $room }에서 나왔습니다.
invited = { $by } 님이 { $room }에 초대했습니다. /입장 { $room }{ JOSA($room, "으로") } 들어갈 수 있습니다.
invited-receipt = { $nick } 님을 { $room }에 초대했습니다.
role-owner = 이제 { $nick } 님이 { $room }의 방장입니다.
role-owner-you = 이제 { $room }의 방장입니다.
role-moderator = 이제 { $nick } 님이 { $room }의 운영자입니다.
role-moderator-you = 이제 { $room }의 운영자입니다.
role-member = { $nick } 님은 더 이상 { $room }의 운영자가 아닙니다.
role-member-you = 더 이상 { $room }의 운영자가 아닙니다.

whisper-asked = 누구에게 귓속말을 보낼까요? 닉네임만 입력하면 귓속말 대화가 열리고, 닉네임과 내용을 함께 입력하면 한 번만 보냅니다:
whisper-opened = { $nick } 님이 귓속말 대화를 시작했습니다. /종료를 입력할 때까지 입력한 내용은 { $nick } 님에게만 전달됩니다. 대화방에 말하려면 /say를 쓰세요.
whisper-opened-you = { $nick } 님과 귓속말 대화를 시작합니다. /종료를 입력할 때까지 입력한 내용은 { $nick } 님에게만 전달됩니다. 대화방에 말하려면 /say를 쓰세요.
whisper-closed = { $nick } 님이 귓속말 대화를 끝냈습니다.
whisper-closed-left = { $nick } 님이 나가서 귓속말 대화가 끝났습니다.
whisper-closed-lost = { $nick } 님의 연결이 끊어져 귓속말 대화가 끝났습니다.
whisper-waits = { $names } 님의 연결이 끊겨 있습니다. 다시 연결되면 이 귓속말을 읽게 됩니다.
whisper-closed-you = { $nick } 님과의 귓속말 대화를 끝냈습니다.
whisper-closed-already = 귓속말 대화가 이미 끝났습니다.

offer-heard = { $from } 님이 파일을 보내려고 합니다: { $name } ({ $size }). chatc나 웹 페이지에서 받을 수 있고, 거절하려면 /거절을 입력하세요.
offer-accepted = 상대방이 파일 { $name }{ JOSA($name, "을") } 받기로 했습니다.
offer-declined = 상대방이 파일 { $name }{ JOSA($name, "을") } 거절했습니다.
offer-cancelled = 파일 { $name }의 전송이 취소되었습니다.
offer-cancelled-because = 파일 { $name }의 전송이 취소되었습니다: { $reason }.
offer-done = 파일 { $name }의 전송이 끝났습니다.
offer-expired = 파일 { $name }{ JOSA($name, "을") } 제때 받지 않아 전송이 취소되었습니다.
offer-failed = 상대방이 나가서 파일 { $name }{ JOSA($name, "을") } 전송하지 못했습니다.
declined-receipt = 파일을 거절했습니다.
cancelled-receipt = 파일 전송을 취소했습니다.

edited-talk = (수정됨)
edited-by = ({ $by } 님이 수정함)
edited-receipt = 메시지를 수정했습니다.
deleted = { $by } 님이 메시지를 삭제했습니다.
deleted-by = { $by } 님이 { $from } 님의 메시지를 삭제했습니다.
deleted-receipt = 메시지를 삭제했습니다.

kicked-room = { $nick } 님이 { $room }에서 강퇴되었습니다.
kicked-receipt-room = { $nick } 님을 { $room }에서 강퇴했습니다.
kicked-you-room = { $by } 님이 강퇴하여 { $room }에서 나가게 되었습니다.
kicked-you-room-because = { $by } 님이 강퇴하여 { $room }에서 나가게 되었습니다. 사유: { $reason }
banned-somebody = { $where ->
    [room] { $nick } 님이 { $room }에서{" "}
   *[none] { $nick } 님이{" "}
}{ $until ->
    [left] { $left } 동안{" "}
   *[none] {""}
}차단되었습니다.{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
banned-you = { $where ->
    [room] { $by } 님이 { $room }에서{" "}
   *[none] { $by } 님이{" "}
}{ $until ->
    [left] { $left } 동안{" "}
   *[none] {""}
}차단하여 나가게 되었습니다.{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
banned-receipt = { $where ->
    [room] { $nick }{ JOSA($nick, "을") } { $room }에서{" "}
   *[none] { $nick }{ JOSA($nick, "을") }{" "}
}{ $until ->
    [left] { $left } 동안{" "}
   *[none] {""}
}차단했습니다.{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
muted-somebody = { $where ->
    [room] { $nick } 님이 { $room }에서{" "}
   *[none] { $nick } 님이{" "}
}{ $until ->
    [left] { $left } 동안{" "}
   *[none] {""}
}음소거되었습니다.{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
muted-you = { $where ->
    [room] { $by } 님이 음소거하여 { $room }에서{" "}
   *[none] { $by } 님이 음소거하여{" "}
}{ $until ->
    [left] { $left } 동안{" "}
   *[none] {""}
}말할 수 없습니다.{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
muted-receipt = { $where ->
    [room] { $nick } 님을 { $room }에서{" "}
   *[none] { $nick } 님을{" "}
}{ $until ->
    [left] { $left } 동안{" "}
   *[none] {""}
}음소거했습니다.{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
unbanned-receipt = { $where ->
    [room] { $room }에서 { $who }의 차단을 해제했습니다.
   *[none] { $who }의 차단을 해제했습니다.
}
unmuted-receipt = { $where ->
    [room] { $room }에서 { $who } 님의 음소거를 해제했습니다.
   *[none] { $who } 님의 음소거를 해제했습니다.
}
unmuted-you = { $where ->
    [room] { $by } 님이 { $room }에서 음소거를 해제했습니다. 이제 말할 수 있습니다.
   *[none] { $by } 님이 음소거를 해제했습니다. 이제 말할 수 있습니다.
}
bans-none = 차단되거나 음소거된 사람이 없습니다.
bans-row-ban = { $where ->
    [room] { $who }: { $room }에서 차단됨 ({ $by } 님이 설정
   *[none] { $who }: 차단됨 ({ $by } 님이 설정
}{ $until ->
    [left] , { $left } 남음).
   *[none] ).
}{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
bans-row-mute = { $where ->
    [room] { $who }: { $room }에서 음소거됨 ({ $by } 님이 설정
   *[none] { $who }: 음소거됨 ({ $by } 님이 설정
}{ $until ->
    [left] , { $left } 남음).
   *[none] ).
}{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
span-days = { $count }일
span-hours = { $count }시간
span-minutes = { $count }분
span-seconds = { $count }초

scheduled = { $schedule }번 메시지를 { $due }에 보내도록 예약했습니다.
scheduled-every = { $schedule }번 메시지를 반복해서 보내도록 예약했습니다: { $every }. 첫 번째는 { $due }에 보냅니다.
scheduled-sent = 예약한 { $schedule }번 메시지를 보냈습니다.
scheduled-missed = { $due }에 보내도록 예약한 { $schedule }번 메시지는 그때 서버가 꺼져 있었거나, 대화방이 없어졌거나, 말할 수 없는 상태여서 보내지 못했습니다: { $text }
scheduled-missed-next = { $due }에 보내도록 예약한 { $schedule }번 메시지는 그때 서버가 꺼져 있었거나, 대화방이 없어졌거나, 말할 수 없는 상태여서 보내지 못했습니다. 다음은 { $next }에 보냅니다: { $text }
schedules-none = 예약된 메시지가 없습니다.
schedules-row = { $schedule }번: { $due }, { $room }, { $from } 님: { $text }
schedules-row-every = { $schedule }번: { $every }, 다음 { $due }, { $room }, { $from } 님: { $text }
schedules-row-missed = { $schedule }번: 보내지 못함, { $due }, { $room }, { $from } 님: { $text }
every-daily = 매일 { $time }
every-weekdays = 평일 { $time }
every-cron = cron { $rule }
every-zone = { $every } ({ $zone })
unscheduled = 예약된 { $schedule }번 메시지를 취소했습니다.

history-none = 아직 { $room }에서 나눈 대화가 없습니다.
search-none = 찾은 메시지가 없습니다.
search-scanned = { $count ->
    [one] 색인에 없는 짧은 말이라 가장 최근 메시지 1개를 읽어 보았습니다.
   *[other] 색인에 없는 짧은 말이라 최근 메시지 { $count }개만 읽어 보았습니다.
}
search-partial = 시간 안에 모두 살펴보지 못했습니다. 낱말을 더하거나 since:2h를 붙여 찾으세요.
search-more = 더 있습니다. 낱말을 더하거나 from:닉네임을 붙여 찾으세요.
timestamps-on = 시간 표시를 켰습니다.
timestamps-off = 시간 표시를 껐습니다.
lang-now = 이제 한국어로 안내합니다.
announced = { $people }명에게 공지했습니다.
shutdown-at = { $at }에 서버를 종료합니다.
shutdown-in = { $minutes }분 뒤에 서버가 종료됩니다.
shutdown-in-because = { $minutes }분 뒤에 서버가 종료됩니다. 사유: { $reason }
unrecorded = 처리했지만 데이터베이스에 쓸 수 없어 기록을 남기지 못했습니다.
reloaded = 설정을 다시 읽었습니다.
config-tried = 새 설정을 적용했습니다. 확정하지 않으면 { $at }에 되돌립니다.
config-tried-partly = 새 설정을 적용했습니다. 확정하지 않으면 { $at }에 되돌립니다. 다음 키는 서버를 다시 시작해야 적용됩니다: { $keys }
config-confirmed = 설정을 확정했습니다.
config-reverted = 마지막으로 확정한 설정으로 되돌렸습니다. 파일에는 다른 설정이 그대로 있습니다.
config-reverted-partly = 마지막으로 확정한 설정으로 되돌렸습니다. 파일에는 다른 설정이 그대로 있습니다. 다음 키는 서버를 다시 시작해야 적용됩니다: { $keys }
reloaded-partly = 설정을 다시 읽었습니다. 다음 키는 서버를 다시 시작해야 적용됩니다: { $keys }
subscribed = 구독: { $room }
unsubscribed = 구독 해제: { $room }
pong = pong
storage-stalled = 디스크가 응답하지 않습니다
status-line = { $server }: { $people }명, 대화방 { $rooms }개.

help-head = 슬래시로 시작하지 않는 줄은 대화방에 전달됩니다. 명령어:
help-group = { $group } … - 같은 종류의 명령어가 더 있습니다. { $help }{ JOSA($help, "으로") } 볼 수 있습니다.
help-row = { $usage } - { $what }
help-usage = { $usage } - { $what } 다른 이름: { $names }

arg-nick = 닉네임
arg-text = 내용
arg-reason = 사유
arg-command = 명령어
arg-room = 대화방
arg-min = 분
arg-id = 번호
arg-n = 숫자
arg-topic = 주제
arg-password = 비밀번호
arg-query = 찾을말
arg-channel = 채널
arg-who = 닉네임|주소
arg-path = 경로
arg-name = 이름

help-help = 명령어를 안내합니다.
help-users = 대화방에 누가 있는지 보여 줍니다.
help-rename = 닉네임을 바꿉니다.
help-say = 대화방에서 말합니다.
help-whisper = 한 명 또는 여러 명에게 귓속말을 보냅니다.
help-schedule = 정한 시각에 대화방으로 메시지를 보내도록 예약합니다: 15:30, 2026-11-21T15:30, +10m. 반복하려면 매일 15:30 또는 평일 15:30처럼 입력합니다.
help-schedules = 내가 예약한 메시지와 내가 방장인 대화방의 예약을 보여 줍니다.
help-unschedule = 내가 예약했거나 내가 방장인 대화방에 예약된 메시지를 취소합니다.
help-history = 최근 대화를 보여 줍니다.
help-search = 지난 대화를 찾습니다. 모든 낱말, "이어진 말", 앞부분*, -뺄말, from:닉네임, in:대화방, since:2h처럼 입력합니다.
help-action = 내 행동을 표현합니다: * Alice 손을 흔듭니다.
help-edit = 마지막으로 한 말을 수정합니다.
help-delete = 마지막으로 한 말이나 그 번호의 메시지를 삭제합니다.
help-whisper_open = 귓속말 대화를 엽니다. 입력한 내용은 그 사람에게만 전달됩니다.
help-whisper_ask = 누구에게 귓속말을 보낼지 묻습니다.
help-whisper_close = 귓속말 대화를 끝냅니다.
help-file = 귓속말 대화 상대에게 파일을 보냅니다. chatc에서 씁니다.
help-accept_as = 상대가 보내려는 파일을 받습니다. 이름을 쓰면 그 이름으로 저장합니다. chatc에서 씁니다.
help-decline = 상대가 보내려는 파일을 거절합니다.
help-cancel = 파일 전송을 취소합니다.
help-offer = 귓속말 대화 상대에게 파일을 보내겠다고 합니다.
help-accept = 상대가 보내려는 파일을 받습니다.
help-received = 파일을 온전히 받았다고 알립니다.
help-join = 다른 대화방으로 옮깁니다. 그런 대화방이 없으면 새로 만듭니다.
help-leave = 기본 대화방으로 돌아갑니다.
help-rooms = 대화방 목록이나 한 채널의 대화방 목록을 보여 줍니다.
help-invite = 대화방에 초대하고 당사자에게 알립니다.
help-room_create = 대화방을 만들고 방장이 됩니다.
help-room_topic = 대화방의 주제를 정합니다. 방장과 운영자가 쓸 수 있습니다.
help-room_capacity = 대화방의 정원을 정합니다. 0이면 제한이 없습니다. 방장과 운영자가 쓸 수 있습니다.
help-room_lock = 비밀번호로 대화방을 잠급니다. 방장과 운영자가 쓸 수 있습니다.
help-room_unlock = 대화방의 잠금을 해제합니다. 방장과 운영자가 쓸 수 있습니다.
help-room_listed = 대화방을 목록에 표시합니다. 방장과 운영자가 쓸 수 있습니다.
help-room_unlisted = 대화방을 목록에서 숨깁니다. 방장과 운영자가 쓸 수 있습니다.
help-room_invite_only = 초대받은 사람만 들어오게 합니다. 방장과 운영자가 쓸 수 있습니다.
help-room_slow = 한 번 말한 뒤 다시 말할 때까지 기다리는 시간을 정합니다. 방장과 운영자가 쓸 수 있습니다.
help-room_op = 운영자로 정합니다. 방장이 쓸 수 있습니다.
help-room_deop = 운영자에서 해제합니다. 방장이 쓸 수 있습니다.
help-room_transfer = 다른 사람에게 방장을 넘깁니다. 방장이 쓸 수 있습니다.
help-room_close = 대화방을 닫습니다. 방장이 쓸 수 있습니다.
help-room_keep = 모두 나가도 대화방을 유지합니다. 관리자가 쓸 수 있습니다.
help-room_unkeep = 유지하지 않고, 모두 나가면 대화방이 없어지게 합니다. 관리자가 쓸 수 있습니다.
help-ban = 정한 시간 동안 또는 계속 들어오지 못하게 차단합니다. 방장, 운영자, 관리자가 쓸 수 있습니다.
help-unban = 차단을 해제합니다. 방장, 운영자, 관리자가 쓸 수 있습니다.
help-mute = 정한 시간 동안 또는 계속 말하지 못하게 합니다. 방장, 운영자, 관리자가 쓸 수 있습니다.
help-unmute = 음소거를 해제합니다. 방장, 운영자, 관리자가 쓸 수 있습니다.
help-bans = 차단되거나 음소거된 사람을 보여 줍니다. 방장, 운영자, 관리자가 쓸 수 있습니다.
help-mark_read = 대화방을 어디까지 읽었는지 기억합니다.
help-room_set = 대화방의 설정을 바꿉니다. 방장과 운영자가 쓸 수 있습니다.
help-room_role = 운영자나 일반 참여자로 정합니다. 방장이 쓸 수 있습니다.
help-timestamps = 각 메시지 앞에 날짜와 시각을 붙입니다.
help-lang = 서버 안내에 쓰는 언어를 고릅니다.
help-kick = 대화방에서 내보냅니다. 방장, 운영자, 관리자가 쓸 수 있습니다.
help-broadcast = 모든 대화방의 모두에게 공지합니다. 관리자가 쓸 수 있습니다.
help-shutdown = 서버를 종료합니다. 관리자가 쓸 수 있습니다.
help-quit = 다른 사람들에게 알리고 나갑니다.
help-quietquit = 알리지 않고 나갑니다.
help-hello = 닉네임을 정하고 들어갑니다.
help-resume = 끊어졌던 연결을 이어 다시 들어옵니다.
help-subscribe = 들어가지 않고 대화방의 대화를 받습니다.
help-unsubscribe = 대화방의 대화를 더 받지 않습니다.
help-ping = 서버가 응답하는지 확인합니다.
help-status = 서버의 상태를 보여 줍니다. 관리자가 쓸 수 있습니다.
help-complete = 입력하던 말을 완성할 수 있는 이름들을 알려 줍니다. 관리자가 쓸 수 있습니다.
help-config_diff = 설정 파일이 실행 중인 설정과 어떻게 다른지 봅니다. 관리자가 쓸 수 있습니다.
help-config_apply = 설정 파일을 적용합니다. 시험 삼아 적용할 수도 있습니다. 관리자가 쓸 수 있습니다.
help-config_confirm = 시험 중인 설정을 확정합니다. 관리자가 쓸 수 있습니다.
help-config_revert = 시험하기 전 설정으로 되돌립니다. 관리자가 쓸 수 있습니다.
help-reload = 서버가 설정을 다시 읽게 합니다. 관리자가 쓸 수 있습니다.
help-commands = 누가 무엇을 했는지 보여 줍니다. 관리자가 쓸 수 있습니다.
help-verify = 대화와 명령의 기록이 그대로인지 확인합니다. 관리자가 쓸 수 있습니다.
help-backup = 서버가 실행되는 동안 데이터베이스를 복사합니다. 관리자가 쓸 수 있습니다.
help-export = 대화 기록을 다른 곳으로 옮길 수 있게 내보냅니다. 관리자가 쓸 수 있습니다.
help-import = 다른 서버가 내보낸 대화 기록을 가져옵니다. 관리자가 쓸 수 있습니다.

closing-shutdown = 서버가 종료됩니다.
closing-shutdown-because = 서버가 종료됩니다. 사유: { $reason }
closing-flood = 요청을 너무 빨리, 너무 많이 보내 연결을 끊었습니다.
closing-overlong = 너무 긴 줄을 보내 연결을 끊었습니다.
closing-login = 제시간에 닉네임을 정하지 않아 연결을 끊었습니다.
closing-idle = 오랫동안 아무 말이 없어 연결을 끊었습니다.
closing-slow = 서버가 보낸 내용을 읽는 속도가 너무 느려 연결을 끊었습니다.
closing-not-allowed = 이제 이 대화방의 내용을 받아 볼 수 없습니다.
closing-replaced = 다른 연결로 다시 들어오셔서 이 연결을 닫습니다.
closing-full = 서버가 가득 찼습니다. 잠시 뒤에 다시 시도하세요.
closing-address = 같은 주소에서 온 연결이 너무 많습니다.
closing-protocol = 여기는 채팅 서버입니다. 텍스트 줄이나 JSON 객체를 보내세요.
http-nothing-here = 이 주소에는 아무것도 없습니다.
http-metrics-refused = 이 수치는 서버가 있는 컴퓨터에서만 읽을 수 있습니다. 다른 곳에서도 읽게 하려면 chatd.toml에 http.metrics = "anyone"을 넣고 설정을 다시 읽으세요.
http-method = 이 주소에서는 그 메서드를 쓸 수 없습니다.
http-origin = 다른 곳의 페이지에서는 할 수 없습니다. 허용하려면 http.allowed_origins에 적으세요.
http-events-version = 서버가 보내는 이벤트에는 HTTP/1.1이 필요합니다.
http-too-many = 이 주소에서 온 연결이 이미 너무 많습니다.
transfer-unknown = 이 토큰에 해당하는 파일 전송이 없습니다.
transfer-not-accepted = 상대방이 아직 파일을 받기로 하지 않았습니다.
transfer-over = 파일 전송이 끝났습니다.
transfer-busy = 이 전송에는 같은 쪽이 이미 연결되어 있습니다.
transfer-full = 이 서버를 거쳐 가는 파일이 너무 많습니다. 잠시 뒤에 다시 시도하세요.
transfer-waited = 전송 상대가 제때 연결하지 않았습니다.
transfer-stalled = 너무 오랫동안 아무것도 오가지 않았습니다.
transfer-broken = 전송 상대의 연결이 끊어졌습니다. 받는 쪽이 받은 곳부터 다시 시작하세요.
transfer-chunked = 본문의 길이를 Content-Length로 알려야 합니다.
transfer-length = 본문의 길이가 보내기로 한 파일과 다릅니다.
transfer-range = 받는 쪽이 기다리는 바이트부터 파일 끝까지가 아닙니다.
websocket-upgrade = 이 주소는 버전 13의 웹소켓만 받습니다.
websocket-key = 웹소켓의 키는 base64로 적은 16바이트여야 합니다.
websocket-subprotocol = 여기서는 웹소켓 서브프로토콜을 쓰지 않습니다. 빼고 연결하세요.
http-refused = 요청을 거절했습니다: { $why }.
http-early-end = 헤더가 너무 일찍 끝났습니다
http-no-http = HTTP가 아닙니다
http-line-end = CRLF로 끝나지 않는 줄이 있습니다
http-zero = 0 바이트가 들어 있습니다
http-no-version = 첫 줄에 HTTP 버전이 없습니다
http-ascii = ASCII가 아닌 헤더가 있습니다
http-target = 요청 대상이 경로가 아닙니다
http-length = 본문의 길이가 하나의 수가 아닙니다
http-body-coding = 이 버전에 없는 본문 인코딩을 썼습니다
http-two-lengths = 본문에 길이와 인코딩이 모두 있습니다
http-host = Host 헤더는 하나여야 합니다
http-no-body = 이 메서드에는 본문을 쓸 수 없습니다
http-chunk = 본문의 조각이 적힌 길이와 다릅니다
http-chunk-line = 본문의 조각 사이에 있는 줄이 너무 깁니다
http-chunk-size = 본문의 조각 길이가 수만으로 되어 있지 않습니다
http-trailers = 본문 뒤의 트레일러는 받지 않습니다
http-long-line = 첫 줄이 너무 깁니다
http-large-head = 헤더가 너무 큽니다
http-large-body = 본문이 너무 큽니다
http-expectation = 기대하는 것을 여기서는 할 수 없습니다
http-coding = 본문의 인코딩을 알 수 없습니다
http-version = 이 HTTP 버전은 쓸 수 없습니다
not-yet-irc = 이 서버는 아직 IRC를 지원하지 않습니다. nc나 chatc로 연결하세요.

bad-utf8 = 올바른 UTF-8이 아닙니다.
bad-json = JSON 객체가 아닙니다: { $why }
bad-depth = 객체가 너무 깊게 중첩되었습니다.
bad-field = 이 요청에는 "{ $field }" 필드가 없습니다.
bad-double = "{ $field }" 필드가 두 번 있습니다.
bad-missing = "{ $field }" 필드가 빠졌습니다.
bad-type-text = "{ $field }" 필드는 문자열이어야 합니다.
bad-type-number = "{ $field }" 필드는 0 이상의 정수여야 합니다.
bad-type-flag = "{ $field }" 필드는 true 또는 false여야 합니다.
bad-type-list = "{ $field }" 필드는 문자열이나 문자열 목록이어야 합니다.
bad-type-seqs = "{ $field }" 필드는 방 이름마다 번호를 적은 객체여야 합니다.
bad-type-lines = "{ $field }" 필드는 객체의 목록이어야 합니다.
bad-empty = 내용이 없습니다.
bad-id = "id" 필드는 0 이상의 정수이거나 64바이트 이하의 문자열이어야 합니다.
bad-lang = "{ $lang }" 언어는 지원하지 않습니다. en이나 ko를 고르세요.
bad-char = 내용에 제어 문자가 있습니다.
unknown-command = "{ $name }" 명령어는 없습니다. /help를 입력하면 명령어를 볼 수 있습니다.
unknown-command-near = "{ $name }" 명령어는 없습니다. { $nearest }{ JOSA($nearest, "을") } 찾으셨나요?
usage = 이렇게 입력하세요: { $usage }
usage-json = "{ $name }" 명령에 빠진 것이 있습니다.
too-long = 너무 깁니다. 한도는 { $max }입니다.
not-logged-in = 먼저 닉네임을 정하세요.
no-session = 이 세션은 이미 끝났습니다. 닉네임을 정해 새로 들어오세요.
already-in = 이미 { $nick } 님으로 들어와 있습니다. 닉네임은 rename으로 바꾸세요.
nick-in-use = "{ $nick }" 닉네임은 이미 사용 중입니다.
bad-nick = "{ $nick }" 닉네임은 사용할 수 없습니다: { $fault }.
fault-empty = 비어 있습니다
fault-space = 공백이 있습니다
fault-long = 32자를 넘습니다
fault-forbidden = "{ $char }" 문자가 있습니다
fault-invisible = 보이지 않는 문자가 있습니다
fault-marks = 결합 문자로 시작하거나 결합 문자가 너무 많습니다
fault-scripts = 모양이 비슷한 여러 문자 체계가 섞여 있습니다
fault-reserved = 예약된 이름입니다
fault-symbol = 글자나 숫자가 아닌 기호가 있습니다
no-such-user = "{ $nick }" 님을 찾을 수 없습니다.
no-such-room = "{ $room }" 대화방을 찾을 수 없습니다.
not-in-room = { $room }에 들어가 있지 않습니다.
room-full = 대화방 { $room }{ JOSA($room, "이") } 가득 찼습니다.
banned = { $where ->
    [room] { $room }에서 차단되어 있습니다
   *[none] 차단되어 있습니다
}{ $until ->
    [left] {" "}({ $left } 남음).
   *[none] .
}{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
muted = { $where ->
    [room] 음소거되어 { $room }에서 말할 수 없습니다
   *[none] 음소거되어 말할 수 없습니다
}{ $until ->
    [left] {" "}({ $left } 남음).
   *[none] .
}{ $why ->
    [because] {" "}사유: { $reason }
   *[none] {""}
}
bad-role = "{ $role }" 역할은 없습니다. owner, moderator, member 가운데 고르세요.
bad-room = "{ $room }"{ JOSA($room, "은") } 대화방 이름으로 쓸 수 없습니다. { $fault }.
room-exists = 대화방 { $room }{ JOSA($room, "이") } 이미 있습니다.
room-locked = 대화방 { $room }{ JOSA($room, "은") } 잠겨 있습니다. 비밀번호를 함께 입력해 들어가세요.
room-locked-wrong = { $room }의 비밀번호가 아닙니다.
room-invite-only = 대화방 { $room }에는 초대받은 사람만 들어갈 수 있습니다.
nowhere-else = { $room }에서는 더 나갈 곳이 없습니다. 대화를 끝내려면 /종료를 입력하세요.
not-here = { $nick } 님은 { $room }에 없습니다.
too-soon = { $room }에는 말하는 간격이 정해져 있습니다. { $wait } 뒤에 다시 말해 주세요.
busy = { $nick } 님은 다른 사람과 귓속말 대화 중입니다.
busy-yourself = { $nick } 님과 귓속말 대화 중입니다. 먼저 /종료를 입력해 끝내세요.
no-partner = 귓속말 대화 중이 아닙니다.
no-file-partner = 파일은 귓속말 대화 상대에게 보냅니다. 먼저 /귓속말 닉네임으로 대화를 여세요.
files-by-program = 파일은 여기에서가 아니라 chatc나 웹 페이지에서 보내고 받습니다.
bad-file = 이 파일은 보낼 수 없습니다: { $fault }.
file-fault-name = 이름은 1~255바이트여야 하고 슬래시나 보이지 않는 문자가 없어야 합니다
file-fault-size = 크기는 9007199254740991 이하의 바이트 수여야 합니다
file-fault-hash = 해시는 소문자 16진수 64자리의 BLAKE3-256이어야 합니다
file-fault-direct = direct는 192.0.2.7:4000처럼 주소와 포트여야 합니다
file-too-large = 여기에서는 { $max }까지의 파일만 보낼 수 있습니다.
no-offer = 그런 파일이 없습니다. 보내려고 한 적이 없거나 이미 끝났습니다.
which-offer = 파일이 여러 개 있습니다. 번호로 골라 주세요.
no-message = { $room }에 { $seq }번 메시지가 없습니다.
no-message-own = 아직 { $room }에서 한 말이 없습니다.
not-yours = 다른 사람의 메시지는 바꿀 수 없습니다.
too-late = 이 메시지를 수정하거나 삭제할 수 있는 시간이 지났습니다.
bad-who = "{ $who }"{ JOSA($who, "은") } 닉네임도 주소도 아닙니다.
not-banned = "{ $who }"{ JOSA($who, "은") } 차단되어 있지 않습니다.
not-muted = "{ $who }" 님은 음소거되어 있지 않습니다.
not-allowed = 권한이 없습니다.
bad-time = "{ $text }"{ JOSA($text, "은") } 지금부터 1년 안의 시각이 아닙니다. 15:30, +10m 또는 2026-11-21T15:30처럼 입력하세요.
bad-duration = "{ $text }"{ JOSA($text, "은") } 기간이 아니거나 너무 깁니다. 10s, 5m, 2h, 7d처럼 입력하세요.
bad-rule = "{ $text }"{ JOSA($text, "은") } 반복 규칙이 아니거나 그런 때가 오지 않습니다. 매일 15:30, 평일 15:30 또는 0 9 * * 1-5 같은 cron 다섯 칸으로 입력하세요.
bad-zone = "{ $text }"{ JOSA($text, "은") } 시간대 이름이 아닙니다. Asia/Seoul처럼 입력하세요.
bad-query = 검색어의 { $at }번째 글자를 이해하지 못했습니다. { $why }.
query-quote = 따옴표는 이어진 말의 앞과 뒤에 하나씩 붙입니다
query-star = 별표는 낱말 끝에 붙입니다
query-empty = 여기에 빠진 것이 있습니다
query-filter = from:, in:, since:를 쓸 수 있습니다. 쌍점이 든 말은 따옴표로 감싸세요
query-twice = 두 번 주어졌습니다
query-minus = 빼기표는 낱말이나 이어진 말 앞에 붙입니다
query-time = 2h, 2026-11-21, 2026-11-21T15:30 또는 RFC 3339처럼 입력하세요
query-many = 낱말이 너무 많습니다
query-nothing = 찾을 낱말이 있어야 합니다
backup-runs = 다른 백업을 만드는 중입니다. 끝난 뒤에 다시 하세요.
no-backup = 그 번호의 백업이 없습니다.
backup-failed = 백업하지 못했습니다: { $why }.
bad-import = { $room }의 { $seq }번 메시지: { $why }.
bad-import-line = { $why }.
bad-import-room = 대화방 { $room }: { $why }.
import-form = 내보낸 파일의 줄이 아닙니다({ $why })
import-name = 이름을 쓸 수 없습니다({ $fault })
import-text = 허용되지 않는 글이나 설정이 있습니다
import-versions = 수정 내역이 서로 맞지 않습니다
import-future = 아직 오지 않은 시각의 메시지입니다. 두 컴퓨터의 시계를 맞추세요
import-no-room = 그 대화방을 설명하는 줄이 앞에 없습니다
import-public = 저쪽에서는 비공개였던 대화방이 여기서는 누구에게나 열려 있습니다. 먼저 닫거나 비공개로 바꾸세요
import-differs = 여기에는 이미 다른 메시지가 있습니다
import-hole = 여기서는 이 대화방이 { $next }번 메시지로 이어져야 합니다
import-earlier = 바로 앞의 메시지보다 먼저 쓰인 것입니다
not-found = 예약된 { $schedule }번 메시지가 없습니다.
too-many = 너무 많습니다. 한도는 { $max }입니다.
rate-limited = 너무 빠릅니다. { $seconds }초 뒤에 다시 시도하세요.
storage-unavailable = 지금은 데이터베이스에 쓸 수 없어 저장하지 못했습니다. 잠시 뒤에 다시 시도하세요.
shutting-down = 서버가 종료되는 중입니다.
config-nothing-waits = 확정을 기다리는 설정이 없습니다.
bad-config = 설정을 다시 읽지 못했습니다: { $problems }

# chatc가 스스로 하는 말.
chatc-choose = 닉네임을 입력하세요:
chatc-still = 아직 { $room }에 있습니다.
chatc-whispered = [{ $names } 님에게 귓속말] { $text }
chatc-away = 연결이 끊어졌습니다. 다시 연결하는 중입니다.
chatc-away-unsent = 연결이 끊어져 "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다. 다시 연결되면 한 번 더 보내세요.
chatc-back = { $nick } 님으로 다시 연결되었습니다.
chatc-missed = 연결이 끊어진 동안 오간 말: { $rooms }.
chatc-anew = 서버에 이전 대화가 남아 있지 않아 새로 들어갑니다.
chatc-now-in = 지금은 { $room }에 있습니다.
chatc-lost = 연결이 끊어졌습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-closed = 연결이 닫혔습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-lost-unsent = 연결이 끊어져 "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-closed-unsent = 연결이 닫혀 "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-ended = { $why }. 연결을 끝냈습니다.
chatc-unsent = "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다: { $why }
chatc-why-lost = 연결이 끊어졌습니다
chatc-why-closed = 연결이 닫혔습니다
chatc-why-silent = 서버가 제시간에 응답하지 않았습니다
chatc-why-nonsense = 서버가 chatd의 프로토콜에 없는 내용을 보냈습니다(chatd가 맞는지 확인하세요)
chatc-why-unreadable = 서버의 응답을 이해할 수 없습니다
chatc-why-endless = 서버가 너무 긴 줄을 보냈습니다
chatc-why-interrupted = 중단되었습니다
chatc-no-room = 대화방이 필요합니다: -r ROOM
chatc-exec-failed = { $program } 실행에 실패했습니다: { $why }
chatc-config-wrong = { $path }: { $why }
chatc-config-long = { $max }바이트보다 깁니다
chatc-no-nick = 닉네임이 필요합니다: chatc NICK@{ $address }
chatc-not-found = { $address }{ JOSA($address, "을") } 찾을 수 없습니다: { $why }. 호스트 이름이 맞나요?
chatc-not-there = { $address }에 연결할 수 없습니다: { $why }. 거기에 chatd가 실행 중인가요?
chatc-no-address = 주소가 없습니다
chatc-no-log = 대화 기록 { $path }에 쓸 수 없습니다: { $why }. 대화를 기록하지 않습니다.
chatc-log-not-file = 일반 파일이 아닙니다
chatc-log-foreign = 다른 사용자의 파일입니다
chatc-no-interrupts = Ctrl-C를 감시할 수 없습니다: { $why }
chatc-help = 터미널에서 채팅하거나 대화방으로 줄을 보냅니다
chatc-help-target = 채팅할 곳과 사용할 닉네임 [없으면: 127.0.0.1:9999]
chatc-help-plain = 색과 전체 화면을 쓰지 않습니다
chatc-help-lang = chatc와 서버의 언어: en 또는 ko [없으면: LC_ALL, LC_MESSAGES, LANG에 따름]
chatc-help-log-dir = NICK_chat_log.txt를 쓸 곳 [없으면: .]
chatc-help-no-log = 채팅 기록 파일을 쓰지 않습니다
chatc-help-config = 설정 파일 [없으면: $XDG_CONFIG_HOME의 chatc/config.toml]
chatc-help-send = 대화방에서 말하고, 서버가 저장하면 끝납니다
chatc-help-send-room = 말할 대화방 [없으면: 모두가 처음 들어가는 대화방]
chatc-help-send-server = 서버와 사용할 닉네임 [없으면: 127.0.0.1:9999, 사용자 이름]
chatc-help-send-text = 할 말. 없으면 표준 입력의 각 줄
chatc-help-tail = 대화방에서 오가는 말을 이어서 보여 줍니다. 닉네임이 필요 없습니다
chatc-help-tail-room = 볼 대화방
chatc-help-tail-server = 서버 [없으면: 127.0.0.1:9999]
chatc-help-tail-lines = 먼저 보여 줄 지난 줄의 수
chatc-help-tail-json = 서버가 보낸 그대로, 한 줄에 JSON 객체 하나씩 출력합니다
chatc-help-tail-exec = 새 메시지마다 이 프로그램을 실행합니다. CHATC_ROOM, CHATC_FROM, CHATC_TEXT, CHATC_KIND, CHATC_SEQ, CHATC_AT, CHATC_MENTIONS를 환경 변수로 줍니다
chatc-help-tail-arguments = 그 프로그램의 인수
chatc-help-exit = 종료 코드: 0 모든 줄이 저장됨, 1 저장되지 않은 것이 있거나 연결이 끊어짐, 2 사용법 오류, 3 서버가 없음.
chatc-manual-lines = 터미널에서는 입력한 내용을 대화방에서 말합니다. "/"로 시작하는 줄은 명령어이며, "/help"를 입력하면 명령어 목록을 볼 수 있습니다. 표준 입력이 터미널이 아니면 각 줄을 대화방에서 말하고, 모든 줄이 서버의 데이터베이스에 저장되었는지를 종료 상태로 알립니다.
chatc-manual-target = 포트를 쓰지 않으면 9999이고, 대화방을 쓰지 않으면 서버가 정한 기본 대화방입니다. IPv6 주소는 대괄호로 감쌉니다. 터미널에서 NICK을 쓰지 않으면 닉네임을 묻지만, 스크립트에서는 반드시 써야 합니다.
chatc-manual-lost = 연결이 끊어지면 Ctrl-C를 누를 때까지 다시 연결하며, 스크립트에서는 몇 초 동안만 시도합니다. 다시 연결되면 쓰던 닉네임으로 돌아가 그동안 놓친 내용을 보여 줍니다.
chatc-manual-files = 귓속말 세션에서 "/파일전송 경로"를 입력하면 상대방에게 파일을 보내겠다고 알립니다. 상대방이 "/수락"을 입력하면 상대방의 chatc가 시작된 디렉터리에, "/수락 이름"을 입력하면 그 이름으로 저장되며, 이미 있는 파일은 절대 덮어쓰지 않습니다. 파일은 두 컴퓨터 사이에서 바로 가거나, 그럴 수 없으면 서버를 거쳐 갑니다. 연결이 끊어지면 멈춘 곳부터 이어지고, BLAKE3 체크섬이 맞아야 제 이름을 얻습니다. 어느 쪽이든 "/취소"로 멈출 수 있습니다. 파일을 보내거나 받는 스크립트는 그 일이 끝나야 끝나고, 성공했는지를 종료 상태로 알립니다.
chatc-manual-log = --log-dir의 디렉터리에 있습니다. 그 닉네임을 쓴 사람이 보고 말한 것을 날짜와 시각과 함께 적습니다.
chatc-manual-config = 매번 입력하지 않아도 되도록 적어 두는 곳입니다. server("NICK@HOST:PORT"), rooms(전체 화면에서 들어갈 대화방의 목록), lang, log(true 또는 false), log_dir, mouse(true 또는 false), notify("auto", "bell", "osc9", "osc777", "off")를 쓸 수 있습니다.
chatc-manual-tail = 대화방 ops의 새 메시지마다 프로그램을 실행합니다.
chatc-manual-send = 한 줄을 말하고, 저장되었는지를 종료 상태로 압니다.
chatc-manual-person = 네트워크에 있는 서버에서 Alice로 채팅합니다.
chatc-manual-script = 대화방 ci에서 한 줄을 말합니다.
file-asked = 어떤 파일을 보낼까요? 경로를 입력하세요.
file-heard = { $from } 님이 파일을 보내려고 합니다: { $name } ({ $size }). /수락을 입력하면 { $as }{ JOSA($as, "으로") } 저장하고, /수락 이름은 다른 이름으로 저장합니다. 거절하려면 /거절을 입력하세요.
file-offered = { $to } 님에게 파일을 보내겠다고 알렸습니다: { $name } ({ $size }). /취소로 거둘 수 있습니다.
file-comes = 파일 { $name }{ JOSA($name, "을") } 받기 시작합니다. { $as }{ JOSA($as, "으로") } 저장됩니다. 멈추려면 /취소를 입력하세요.
file-saved = 파일 { $name } ({ $size })의 내용을 { $as }{ JOSA($as, "으로") } 저장했습니다.
file-failed = 파일 { $name }{ JOSA($name, "을") } 전송하지 못했습니다: { $why }.
file-undone = "{ $line }"의 결과: { $why }
file-over = 연결이 끊긴 사이에 파일 { $name }의 전송이 끝났습니다. 잘 도착했는지 { $nick } 님에게 물어보세요.
file-which = 파일이 여럿입니다. 번호로 골라 주세요: { $files }.
file-row = { $percent }% { $rate }/s { $left } 남음
file-row-begins = { $percent }%
file-why-not-found = 그런 파일이 없습니다
file-why-directory = 디렉터리입니다
file-why-not-file = 일반 파일이 아닙니다
file-why-unreadable = 읽을 수 없습니다: { $why }
file-why-changed = 그사이에 파일이 바뀌었습니다
file-why-exists = 여기에 { $name }{ JOSA($name, "이라") }는 파일이 이미 있습니다. /수락 이름으로 다른 이름을 주세요
file-why-full = 남은 공간이 모자랍니다
file-why-unwritable = 여기에 저장할 수 없습니다: { $why }
file-why-checksum = 받은 내용이 보내려던 파일과 다릅니다
file-why-silent = 너무 오랫동안 아무것도 오지 않았습니다
file-why-unknown = 서버가 이 파일을 더는 알지 못합니다
file-why-lost = 연결이 끊겼습니다
file-name-slash = 파일은 chatc를 시작한 디렉터리에 저장됩니다. "/" 없는 이름을 입력하세요.
file-name-dots = 디렉터리의 이름입니다. 다른 이름을 입력하세요.
file-name-dash = "-"로 시작하는 이름은 프로그램이 옵션으로 여깁니다. 다른 이름을 입력하세요.
file-name-invisible = 이름에 보이지 않는 글자가 있습니다. 다른 이름을 입력하세요.
file-name-long = 이름이 255바이트보다 깁니다. 더 짧은 이름을 입력하세요.
chatc-target-no-room = "/" 뒤에 대화방 이름이 없습니다
chatc-target-no-nick = "@" 앞에 닉네임이 없습니다
chatc-target-bracket = 주소에 "["는 있지만 "]"가 없습니다
chatc-target-after-bracket = "]" 뒤의 "{ $typed }"{ JOSA($typed, "은") } 포트가 아닙니다. [{ $host }]:{ $port }처럼 쓰세요
chatc-target-port = "{ $typed }"{ JOSA($typed, "은") } 포트가 아닙니다. 포트는 1부터 65535까지의 수입니다

# chatc의 전체 화면이 하는 말.
screen-people = { $count ->
   *[other] { $count }명
}
screen-below = 아래에 새 메시지 { $count }개
screen-calls = { $count ->
   *[other] 다른 창에서 나를 부른 메시지 { $count }개
}
screen-naming = 닉네임을 정하세요
screen-entering = 연결하는 중
screen-away = 다시 연결하는 중
screen-away-next = 연결이 끊겼습니다. { $seconds }초 뒤에 다시 시도합니다
screen-gone = 연결이 닫혔습니다
screen-write-nick = 닉네임
screen-write-room = { $room }에 보낼 메시지
screen-write-person = { $nick } 님에게 보낼 귓속말
screen-read = 여기까지 읽었습니다
screen-deleted = (삭제됨)
screen-sure = { $lines }줄을 보낼까요? Enter 보내기, Esc 보내지 않고 고치기
screen-full = 더 입력할 수 없습니다.
screen-no-mark = 위에 읽지 않은 메시지가 없습니다.
screen-nothing-new = 새 메시지가 없습니다.
screen-no-close = 방에서는 /나가기로 나갑니다.
screen-switch = 이동:
screen-find = 검색:
screen-find-room = 방에서 한 말만 검색할 수 있습니다.
screen-find-waits = 검색하는 중입니다.
screen-find-nothing = 찾은 메시지가 없습니다.
screen-find-more = 더 있습니다. 단어를 더하면 좁혀집니다.
screen-hint = F1 키   /도움말 명령   Ctrl-K 이동   Ctrl-F 검색   Alt-A 새 메시지
screen-hint-write = Enter 보내기   Alt-Enter 줄 바꿈   Tab 자동 완성   Ctrl-_ 실행 취소
screen-hint-command = Enter 명령 실행   Tab 자동 완성   /도움말 명령 목록
screen-hint-above = PgDn 아래로   Esc 최신 메시지로   Alt-U 읽지 않은 메시지로
screen-hint-visit = Esc 보던 곳으로   PgUp, PgDn 스크롤
screen-hint-switch = Enter 이동   위, 아래 고르기   Esc 닫기
screen-hint-find = Enter 검색, 다시 Enter 그 메시지로   위, 아래 고르기   Esc 닫기
screen-hint-help = 위, 아래 스크롤   Esc 닫기
screen-key-send = 보내기
screen-key-line = 줄 바꿈
screen-key-complete = 닉네임, 명령, 방, 경로 자동 완성 / 이전 후보
screen-key-history = 한 줄 위, 아래로. 맨 끝에서는 전에 보낸 줄
screen-key-page = 한 화면씩 스크롤
screen-key-row = 한 줄씩 스크롤
screen-key-begin = 불러온 가장 오래된 메시지로
screen-key-end = 최신 메시지로
screen-key-mark = 읽지 않은 메시지로
screen-key-active = 새 메시지가 있는 다음 창으로
screen-key-window = 번호로 창 이동
screen-key-next = 다음 창 / 이전 창
screen-key-switch = 이름으로 창 이동 (빈 줄에서는 Ctrl-K도)
screen-key-find = 방 안에서 검색 (빈 줄에서는 Ctrl-F도)
screen-key-close = 귓속말 창 닫기
screen-key-members = 참여자 목록 보이기, 숨기기
screen-key-line-begin = 줄 처음으로
screen-key-line-end = 줄 끝으로
screen-key-left = 왼쪽, 오른쪽으로
screen-key-word = 한 단어 왼쪽, 오른쪽으로
screen-key-erase = 왼쪽, 오른쪽 글자 지우기
screen-key-kill-word = 왼쪽, 오른쪽 단어 잘라내기
screen-key-cut = 줄 끝까지 잘라내기
screen-key-kill-line = 줄 처음까지 잘라내기
screen-key-yank = 잘라낸 글 넣기 / 그 전에 잘라낸 글
screen-key-transpose = 두 글자 맞바꾸기
screen-key-undo = 실행 취소
screen-key-redo = 다시 실행
screen-key-escape = 열린 것 닫기, 최신 메시지로
screen-key-redraw = 화면 새로 그리기
screen-key-suspend = 잠시 멈추기 (fg로 돌아옴)
screen-key-leave = 입력 지우기, 빈 줄에서는 나가기
screen-key-help = 이 화면

# chatctl이 스스로 하는 말.
chatctl-pong = 데몬이 응답합니다.
chatctl-ended = 데몬이 종료되었습니다.
chatctl-not-ended = 데몬이 종료하겠다고 했지만 { $seconds }초가 지나도 종료되지 않았습니다. 데몬의 로그를 확인하세요.
chatctl-said = { $room }에서 말했습니다.
chatctl-deleted = (삭제됨)
chatctl-version = {"    "}{ $until }까지({ $by } 님이 바꿈): { $text }
chatctl-no-users = 아무도 없습니다.
chatctl-no-commands = 기록된 명령이 없습니다.
chatctl-verify-sound = 기록 { $records }건이 모두 그대로입니다.
chatctl-verify-older = 그 가운데 { $records }건은 체인을 만들기 전부터 있던 기록으로, 체인은 그 뒤의 변경만 보여 줍니다.
chatctl-verify-expired = 그 가운데 { $records }건은 보관 기간이나 크기 제한에 따라 지워져, 체인에 다이제스트만 남아 있습니다.
chatctl-verify-anchor = 앵커: { $anchor }
chatctl-verify-held = 이 앵커는 체인에 있습니다. 거기까지는 바뀌거나 잘려 나간 기록이 없습니다.
chatctl-verify-tail = 끝에서 기록이 잘려 나갔는지는 체인만으로는 알 수 없습니다. 로그에 적힌 앵커를 --anchor로 주어 비교하세요.
chatctl-verify-not-held = 이 앵커는 체인에 없습니다. 체인의 { $record }번 기록과 비교했습니다. 기록이 잘려 나갔거나 체인을 새로 만든 것입니다
chatctl-verify-message = { $room }의 { $seq }번 메시지
chatctl-verify-version = { $room }의 { $seq }번 메시지를 바꾼 기록
chatctl-verify-command = { $command }번 명령 기록
chatctl-verify-altered = { $what }{ JOSA($what, "이") } 변조되었습니다(체인의 { $record }번)
chatctl-verify-missing = { $what }{ JOSA($what, "이") } 없어졌습니다(체인의 { $record }번)
chatctl-verify-added = { $what }{ JOSA($what, "은") } 나중에 넣었거나 자리를 옮긴 것입니다. 체인의 { $record }번은 다른 기록입니다
chatctl-verify-broken = 체인이 { $record }번에서 끊어졌습니다. 그 고리가 바뀌었거나 없어졌습니다
chatctl-more-rooms = 대화방이 더 있습니다. 채널 이름을 쓰면 그 채널의 대화방을 볼 수 있습니다.
chatctl-no-password = 표준 입력에 비밀번호가 없습니다
chatctl-passed = { $path }: { $found }. 대신 { $used }{ JOSA($used, "을") } 씁니다.
chatctl-no-daemon = 응답하는 데몬이 없습니다. 확인한 곳:
chatctl-tried = {"  "}{ $path }: { $found }
chatctl-start-one = "chatd" 또는 "systemctl start chatd"로 시작하거나, --socket PATH 또는 CHATD_SOCKET으로 제어 소켓을 지정하세요.
chatctl-found-foreign = 디렉터리가 다른 사용자의 것입니다
chatctl-found-forbidden = 권한이 없습니다
chatctl-found-nothing = 아무것도 없습니다
chatctl-found-nobody = 듣고 있는 데몬이 없습니다. 종료된 데몬이 남긴 것일 수 있습니다
chatctl-found-other = chatd의 제어 소켓이 아닙니다
chatctl-found-stuck = 있지만 연결을 받지 않습니다. 데몬이 멈춘 것일 수 있습니다
chatctl-found-long = 소켓 경로로는 너무 깁니다
chatctl-not-permitted = { $path }{ JOSA($path, "을") } 쓸 권한이 없습니다. "{ $group }" 그룹의 것입니다. chatctl을 root로 실행하거나, "usermod -aG { $group } NAME"으로 그룹에 들어간 뒤 다시 로그인하세요.
chatctl-not-permitted-root = { $path }{ JOSA($path, "을") } 쓸 권한이 없습니다. "root" 그룹의 것입니다. chatctl을 root로 실행하거나, 설정의 control.group을 바꾸세요.
chatctl-lost = 데몬이 응답하기 전에 연결을 닫았습니다. 요청이 처리되었는지 알 수 없습니다. 데몬의 로그를 확인하세요.
chatctl-lost-told = 데몬이 연결을 닫았습니다: { $told }
chatctl-silent = 데몬이 { $seconds }초 안에 응답하지 않았습니다. 멈췄거나 막힌 것일 수 있습니다. 데몬의 로그를 확인하세요.
chatctl-odd-answer = 데몬의 응답을 이해할 수 없습니다. chatctl과 chatd의 버전이 같은가요?
chatctl-odd-line = 데몬이 프로토콜에 없는 줄을 보냈습니다. chatctl과 chatd의 버전이 같은가요?
chatctl-odd-page = 데몬이 같은 페이지를 두 번 보냈습니다. chatctl과 chatd의 버전이 같은가요?
chatctl-copying = 복사하는 중
chatctl-checking = 확인하는 중
chatctl-fetching = 받는 중
chatctl-backed-up = 백업을 { $file } 파일에 저장했습니다({ $size }바이트).
chatctl-backup-differs = 받은 것이 데몬이 만든 복사본과 다릅니다. 아무것도 남기지 않았으니 다시 해 보세요
chatctl-file = { $path }: { $why }
chatctl-file-there = { $path } 파일이 이미 있습니다. 다른 이름을 쓰거나 --force로 바꿔 쓰세요
chatctl-part-there = { $path } 파일이 있습니다. 다른 chatctl이 쓰고 있거나 쓰다가 중단된 것입니다. 중단된 것이면 지우세요
chatctl-exporting = 내보내는 중
chatctl-exported = { $lines }줄을 { $file } 파일로 내보냈습니다.
chatctl-importing = 가져오는 중
chatctl-imported = 가져온 메시지: { $added }. 이미 있던 메시지: { $there }. 대화방: { $rooms }.
chatctl-imported-locked = 비밀번호는 내보내지 않으므로, "chatctl room set"으로 새로 정할 때까지 다음 대화방에는 초대받은 사람만 들어갈 수 있습니다: { $names }.
chatctl-import-whole = 온전한 파일입니다. 메시지: { $messages }. 대화방: { $rooms }.
chatctl-import-line = { $line }번째 줄: { $why }
chatctl-import-foreign = chatd에서 내보낸 파일이 아닙니다
chatctl-import-newer = 더 새로운 chatd에서 내보낸 파일입니다. 그 버전의 chatctl과 chatd를 쓰세요
chatctl-import-no-object = JSON 객체가 아닙니다. 파일이 손상되었거나 잘렸습니다
chatctl-import-long = 내보낸 파일의 줄이라기에는 너무 깁니다
chatctl-import-cut = 파일이 마지막 줄 없이 여기서 끝납니다. 잘린 파일입니다. 온전한 파일을 가져오세요. 이미 있는 메시지는 건너뜁니다
chatctl-import-count = 파일에 적힌 줄 수와 다릅니다. 빠지거나 더해진 줄이 있습니다
chatctl-import-more = 내보낸 내용이 끝난 뒤에 다른 것이 더 있습니다
chatctl-output = 출력할 수 없습니다: { $why }
chatctl-ending = 종료되는 중입니다
chatctl-once = 한 번
chatctl-time-forms = 2h, 15:30, today, yesterday, "yesterday 15:30", 2026-11-21, 2026-11-21T15:30 또는 RFC 3339로 쓰세요
chatctl-time-beyond = 계산할 수 없는 시각입니다: { $why }
chatctl-duration-forms = 30s, 5m, 2h처럼 쓰세요
chatctl-term-forms = 30s, 10m, 2h, 7d처럼 쓰세요. 쓰지 않으면 해제할 때까지 이어집니다
chatctl-pace-forms = 10s처럼 하루까지의 시간이나 off로 쓰세요
chatctl-anchor-forms = 로그에 적힌 대로 번호, 쌍점, 16진수 64자리로 쓰세요
chatctl-head-nick = 닉네임
chatctl-head-role = 역할
chatctl-head-rooms = 대화방
chatctl-head-door = 접속
chatctl-head-address = 주소
chatctl-head-since = 접속 시각
chatctl-head-id = 번호
chatctl-head-due = 예약 시각
chatctl-head-every = 반복
chatctl-head-room = 대화방
chatctl-head-from = 보낸 사람
chatctl-head-text = 내용
chatctl-head-time = 시각
chatctl-head-actor = 실행자
chatctl-head-command = 명령
chatctl-head-outcome = 결과
chatctl-head-arguments = 인자
chatctl-head-members = 인원
chatctl-head-capacity = 정원
chatctl-head-owner = 방장
chatctl-head-marks = 상태
chatctl-head-topic = 주제
chatctl-head-kind = 종류
chatctl-head-key = 키
chatctl-head-running = 실행 중
chatctl-head-file = 파일
chatctl-head-applies = 적용
chatctl-applies-reload = 다시 읽을 때
chatctl-applies-restart = 다시 시작한 뒤
chatctl-config-same = 파일과 실행 중인 설정이 같습니다.
chatctl-config-trial = 실행 중인 설정은 { $at }까지 시험 중입니다. 확정하려면: chatctl config confirm
chatctl-config-how = 확정하려면 chatctl config confirm, 바로 되돌리려면 chatctl config revert를 쓰세요.
chatctl-head-who = 대상
chatctl-head-by = 실행자
chatctl-head-from-then = 시작 시각
chatctl-head-until = 해제 시각
chatctl-head-reason = 사유
chatctl-mark-locked = 잠김
chatctl-mark-invite-only = 초대 전용
chatctl-mark-unlisted = 비공개
chatctl-mark-kept = 유지
chatctl-mark-slow = 간격 { $span }
chatctl-status-daemon = { $server }, 프로세스 { $pid }, { $since }부터 { $up } 동안 실행 중
chatctl-status-people = 사람
chatctl-status-people-rooms = 대화방 { $rooms }개에 { $people }명
chatctl-status-connections = 연결
chatctl-status-listening = 수신 주소
chatctl-status-talk = 대화
chatctl-status-said = 메시지 { $messages }건, 전달 { $deliveries }건
chatctl-status-rates = 지금 메시지 { $messages }, 전달 { $deliveries }; 수신 { $received }, 송신 { $sent }
chatctl-status-speed = 속도
chatctl-status-turns = 턴 p50 { $p50 }, p99 { $p99 }
chatctl-status-commits = 커밋 p50 { $p50 }, p99 { $p99 }
chatctl-status-database = 데이터베이스
chatctl-status-store = { $state }, 기록 { $waiting }건 대기 중
chatctl-status-why = { $line }: { $why }
chatctl-status-no-reason = 이유가 없습니다
chatctl-status-path = { $path } (durability { $durability })
chatctl-status-refused = 거절
chatctl-status-log = 로그
chatctl-status-dropped = { $lines }줄 버려짐
chatctl-none = 없음
chatctl-days = { $number }일
chatctl-hours = { $number }시간
chatctl-minutes = { $number }분
chatctl-seconds = { $number }초
chatctl-help = 셸에서 chatd를 관리합니다
chatctl-help-exit = 종료 코드: 0 완료, 1 데몬이 거절함, 2 사용법 오류, 3 데몬이 없음, 4 권한 없음.
chatctl-help-socket = 데몬의 제어 소켓 [없으면: CHATD_SOCKET, 그다음 정해진 곳들]
chatctl-help-json = 데몬의 응답을 한 줄에 JSON 객체 하나씩 출력합니다
chatctl-help-quiet = 결과만 출력하고 완료 안내는 생략합니다
chatctl-help-status = 데몬의 상태를 보여 줍니다
chatctl-help-status-watch = 1초마다 다시 확인하고 그사이의 변화도 보여 줍니다
chatctl-help-users = 누가 있는지 보여 줍니다
chatctl-help-users-room = 이 대화방에 있는 사람만
chatctl-help-rooms = 어떤 대화방이 있는지 보여 줍니다
chatctl-help-rooms-channel = 이 채널의 대화방만
chatctl-help-room-command = 대화방을 만들고, 바꾸고, 닫습니다
chatctl-help-room-create = 대화방을 만듭니다
chatctl-help-room-set = 대화방의 설정을 바꿉니다
chatctl-help-room-keep = 모두 나가도 대화방을 유지합니다
chatctl-help-room-keep-off = 더 이상 유지하지 않습니다
chatctl-help-room-close = 대화방을 닫습니다. 지난 대화는 남습니다
chatctl-help-room-op = 운영자로 정합니다
chatctl-help-room-deop = 운영자에서 해제합니다
chatctl-help-room-transfer = 다른 사람에게 방장을 넘깁니다
chatctl-help-room-topic = 대화방의 주제
chatctl-help-room-capacity = 정원. 0이면 제한이 없습니다
chatctl-help-room-password = 이 비밀번호로 잠급니다. "-"이면 표준 입력에서 한 줄을 읽습니다
chatctl-help-room-no-password = 잠금을 해제합니다
chatctl-help-room-listed = 대화방 목록에 표시할지
chatctl-help-room-unlisted = 대화방 목록에서 숨깁니다
chatctl-help-room-invite-only = 초대받은 사람만 들어오게 합니다
chatctl-help-room-slow = 한 번 말한 뒤 다시 말할 때까지 기다리는 시간: 10s 또는 off
chatctl-help-say = 대화방에서 말합니다
chatctl-help-kick = 서버나 한 대화방에서 강퇴합니다
chatctl-help-kick-reason = 당사자와 명령 기록에 남길 사유
chatctl-help-sanction-room = 이 대화방에서만 [없으면: 서버 전체]
chatctl-help-sanction-for = 기간: 30s, 10m, 2h, 7d [없으면: 해제할 때까지]
chatctl-help-ban = 차단합니다. 들어와 있으면 내보냅니다
chatctl-help-ban-who = 닉네임, 주소 또는 192.0.2.0/24 같은 네트워크
chatctl-help-unban = 차단을 해제합니다
chatctl-help-bans = 차단되거나 음소거된 사람을 보여 줍니다
chatctl-help-bans-room = 이 대화방의 것만
chatctl-help-mute = 말하지 못하게 합니다
chatctl-help-unmute = 음소거를 해제합니다
chatctl-help-broadcast = 모든 대화방의 모두에게 공지합니다
chatctl-help-schedule = 서버 시간대의 정한 시각에 메시지를 보냅니다
chatctl-help-schedule-at = HH:MM, YYYY-MM-DDTHH:MM 또는 +10m. cron이면 언제부터인지, 또는 "now"
chatctl-help-schedule-every = 반복: daily, weekdays 또는 cron 다섯 칸
chatctl-help-schedule-zone = 시각의 시간대, 예: Asia/Seoul [없으면: 서버의 시간대]
chatctl-help-room = 대화방 [없으면: 기본 대화방]
chatctl-help-schedules = 예약된 메시지를 보여 줍니다
chatctl-help-unschedule = 예약을 취소합니다
chatctl-help-unschedule-id = "schedules"가 보여 주는 번호
chatctl-help-history = 지난 대화를 보여 줍니다
chatctl-help-history-user = 이 사람의 말만
chatctl-help-since = 이 시각부터: 2h, 15:30, yesterday, 2026-11-21, RFC 3339
chatctl-help-history-until = 이 시각까지
chatctl-help-history-lines = 최근 몇 줄을 볼지 [기본값: 50, --since가 있으면 전부]
chatctl-help-history-follow = 이어서 새 대화도 보여 줍니다
chatctl-help-history-versions = 바뀐 메시지의 이전 내용도 보여 줍니다
chatctl-help-search = 지난 대화를 최근 것부터 찾습니다
chatctl-help-search-words = 낱말, "이어진 말", 앞부분*, -뺄말, from:닉네임, in:대화방, since:2h
chatctl-help-search-room = 이 대화방에서만 [그 밖에는: 모든 곳]
chatctl-help-search-lines = 많아야 몇 개 [기본값: 50]
chatctl-help-commands = 누가 무엇을 했는지, 명령 기록을 보여 줍니다
chatctl-help-commands-rows = 최근 몇 건을 볼지 [기본값: 50, --since가 있으면 전부]
chatctl-help-verify = 대화와 명령의 기록이 그대로인지 확인합니다
chatctl-help-verify-anchor = 로그에 적힌 이 앵커가 체인에 있는지도 확인합니다
chatctl-help-backup = 실행 중인 데이터베이스를 복사하고 복사본을 확인합니다
chatctl-help-backup-file = 복사본을 둘 곳
chatctl-help-backup-force = 이미 있는 파일을 바꿔 씁니다
chatctl-help-export = 대화방과 대화 기록을 다른 곳으로 옮길 수 있게 내보냅니다
chatctl-help-export-room = 이 대화방만 [없으면: 모두]
chatctl-help-export-format = "import"가 읽는 jsonl, 또는 사람이 읽는 text [기본값: jsonl]
chatctl-help-export-file = 이 파일에 씁니다 [없으면: 표준 출력]
chatctl-help-import = 다른 서버가 내보낸 대화 기록을 가져옵니다
chatctl-help-import-file = 내보낸 파일. "-"는 표준 입력
chatctl-help-import-dry-run = 파일이 온전한지만 봅니다
chatctl-help-shutdown = 모두에게 알리고 데몬을 종료합니다
chatctl-help-shutdown-in = 이 시간이 지난 뒤에: 30s, 5m, 2h
chatctl-help-shutdown-reason = 모두에게 알릴 사유
chatctl-help-reload = 설정을 다시 읽습니다
chatctl-help-config = 설정 파일이 무엇을 바꾸는지 보고, 되돌릴 수 있게 적용합니다
chatctl-help-config-diff = 파일이 실행 중인 설정과 어떻게 다른지 봅니다
chatctl-help-config-apply = reload처럼 파일을 적용합니다
chatctl-help-config-within = 이 시간(예: 2m) 안에 확정하지 않으면 저절로 되돌립니다
chatctl-help-config-confirm = 시험 중인 설정을 확정합니다
chatctl-help-config-revert = 시험하기 전 설정으로 되돌립니다
chatctl-help-ping = 데몬이 응답하는지 확인합니다
chatctl-help-completions = 셸이 chatctl 명령을 자동 완성하는 데 쓸 스크립트를 출력합니다
chatctl-help-completions-shell = 어느 셸의 것인지: bash, zsh 또는 fish
chatctl-help-man = 매뉴얼 페이지 chatctl(1)을 출력합니다
chatctl-help-man-lang = 매뉴얼의 언어: en 또는 ko [없으면: LC_ALL, LC_MESSAGES, LANG에 따름]
chatctl-manual-who = chatd의 제어 소켓을 열 수 있는 사람은 누구나 관리자입니다. 닉네임도 비밀번호도 필요하지 않습니다. 명령 기록에는 사용자 ID와 함께 "admin"으로 남습니다.
chatctl-manual-where = 데몬은 --socket의 경로, CHATD_SOCKET의 경로, 아래에 적은 파일의 차례로 찾으며, 가장 먼저 응답하는 것을 씁니다. 지정한 곳이 응답하지 않아 다른 곳을 쓰면 표준 오류로 알립니다.
chatctl-manual-print = 표는 터미널의 너비에 맞추어 출력합니다. 출력이 터미널이 아니면 색 없이 영어로, 언제나 같은 모양으로 출력합니다. 프로그램에서 읽으려면 --json을 쓰세요. 시각은 현지 시각입니다.
chatctl-manual-socket = 제어 소켓의 경로입니다.
chatctl-manual-file-user = 사용자가 직접 시작한 데몬의 제어 소켓입니다.
chatctl-manual-file-tmp = 그런 디렉터리가 없는 사용자의 제어 소켓입니다.
chatctl-manual-file-system = 시스템에서 실행되는 데몬의 제어 소켓입니다.
chatctl-manual-status = 서버의 상태를 1초마다 다시 보여 줍니다.
chatctl-manual-mute = Bob이 대화방 quiz에서 10분 동안 말하지 못하게 합니다.
chatctl-manual-room = 정원이 다섯 명이고 아무도 없어도 유지되는 대화방을 만듭니다.
chatctl-manual-history = 최근 두 시간 동안 quiz에서 나눈 대화를 한 줄에 JSON 객체 하나씩 출력합니다.
chatctl-manual-schedule = 평일 15시 30분마다 기본 대화방에 "Meeting"이라는 메시지를 보냅니다.
chatctl-manual-export = 지금까지의 대화 기록을 다른 컴퓨터의 서버로 옮깁니다.
chatctl-manual-completions = 지금 쓰는 bash에서 Tab 키로 명령, 옵션, 대화방, 닉네임을 완성할 수 있게 합니다.

# chatctl doctor가 하는 말입니다. "→" 뒤에는 고치는 명령이 옵니다.
chatctl-help-doctor = 관리자가 흔히 하는 실수를 찾고, 고치는 명령을 알려 줍니다
chatctl-help-doctor-config = 설정 파일 [없으면 데몬이나 유닛이 쓰는 파일]
chatctl-doctor-ok = 정상
chatctl-doctor-note = 참고
chatctl-doctor-fault = 문제
chatctl-doctor-healthy = 문제를 찾지 못했습니다.
chatctl-doctor-faults = { $faults ->
   *[other] 문제를 { $faults }개 찾았습니다
}
chatctl-doctor-up = { $server }{ JOSA($server, "이") } 응답합니다(pid { $pid }). 접속한 사람: { $people }
chatctl-doctor-version = 데몬은 { $server } 버전이고 이 chatctl은 { $own } 버전입니다. 업그레이드한 뒤에는 데몬을 다시 시작하세요
chatctl-doctor-forbidden = 제어 소켓 { $path }에는 "{ $group }" 그룹만 접근할 수 있어, 데몬에게 물어보지 못했습니다
chatctl-doctor-silent = 데몬이 { $path }에서 접속을 받고 응답하지 않습니다
chatctl-doctor-elsewhere = chatd(pid { $pid })가 데이터베이스를 열고 있지만 { $path }에서 응답하지 않습니다. --socket으로 제어 소켓을 지정하세요
chatctl-doctor-down = 실행 중인 데몬이 없습니다. { $path }에서 응답하지 않습니다
chatctl-doctor-failed = 서비스가 실패했습니다({ $result }). 마지막 로그: { $last }
chatctl-doctor-restarting = 서비스가 계속 다시 시작됩니다({ $sub }). 마지막 로그: { $last }
chatctl-doctor-deaf = 서비스는 실행 중이지만 { $path }에서 응답하지 않습니다
chatctl-doctor-stopped = 서비스가 멈춰 있습니다
chatctl-doctor-waiting = 누군가 { $addresses }에 처음 연결하면 서비스가 시작됩니다
chatctl-doctor-several = chatd가 여러 개 실행 중입니다: { $pids }
chatctl-doctor-masked = chatd.service 유닛이 마스크되어 systemd가 시작하지 않습니다
chatctl-doctor-no-unit = systemd에 chatd.service 유닛이 없습니다. 손으로 시작했거나 다른 프로그램이 시작합니다
chatctl-doctor-bad-unit = systemd가 chatd.service 유닛을 읽지 못했습니다: { $load }
chatctl-doctor-unit-changed = systemd가 읽은 뒤에 유닛 파일이 바뀌었습니다
chatctl-doctor-unit-overridden = 설치된 유닛 대신 { $path }{ JOSA($path, "을") } 쓰고 있어, 업그레이드해도 유닛은 바뀌지 않습니다
chatctl-doctor-drop-ins = 유닛에 덧붙인 파일이 있습니다: { $files }
chatctl-doctor-no-program = 유닛이 시작하는 { $path } 파일이 없습니다
chatctl-doctor-unit = 유닛이 설치된 그대로입니다: { $path }
chatctl-doctor-replaced = 데몬(pid { $pid })이 실행되는 동안 프로그램이 바뀌어, 아직 이전 버전을 쓰고 있습니다
chatctl-doctor-unseen-program = 실행 중인 프로그램(pid { $pid })이 설치된 것과 같은지는 root만 볼 수 있습니다
chatctl-doctor-no-config = 설정 파일이 없어 기본값을 씁니다
chatctl-doctor-config = { $path }: 문제 없음
chatctl-doctor-config-gone = 설정 파일 { $path } 없음
chatctl-doctor-config-closed = 데몬의 사용자가 { $path } 파일을 읽을 수 없어, 다음에 시작하지 못합니다
chatctl-doctor-no-chatd = { $path } 파일을 검사할 chatd를 찾지 못했습니다
chatctl-doctor-problem = { $problem }
chatctl-doctor-loopback = { $addresses } 주소에는 이 컴퓨터에서만 접속할 수 있습니다. 다른 곳에서도 접속하려면 [[listen]]에 address = "0.0.0.0:9999"를 적거나 프록시를 두세요
chatctl-doctor-listening = 주소: { $addresses }
chatctl-doctor-taken-by = { $address } 주소를 { $program }(pid { $pid })에서 쓰고 있습니다
chatctl-doctor-taken = { $address } 주소를 다른 프로그램이 쓰고 있습니다. 어떤 프로그램인지는 root만 볼 수 있습니다
chatctl-doctor-no-group = "{ $group }" 그룹이 없어 root만 chatctl을 쓸 수 있습니다
chatctl-doctor-empty-group = "{ $group }" 그룹에 아무도 없어 root만 chatctl을 쓸 수 있습니다
chatctl-doctor-group = "{ $group }" 그룹의 구성원: { $members }
chatctl-doctor-in-group = { $user }님은 "{ $group }" 그룹에 있습니다
chatctl-doctor-not-in-group = { $user }님은 "{ $group }" 그룹에 없습니다. 넣은 뒤에는 다시 로그인하세요
chatctl-doctor-log-in-again = { $user }님은 "{ $group }" 그룹에 있지만 그 전에 로그인했습니다. 다시 로그인하세요
chatctl-doctor-unseen = { $path }{ JOSA($path, "을") } 볼 수 없습니다: { $why }
chatctl-doctor-no-directory = 디렉터리 { $path }{ JOSA($path, "이") } 아직 없습니다. chatd가 처음 시작할 때 만듭니다
chatctl-doctor-not-directory = { $path }{ JOSA($path, "은") } 디렉터리가 아닙니다
chatctl-doctor-not-file = { $path }{ JOSA($path, "은") } 일반 파일이 아닙니다
chatctl-doctor-not-socket = { $path }{ JOSA($path, "은") } 소켓이 아니어서 chatd가 그 자리에 소켓을 만들 수 없습니다
chatctl-doctor-open-socket = 이 컴퓨터의 누구나 { $path }{ JOSA($path, "을") } 쓸 수 있어 관리자가 됩니다
chatctl-doctor-writable = 다른 사용자가 { $path }{ JOSA($path, "을") } 쓸 수 있습니다
chatctl-doctor-readable = 이 컴퓨터의 누구나 { $path }{ JOSA($path, "을") } 읽을 수 있습니다
chatctl-doctor-closed = { $path }의 소유자가 읽고 쓸 수 없습니다
chatctl-doctor-owner = { $path }의 소유자는 uid { $uid }인데 chatd는 uid { $wanted }로 실행됩니다
chatctl-doctor-files = 소유자와 권한이 올바릅니다: { $path }
chatctl-doctor-no-certificate = [tls]에 적힌 파일 { $path }{ JOSA($path, "이") } 없습니다
chatctl-doctor-bad-certificate = { $path }{ JOSA($path, "은") } PEM 형식의 인증서가 아닙니다: { $why }
chatctl-doctor-expired = 인증서 { $path }의 기한이 { $until }에 지났습니다
chatctl-doctor-not-yet = 인증서 { $path }{ JOSA($path, "은") } { $from }부터 쓸 수 있습니다. 시계가 맞나요?
chatctl-doctor-expires = 인증서 { $path }의 기한이 { $days }일 뒤인 { $until }에 끝납니다. 갱신하세요
chatctl-doctor-certificate = 인증서 { $path }의 기한: { $until }
chatctl-doctor-key-open = 이 컴퓨터의 누구나 키 { $path }{ JOSA($path, "을") } 읽을 수 있습니다
chatctl-doctor-key = 키가 있습니다: { $path }
chatctl-doctor-read-only = { $path }의 디스크가 읽기 전용으로 마운트되어 있습니다
chatctl-doctor-full = { $path }의 디스크가 가득 찼습니다. 남은 공간: { $free }
chatctl-doctor-no-inodes = { $path }의 디스크에 파일을 더 만들 수 없습니다
chatctl-doctor-no-room = { $path }에 백업할 자리가 없습니다. 남은 공간 { $free }, 데이터베이스 { $size }
chatctl-doctor-disk = { $path }의 남은 공간 { $free }, 데이터베이스 { $size }
chatctl-doctor-descriptors = 데몬이 열 수 있는 파일 기술자는 { $allowed }개인데, limits.connections에는 { $wanted }개가 필요합니다
chatctl-doctor-descriptors-enough = 데몬이 열 수 있는 파일 기술자 { $allowed }개, limits.connections에 필요한 것 { $wanted }개
chatctl-doctor-degraded = 데몬이 데이터베이스를 쓸 수 없습니다({ $state }): { $reason }
chatctl-doctor-log-lost = 시작한 뒤로 로그 { $lines }줄을 잃었습니다
chatctl-doctor-large = 데이터베이스 { $path }{ JOSA($path, "은") } 너무 커서 여기서 검사하지 않았습니다
chatctl-doctor-begun = 앞의 기록 { $records }건은 보관한 그대로입니다. 나머지는 너무 많아 여기서 검사하지 않았습니다
chatctl-doctor-unasked = 기록이 보관한 그대로인지 물어보지 못했습니다
chatctl-doctor-unsound = 기록이 보관한 그대로가 아닙니다
chatctl-doctor-sound = 기록 { $records }건이 보관한 그대로입니다
chatctl-doctor-no-database = 데이터베이스 { $path }{ JOSA($path, "이") } 아직 없습니다
chatctl-doctor-file-sound = 데이터베이스 { $path }{ JOSA($path, "은") } 온전합니다
chatctl-doctor-file-behind = 데이터베이스 { $path }{ JOSA($path, "은") } 온전합니다. 가장 새로운 대화는 -wal 파일에 있고 chatd가 거기서 이어 갑니다
chatctl-doctor-file-unknown = 데이터베이스 { $path }{ JOSA($path, "이") } 손상된 것으로 보이지만({ $why }), 다음에 시작할 때 -wal 파일로 고쳐질 수 있습니다
chatctl-doctor-file-damaged = 데이터베이스 { $path }{ JOSA($path, "이") } 손상되었습니다: { $why }
chatctl-doctor-clock = 시계가 다른 시계와 맞춰져 있습니다
chatctl-doctor-clock-alone = 시계를 다른 시계와 맞추고 있지 않습니다
chatctl-doctor-clock-behind = 시계가 데이터베이스의 가장 새로운 기록보다 { $minutes }분 늦습니다

# 두 프로그램의 명령줄에 대한 말.
shell-usage = 사용법:
shell-commands = 명령
shell-arguments = 인자
shell-options = 옵션
shell-help = 도움말을 출력합니다
shell-version = 버전을 출력합니다
shell-help-command = 이 도움말이나 명령의 도움말을 출력합니다
shell-default = [기본값: { $value }]
shell-error = 오류: { $why }
shell-try = 자세한 내용은 "--help"로 볼 수 있습니다.
shell-unknown-command = "{ $name }" 명령은 없습니다
shell-unknown-command-near = "{ $name }" 명령은 없습니다. "{ $nearest }"{ JOSA($nearest, "을") } 찾으셨나요?
shell-no-command = 명령이 필요합니다
shell-unknown = 여기서는 "{ $argument }" 인자를 쓸 수 없습니다
shell-unknown-near = 여기서는 "{ $argument }" 인자를 쓸 수 없습니다. "{ $nearest }"{ JOSA($nearest, "을") } 찾으셨나요?
shell-missing = 빠진 인자가 있습니다: { $arguments }
shell-conflict = "{ $argument }"{ JOSA($argument, "과") } "{ $other }"{ JOSA($other, "은") } 함께 쓸 수 없습니다
shell-no-number = 0 이상의 정수가 아닙니다
shell-no-value = "{ $argument }"에 값이 필요합니다
shell-wrong = "{ $value }"{ JOSA($value, "은") } "{ $argument }"에 쓸 수 없는 값입니다
shell-wrong-why = "{ $value }"{ JOSA($value, "은") } "{ $argument }"에 쓸 수 없는 값입니다: { $why }

# 명령줄에서 만드는 매뉴얼 페이지의 말.
manual-name = 이름
manual-synopsis = 사용법
manual-description = 설명
manual-arguments = 인자
manual-options = 옵션
manual-commands = 명령
manual-exit = 종료 상태
manual-environment = 환경 변수
manual-files = 파일
manual-examples = 예제
manual-see-also = 관련 항목
manual-lang = 언어입니다. 먼저 설정된 것을 따르며, 한국어가 아니면 영어를 씁니다.
manual-no-color = 값이 있으면 색을 쓰지 않습니다.
