// The sentences about files, each in English and in Korean; as sentences.js.
// It must not hold markup.
// Why apart from the others: most who come never send a file, and do not fetch these words.

export default {
  "file-heard": ["{nick} offers you the file {name} ({size}).", "{nick} 님이 파일 {name}({size}) 전송을 제안했습니다."],
  "file-reading": ["reading the file", "파일을 읽는 중"],
  "file-offered": ["waiting for an answer", "상대방의 답을 기다리는 중"],
  "file-asked": ["wants to send you this", "받으시겠습니까?"],
  "file-waiting": ["waiting for the other side", "상대방을 기다리는 중"],
  "file-moving": ["{percent}, {rate}/s, {left} left", "{percent}, 초당 {rate}, 남은 시간 {left}"],
  "file-begun": ["{percent}", "{percent}"],
  "file-checking": ["waiting for the receiver to check it", "상대방이 확인하는 중"],
  "file-done": ["has arrived", "전송 완료"],
  "file-saved": ["has arrived and is sound", "온전히 받았습니다"],
  "file-declined": ["was turned down", "상대방이 거절했습니다"],
  "file-cancelled": ["was cancelled", "취소되었습니다"],
  "file-expired": ["was not accepted in time", "제때 수락하지 않아 취소되었습니다"],
  "file-failed": ["was not transferred: the other side is gone", "상대방이 나가서 전송하지 못했습니다"],
  "file-altered": ["is not what was offered, and was thrown away", "보낸 파일과 내용이 달라 버렸습니다"],
  "file-unreadable": ["could not be read", "읽을 수 없습니다"],
  "file-lost": ["was not transferred: the connection did not come back", "연결이 복구되지 않아 전송하지 못했습니다"],
  "file-none": ["Nobody offers you a file.", "받을 파일이 없습니다."],
  "file-accept": ["Accept", "받기"],
  "file-decline": ["Decline", "거절"],
  "file-cancel": ["Cancel", "취소"],
  "file-save": ["Save", "저장"],
  "file-accept-of": ["Accept {name}", "{name} 받기"],
  "file-decline-of": ["Decline {name}", "{name} 거절"],
  "file-cancel-of": ["Cancel {name}", "{name} 취소"],
  "file-save-of": ["Save {name}", "{name} 저장"],
  "file-hide-of": ["Put {name} away", "{name} 치우기"],
};
