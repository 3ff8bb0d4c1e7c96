# Sourced by the commands: everything that must be there before the program can run.

set -uo pipefail
root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[1]}")")")
cd "$root" || exit 1
for part in say system packages; do . "bin/lib/$part.sh"; done

set_up() {  # set_up runtime|dev EXTRA_SYSTEM_PACKAGE…
  local kind=$1 lock; shift
  mkdir -p var/log 2>/dev/null && touch "$log" 2>/dev/null || fail "This account may not write to $root/var." \
    "当前账户没有写入 $root/var 的权限。"
  check_room
  exec {lock}>var/setup-lock
  if ! flock --nonblock "$lock"; then
    printf '%s\n' "$(words "Another set-up of this checkout is at work; waiting for it." "另一个安装过程正在进行，请稍候。")"
    flock "$lock"
  fi
  system_packages "$@"
  python_packages "$kind"
  front_end_packages
  front_end_files
  exec {lock}>&-
}

check_room() {  # The first set-up of all needs about 2 GB.
  local free
  [ -e .venv/xiangtu-stamp ] && return
  free=$(df -Pm . | awk 'NR == 2 {print $4}')
  [ "$free" -ge 2500 ] || fail "The disk is nearly full: $root has $free MB left and 2500 MB are needed." \
    "磁盘空间不足：$root 仅剩 $free MB，首次安装需要 2500 MB。"
}
