# Sourced: sentences for the terminal in its language, and steps with the seconds they took.

log=var/log/setup.log

words() {  # words ENGLISH CHINESE
  case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
    zh*) printf '%s' "$2" ;;
    *) printf '%s' "$1" ;;
  esac
}

fail() {  # fail ENGLISH CHINESE: one sentence, and the end
  printf '%s\n' "$(words "$1" "$2")" >&2
  exit 1
}

step() {  # step ENGLISH CHINESE COMMAND…
  local name began status=0 from
  name=$(words "$1" "$2"); shift 2
  began=$EPOCHREALTIME
  from=$(($(stat -c %s "$log") + 1))
  [ ! -t 1 ] || printf '  %s …' "$name"
  "$@" >>"$log" 2>&1 || status=$?
  [ ! -t 1 ] || printf '\r'
  printf '  %s%*s%6.1f s\n' "$name" "$(gap_after "$name")" '' "$(seconds_since "$began")"
  [ "$status" = 0 ] || explain_failure "$from"
}

gap_after() {  # Chinese takes two columns a letter, whatever locale the terminal was given.
  local LC_ALL=C.UTF-8 wide
  wide=${1//[ -~]/}
  echo $((46 - ${#1} - ${#wide}))
}

seconds_since() {
  local now=$EPOCHREALTIME
  local micros=$(((${now%[.,]*} - ${1%[.,]*}) * 1000000 + 10#${now#*[.,]} - 10#${1#*[.,]}))
  printf '%d.%06d' $((micros / 1000000)) $((micros % 1000000))
}

explain_failure() {  # explain_failure BYTE: turn what a failed command said from there on into one sentence
  local said hint=${REMEDY:-}
  said=$(tail -c "+$1" "$log")
  if grep -qiE 'no space left on device|ENOSPC|enough free space' <<<"$said"; then
    fail "The disk is full. Free some space and start again." "磁盘已满，请清理磁盘后重新启动。"
  fi
  grep -v '^[[:space:]]*$' <<<"$said" | tail -n 1 | cut -c1-300 | sed 's/^/    /' >&2
  if grep -qiE 'could not resolve|temporary failure|failed to (fetch|connect|download)|unable to (locate|fetch)|error sending request|dns error|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|connection (refused|reset)|timed out' <<<"$said"; then
    fail "The network does not give what is needed.${hint:+ Once it does: $hint} (details: $PWD/$log)" \
      "无法从网络获取所需内容。${hint:+网络恢复后可执行：$hint}（详情见 $PWD/$log）"
  fi
  fail "That did not work.${hint:+ The command was: $hint} (details: $PWD/$log)" \
    "这一步没有成功。${hint:+所用命令：$hint}（详情见 $PWD/$log）"
}
