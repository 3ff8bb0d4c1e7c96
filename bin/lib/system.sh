# Sourced: packages of the operating system.

system_packages() {  # system_packages EXTRA…: install what is missing, touch nothing when nothing is
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "Xiangtu installs itself on Debian 12 or 13 and Ubuntu 24.04; this is another system." \
      "乡图支持在 Debian 12、13 和 Ubuntu 24.04 上自动安装，当前系统不在其列。"
  local wanted=(python3 python3-venv ca-certificates fonts-noto-cjk
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "$@") missing=() package
  if [ -z "${DATABASE_URL:-}" ] && ! has_postgis; then
    wanted+=($(postgresql_packages))
  fi
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
  /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Xiangtu needs Python 3.11; this system has $(/usr/bin/python3 -V)." \
      "乡图需要 Python 3.11 或更高版本，本机为 $(/usr/bin/python3 -V)。"
}

has_postgis() {
  local program version
  for program in /usr/lib/postgresql/*/bin/initdb; do
    version=${program#/usr/lib/postgresql/}
    [ -x "$program" ] && [ -e "/usr/share/postgresql/${version%%/*}/extension/postgis.control" ] && return 0
  done
  return 1
}

postgresql_packages() {
  local version
  version=$(. /etc/os-release && case "$ID:${VERSION_ID:-}" in
    debian:12) echo 15 ;; debian:13) echo 17 ;; ubuntu:24.04) echo 16 ;;
  esac)
  if [ -n "$version" ]; then
    echo "postgresql-$version postgresql-$version-postgis-3"
  else
    echo "postgresql postgresql-postgis"
  fi
}

install_packages() {
  local install=(apt-get install --yes --no-install-recommends) as_root=()
  REMEDY="apt-get update && ${install[*]} $*"
  if [ "$EUID" != 0 ]; then
    REMEDY="sudo apt-get update && sudo ${install[*]} $*"
    may_use_sudo || fail "Some packages of the system are missing, and this account may not install them. Have them installed with: $REMEDY" \
      "缺少系统软件包，当前账户无权安装。请管理员执行：$REMEDY"
    as_root=(sudo)
  fi
  step "Refreshing the list of system packages" "更新系统软件包列表" \
    "${as_root[@]}" apt-get update -o DPkg::Lock::Timeout=300
  step "Installing system packages" "安装系统软件包" \
    "${as_root[@]}" sh -c "$(declare_quiet_postgresql)"'
      exec env DEBIAN_FRONTEND=noninteractive "$@" -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold' \
    sh "${install[@]}" "$@"
  REMEDY=
}

declare_quiet_postgresql() {
  # Without this the package makes and starts a cluster of its own, which nobody here uses.
  cat <<'TXT'
    conf=/etc/postgresql-common/createcluster.conf
    [ -e "$conf" ] || { mkdir -p "${conf%/*}" && echo "create_main_cluster = false" >"$conf"; } || exit
TXT
}

may_use_sudo() {
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null && return 0
  # Ask for the password only where somebody can type it.
  [ -t 0 ] && sudo -v
}
