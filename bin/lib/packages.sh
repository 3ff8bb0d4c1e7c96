# Sourced: Python packages in .venv, front-end packages in static/node_modules, both exactly as locked.

export UV_PYTHON_DOWNLOADS=never UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180} UV_NO_PROGRESS=1

is_good_venv() {  # is_good_venv FOLDER: made here (not moved or copied), by the Python the system has now
  local version='import sys; print(sys.version_info[:2])'
  [ -x "$1/bin/python" ] && grep -qF "$PWD/$1" "$1/bin/activate" 2>/dev/null &&
    [ "$("$1/bin/python" -c "$version" 2>/dev/null)" = "$(/usr/bin/python3 -c "$version")" ]
}

hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

tool_venv() {
  is_good_venv var/tools && [ -x var/tools/bin/pip ] && return
  rm -rf var/tools
  /usr/bin/python3 -m venv var/tools
}

local_uv() {
  tool_venv && var/tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r bin/lib/uv.lock
}

find_uv() {
  uv=$(command -v uv) && "$uv" --version >/dev/null 2>&1 && return
  uv=$PWD/var/tools/bin/uv
  is_good_venv var/tools && [ -x "$uv" ] && grep -qF "uv==$("$uv" --version | cut -d' ' -f2) " bin/lib/uv.lock && return
  step "Fetching uv, which installs Python packages" "获取 Python 包安装工具 uv" local_uv
}

python_packages() {  # python_packages runtime|dev: what bin/test has installed is also enough for bin/run
  local kind=$1 lock stamp=.venv/xiangtu-stamp runtime dev project
  runtime="runtime $(hash_of requirements.lock)"
  dev="dev $(hash_of requirements-dev.lock)"
  project="project $(hash_of pyproject.toml)"
  if ! is_good_venv .venv; then
    find_uv
    rm -rf .venv
    step "Making the Python environment" "创建 Python 环境" "$uv" venv --quiet --python /usr/bin/python3 .venv
  fi
  grep -q '^dev' "$stamp" 2>/dev/null && kind=dev
  if has "$stamp" "$project" && has "$stamp" "${!kind}" && [ -x .venv/bin/xiangtu ]; then return; fi
  find_uv
  lock=requirements.lock
  [ "$kind" = runtime ] || lock=requirements-dev.lock
  rm -f "$stamp"
  step "Installing Python packages" "安装 Python 软件包" \
    "$uv" pip sync --quiet --compile-bytecode --python .venv --require-hashes "$lock"
  step "Installing Xiangtu itself" "安装乡图" \
    "$uv" pip install --quiet --python .venv --no-build-isolation --no-deps --editable .
  printf '%s\n' "$project" "${!kind}" >"$stamp"
}

has() { grep -qxF "$2" "$1" 2>/dev/null; }

find_node() {
  local version
  version=$(node --version 2>/dev/null) && [ "$(cut -d. -f1 <<<"${version#v}")" -ge 20 ] && command -v npm >/dev/null && return
  PATH=$PWD/var/tools/bin:$PATH
  is_good_venv var/tools && has var/tools/node-stamp "$(hash_of bin/lib/node.lock)" && return
  step "Fetching Node.js" "获取 Node.js" local_node
}

local_node() {
  tool_venv && var/tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r bin/lib/node.lock &&
    hash_of bin/lib/node.lock >var/tools/node-stamp
}

front_end_packages() {
  local wanted stamp=static/node_modules/.xiangtu-stamp
  wanted=$(hash_of static/package.json static/package-lock.json)
  if ! has "$stamp" "$wanted"; then
    find_node
    step "Installing front-end packages" "安装前端软件包" npm ci --no-progress --prefix static
    echo "$wanted" >"$stamp"
    rm -f static/dist/.xiangtu-stamp
  fi
}

front_end_files() {  # Made anew when a source is newer; a removed file makes its folder newer.
  local stamp=static/dist/.xiangtu-stamp
  if [ -e "$stamp" ] && [ -z "$(find static app bin/lib/packages.sh \( -name node_modules -o -name dist -o -name __pycache__ \) -prune \
    -o \( -path 'static/*' -o -name '*.po' -o -path 'app/cli/*' -o -name '*.sh' \) -newer "$stamp" -print -quit)" ]; then
    return
  fi
  step "Preparing pages' scripts and words" "准备页面脚本与文字" .venv/bin/xiangtu static build
  touch "$stamp"
}
