# Shell functions shared by the programs of this folder. Sourced with bash; needs nothing beyond Debian's base system (coreutils, util-linux,
# procps' functions are not used). Those of clusters are in deploy/cluster.sh,
# which this sources. What people read is in English and Chinese.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PROGRAM=${0##*/}

# ---------------------------------------------------------------------------
# Talking to people

if [[ -t 2 ]]; then
    BOLD=$'\033[1m' DIM=$'\033[2m' RED=$'\033[31m' PLAIN=$'\033[0m'
else
    BOLD='' DIM='' RED='' PLAIN=''
fi

# say TEXT: what is being done, on stderr, so that stdout holds results only.
say() { printf '%s%s%s\n' "$BOLD" "$*" "$PLAIN" >&2; }

note() { printf '%s  %s%s\n' "$DIM" "$*" "$PLAIN" >&2; }

# complain WHAT [WHAT TO DO…]
complain() {
    printf '%s%s: %s%s\n' "$RED" "$PROGRAM" "$1" "$PLAIN" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
}

# fail WHAT [WHAT TO DO…]: ends the script with status 1.
fail() {
    complain "$@"
    exit 1
}

# misuse WHAT [WHAT TO DO…]: ends the script with status 2, as the command does
# when it cannot read its line.
misuse() {
    complain "$@"
    exit 2
}

# logged FILE WHAT COMMAND…: runs a command with its output in a file; on a
# terminal it shows the last line and the time as it goes; shows the end of
# the file when the command fails, and returns its status.
logged() {
    local file=$1 what=$2 started=$SECONDS status=0 pid line
    shift 2
    "$@" >"$file" 2>&1 </dev/null 9>&- &
    pid=$!
    CHILD=$pid
    if [[ -t 2 ]]; then
        while kill -0 "$pid" 2>/dev/null; do
            line=$(tail -c 400 "$file" | tr '\r' '\n' | tail -n 1 | tr -d '[:cntrl:]' | cut -c 1-80)
            printf '\r\033[K  %s%4ds  %s%s' "$DIM" "$((SECONDS - started))" "$line" "$PLAIN" >&2
            sleep 0.5
        done
        printf '\r\033[K' >&2
    fi
    wait "$pid" || status=$?
    CHILD=
    if ((status != 0)); then
        printf '%s%s failed (status %d); the end of %s 失败，日志末尾：%s\n' "$RED" "$what" "$status" "$file" "$PLAIN" >&2
        grep -E 'error:' "$file" | sort -u | head -n 20 >&2 || true
        tail -n 20 "$file" >&2
    fi
    return "$status"
}

# ---------------------------------------------------------------------------
# Processes. The number of one that has ended is soon another's: who signals by
# number first sees whose it is.

# is_running PID: whether a child of this shell has not ended.
is_running() { grep -qxF -- "$1" <<<"$(jobs -rp)"; }

# end_child PID: asks a child of this shell to end and waits until it has.
end_child() {
    [[ -n $1 ]] || return 0
    if is_running "$1"; then kill -TERM "$1" 2>/dev/null || true; fi
    wait "$1" 2>/dev/null || true
}

# is_hub PID FILE: whether a process is the hub that writes its address to a file.
is_hub() {
    [[ $1 =~ ^[0-9]+$ ]] && tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qxF -- "$2"
}

# await_hub PID FILE LOG: waits until a hub that is a child of this shell has
# written its address to a file, and sets ADDRESS; ends the script otherwise.
await_hub() {
    local pid=$1 file=$2 log=$3
    for _ in {1..600}; do
        if [[ -s $file ]]; then
            ADDRESS=$(cat "$file")
            return 0
        fi
        is_running "$pid" || break
        sleep 0.1
    done
    tail -n 20 "$log" >&2
    fail "the hub did not start / 平台未能启动" "the reason stands above, from $log 原因见上"
}

# short_name TEXT: eight hexadecimal digits that tell one text from another.
short_name() { printf '%s' "$1" | sha256sum | cut -c 1-8; }

# ---------------------------------------------------------------------------
# What has to be installed

have_libpq() { [[ -e /usr/include/postgresql/libpq-fe.h || -e /usr/include/libpq-fe.h ]]; }

# Finds PostgreSQL's programs, 15 or newer; the oldest of them, because that is
# what the project is checked with.
find_postgres() {
    local folder version
    for folder in ${LIANKONG_POSTGRES_BIN:+"$LIANKONG_POSTGRES_BIN"} $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null |
        sort -t / -k 5 -n) /usr/local/pgsql/bin; do
        [[ -x $folder/initdb && -x $folder/pg_ctl ]] || continue
        version=$("$folder/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
        if ((version >= 15)); then
            PG_BIN=$folder
            return 0
        fi
    done
    return 1
}

# need_packages: installs what the build and a private cluster need, or says
# exactly what to install.
need_packages() {
    local missing=() sudo=()
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    have_libpq || missing+=(libpq-dev)
    [[ ${NEEDS_CLUSTER:-1} == 0 ]] || find_postgres || missing+=(postgresql-15)
    ((${#missing[@]})) || {
        check_owner
        return 0
    }
    if ! command -v apt-get >/dev/null; then
        fail "missing: ${missing[*]} / 缺少软件包" \
            "install the headers of libpq, pkg-config and PostgreSQL 15 or newer," \
            "and name the folder of its programs in LIANKONG_POSTGRES_BIN if it is an unusual one" \
            "请安装libpq头文件、pkg-config和PostgreSQL 15以上版本"
    fi
    if ((EUID != 0)); then
        if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
            sudo=(sudo)
        else
            fail "missing: ${missing[*]} / 缺少软件包" "ask somebody with root rights to run 请管理员执行:" \
                "apt-get install --yes --no-install-recommends ${missing[*]}"
        fi
    fi
    say "Installing ${missing[*]} 正在安装"
    local log=${STATE:-/tmp}/install.log apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
    # A lock held by an unattended upgrade is waited for, five minutes at most.
    if ! logged "$log" "apt-get install" \
        "${apt[@]}" -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}"; then
        note "trying again with fresh package lists 更新软件源后重试"
        logged "$log" "apt-get update" "${apt[@]}" -o DPkg::Lock::Timeout=300 update ||
            fail "the package lists cannot be fetched / 无法更新软件源" \
                "check the network and /etc/apt/sources.list 请检查网络与软件源配置"
        logged "$log" "apt-get install" \
            "${apt[@]}" -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}" ||
            fail "apt-get could not install ${missing[*]} / 安装失败" \
                "see $log; install them by hand and run this again 请见日志，手工安装后重试"
    fi
    have_libpq || fail "libpq-dev is installed and its header is not there / 未找到libpq头文件" "see 见 $log"
    [[ ${NEEDS_CLUSTER:-1} == 0 ]] || find_postgres ||
        fail "PostgreSQL is installed and its programs are not found / 未找到PostgreSQL程序" \
            "name their folder in LIANKONG_POSTGRES_BIN 请用该变量指明目录"
    check_owner
}

# Root needs an account to lend the cluster to.
check_owner() {
    [[ ${NEEDS_CLUSTER:-1} == 0 ]] || id -u "$CLUSTER_OWNER" >/dev/null 2>&1 ||
        fail "there is no account $CLUSTER_OWNER to run the database, which refuses root / 缺少运行数据库的账户" \
            "make one, or name another in LIANKONG_CLUSTER_OWNER 请新建账户，或用该变量指定"
}

need_swift() {
    local folder
    if ! command -v swift >/dev/null; then
        for folder in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin; do
            [[ -x $folder/swift ]] && PATH=$folder:$PATH && break
        done
    fi
    command -v swift >/dev/null ||
        fail "there is no Swift toolchain / 未安装Swift" \
            "install Swift 6.3 and see that 'swift --version' answers 请安装Swift 6.3:" \
            "https://www.swift.org/install/linux/debian/"
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    case $version in
    '' | [0-5].* | 6.[0-2])
        fail "Swift ${version:-of an unknown version} is too old / Swift版本过低" \
            "install Swift 6.3 or newer 请安装6.3以上版本: https://www.swift.org/install/linux/debian/"
        ;;
    esac
}

# place_scratch: sets SCRATCH, the folder for a build's temporary files. In the
# common one the compiler keeps generated sources under one fixed name; where
# that is somebody else's it writes them here, under names that are none.
place_scratch() {
    SCRATCH=$ROOT/.build/tmp
    mkdir -p -- "$ROOT/.build"
    [[ -d $SCRATCH ]] || mkdir -m 0700 -- "$SCRATCH"
    # What earlier builds left goes after a day; one under way keeps its own.
    find "$SCRATCH" -mindepth 1 -maxdepth 1 -mtime +0 -exec rm -rf -- {} + || true
}

. "$ROOT/deploy/cluster.sh"
