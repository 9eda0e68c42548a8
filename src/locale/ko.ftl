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
rooms = 대화방: { $rooms }

joined = { $nick } 님이 { $room }에 들어왔습니다.
left = { $nick } 님이 { $room }에서 나갔습니다.
left-saying = { $nick } 님이 { $room }에서 나갔습니다: { $text }
lost = { $nick } 님의 연결이 끊어졌습니다.
renamed = { $from } 님이 닉네임을 "{ $to }"{ JOSA($to, "으로") } 바꿨습니다.
renamed-you = 닉네임을 "{ $nick }"{ JOSA($nick, "으로") } 바꿨습니다.
kicked = { $nick } 님이 강퇴되었습니다.
kicked-receipt = { $nick } 님을 강퇴했습니다.
kicked-you = { $by } 님에 의해 강퇴되었습니다.
kicked-you-because = { $by } 님에 의해 강퇴되었습니다. 사유: { $reason }
users = { $room }에 { $count }명이 있습니다: { $names }
users-everywhere = { $count ->
    [0] 아무도 없습니다.
   *[other] { $count }명이 있습니다: { $names }
}
users-none = { $room }에 아무도 없습니다.

scheduled = { $schedule }번 메시지가 { $due }에 예약되었습니다.
scheduled-sent = 예약한 { $schedule }번 메시지를 보냈습니다.
scheduled-missed = { $due }에 예약한 { $schedule }번 메시지는 그때 서버가 실행 중이 아니어서 보내지 못했습니다: { $text }
schedules-none = 예약된 메시지가 없습니다.
schedules-row = { $schedule }번: { $due }, { $room }, { $from } 님: { $text }
schedules-row-missed = { $schedule }번: 보내지 못함, { $due }, { $room }, { $from } 님: { $text }
unscheduled = 예약된 { $schedule }번 메시지를 취소했습니다.

history-none = 아직 { $room }에서 나눈 대화가 없습니다.
timestamps-on = 시간 표시를 켰습니다.
timestamps-off = 시간 표시를 껐습니다.
lang-now = 이제 한국어로 안내합니다.
announced = { $people }명에게 공지했습니다.
shutdown-at = { $at }에 서버를 종료합니다.
shutdown-in = { $minutes }분 뒤에 서버가 종료됩니다.
shutdown-in-because = { $minutes }분 뒤에 서버가 종료됩니다. 사유: { $reason }
unrecorded = 처리했지만 데이터베이스에 쓸 수 없어 기록을 남기지 못했습니다.
reloaded = 설정을 다시 읽었습니다.
reloaded-partly = 설정을 다시 읽었습니다. 다음 키는 서버를 다시 시작해야 적용됩니다: { $keys }
subscribed = 구독: { $room }
pong = pong
status-line = { $server }: { $people }명, 대화방 { $rooms }개.

help-head = 슬래시로 시작하지 않는 줄은 대화방에 전달됩니다. 명령어:
help-row = { $usage } - { $what }
help-usage = { $usage } - { $what } 다른 이름: { $names }

help-help = 명령어를 안내합니다.
help-users = 대화방에 누가 있는지 보여 줍니다.
help-rename = 닉네임을 바꿉니다.
help-say = 대화방에서 말합니다.
help-whisper = 한 명 또는 여러 명에게 귓속말을 보냅니다.
help-schedule = 정한 시각에 대화방으로 메시지를 보냅니다: 15:30, 2026-11-21T15:30 또는 +10m.
help-schedules = 내가 예약한 메시지를 보여 줍니다.
help-unschedule = 예약한 메시지를 취소합니다.
help-history = 최근 대화를 보여 줍니다.
help-timestamps = 대화마다 앞에 날짜와 시각을 붙입니다.
help-lang = 서버 안내의 언어를 고릅니다.
help-kick = 다른 사람을 강퇴합니다. 방장과 관리자만 쓸 수 있습니다.
help-broadcast = 모든 대화방의 모두에게 공지합니다. 관리자만 쓸 수 있습니다.
help-shutdown = 서버를 종료합니다. 관리자만 쓸 수 있습니다.
help-quit = 다른 사람들에게 알리고 나갑니다.
help-quietquit = 알리지 않고 나갑니다.
help-hello = 닉네임을 정하고 들어갑니다.
help-subscribe = 들어가지 않고 대화방의 대화를 받습니다.
help-unsubscribe = 대화방의 대화를 더 받지 않습니다.
help-ping = 서버가 응답하는지 확인합니다.
help-status = 서버의 상태를 보여 줍니다. 관리자만 쓸 수 있습니다.
help-reload = 서버가 설정을 다시 읽게 합니다. 관리자만 쓸 수 있습니다.
help-commands = 누가 무엇을 했는지 보여 줍니다. 관리자만 쓸 수 있습니다.

closing-shutdown = 서버가 종료됩니다.
closing-shutdown-because = 서버가 종료됩니다. 사유: { $reason }
closing-flood = 너무 많은 요청을 너무 빨리 보내 연결을 끊었습니다.
closing-overlong = 너무 긴 줄을 보내 연결을 끊었습니다.
closing-login = 제시간에 닉네임을 정하지 않아 연결을 끊었습니다.
closing-idle = 오랫동안 아무 말이 없어 연결을 끊었습니다.
closing-slow = 보낸 내용을 받는 속도가 너무 느려 연결을 끊었습니다.
closing-full = 서버가 가득 찼습니다. 잠시 뒤에 다시 시도하세요.
closing-address = 같은 주소에서 온 연결이 너무 많습니다.
closing-protocol = 여기는 채팅 서버입니다. 텍스트 줄이나 JSON 객체를 보내세요.
not-yet-http = 이 서버는 아직 HTTP를 지원하지 않습니다. nc나 chatc로 연결하세요.
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
bad-empty = 내용이 없습니다.
bad-id = "id" 필드는 0 이상의 정수이거나 64바이트 이하의 문자열이어야 합니다.
bad-lang = "{ $lang }" 언어는 지원하지 않습니다. en이나 ko를 고르세요.
bad-char = 내용에 제어 문자가 있습니다.
unknown-command = "{ $name }" 명령어는 없습니다. /help를 입력하면 명령어를 볼 수 있습니다.
unknown-command-near = "{ $name }" 명령어는 없습니다. { $nearest }{ JOSA($nearest, "을") } 찾으셨나요?
usage = 이렇게 입력하세요: { $usage }
usage-json = "{ $name }" 명령에 빠진 것이 있습니다.
too-long = 너무 깁니다. 최대 { $max }까지 보낼 수 있습니다.
not-logged-in = 먼저 닉네임을 정하세요.
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
no-such-user = "{ $nick }" 님은 없습니다.
no-such-room = "{ $room }" 대화방은 없습니다.
not-in-room = { $room }에 들어가 있지 않습니다.
room-full = { $room } 대화방이 가득 찼습니다.
not-allowed = 권한이 없습니다.
bad-time = "{ $text }"{ JOSA($text, "은") } 지금부터 1년 안의 시각이 아닙니다. 15:30, +10m 또는 2026-11-21T15:30처럼 입력하세요.
not-found = 예약된 { $schedule }번 메시지가 없습니다.
too-many = 너무 많습니다. 최대 { $max }까지 할 수 있습니다.
rate-limited = 너무 빠릅니다. { $seconds }초 뒤에 다시 시도하세요.
storage-unavailable = 지금은 데이터베이스에 쓸 수 없어 저장하지 못했습니다. 잠시 뒤에 다시 시도하세요.
shutting-down = 서버가 종료되는 중입니다.
bad-config = 설정을 다시 읽지 못했습니다: { $problems }

# chatc가 스스로 하는 말.
chatc-choose = 닉네임을 입력하세요:
chatc-alone = { $room }에 혼자 있습니다.
chatc-inside = { $room }에 { $names } 님이 있습니다.
chatc-still = 아직 { $room }에 있습니다.
chatc-whispered = [{ $names } 님에게 귓속말] { $text }
chatc-lost = 연결이 끊어졌습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-closed = 연결이 닫혔습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-lost-unsent = 연결이 끊어져 "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-closed-unsent = 연결이 닫혀 "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다. 다시 연결하려면 chatc를 다시 실행하세요.
chatc-ended = { $why }. 연결을 끝냈습니다.
chatc-unsent = "{ $line }"{ JOSA($line, "을") } 보내지 못했습니다: { $why }
chatc-why-lost = 연결이 끊어졌습니다
chatc-why-closed = 연결이 닫혔습니다
chatc-why-silent = 서버가 제시간에 응답하지 않았습니다
chatc-why-nonsense = 서버가 chatd의 것이 아닌 내용을 보냈습니다. 정말 chatd인가요?
chatc-why-unreadable = 서버의 응답을 이해할 수 없습니다
chatc-why-endless = 서버가 너무 긴 줄을 보냈습니다
chatc-why-interrupted = 중단되었습니다
chatc-no-nick = 닉네임이 필요합니다: chatc NICK@{ $address }
chatc-not-found = { $address }{ JOSA($address, "을") } 찾을 수 없습니다: { $why }. 호스트 이름이 맞나요?
chatc-not-there = { $address }에 연결할 수 없습니다: { $why }. 거기에 chatd가 실행 중인가요?
chatc-no-address = 주소가 없습니다
chatc-no-log = 대화 기록 { $path }에 쓸 수 없습니다: { $why }. 대화를 기록하지 않습니다.
chatc-no-interrupts = Ctrl-C를 감시할 수 없습니다: { $why }

# chatctl이 스스로 하는 말.
chatctl-pong = 데몬이 응답합니다.
chatctl-ended = 데몬이 종료되었습니다.
chatctl-not-ended = 데몬이 종료하겠다고 했지만 { $seconds }초가 지나도 종료되지 않았습니다. 데몬의 로그를 확인하세요.
chatctl-no-users = 아무도 없습니다.
chatctl-no-commands = 기록된 명령이 없습니다.
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
chatctl-output = 출력할 수 없습니다: { $why }
