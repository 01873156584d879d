# Shell functions shared by deploy/run, deploy/test and deploy/bench. Sourced
# with bash; needs nothing beyond Debian's base system (coreutils, util-linux,
# procps' functions are not used).

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

# fail WHAT [WHAT TO DO…]: ends the script with status 1.
fail() {
    printf '%s%s: %s%s\n' "$RED" "$PROGRAM" "$1" "$PLAIN" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
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
        printf '%s%s failed (status %d); the end of %s:%s\n' "$RED" "$what" "$status" "$file" "$PLAIN" >&2
        grep -E 'error:' "$file" | sort -u | head -n 20 >&2 || true
        tail -n 20 "$file" >&2
    fi
    return "$status"
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
        fail "missing: ${missing[*]}" "install the headers of libpq, pkg-config and PostgreSQL 15 or newer," \
            "and name the folder of its programs in LIANKONG_POSTGRES_BIN if it is an unusual one"
    fi
    if ((EUID != 0)); then
        if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
            sudo=(sudo)
        else
            fail "missing: ${missing[*]}" "ask somebody with root rights to run:" \
                "apt-get install --yes --no-install-recommends ${missing[*]}"
        fi
    fi
    say "Installing ${missing[*]}"
    local log=${STATE:-/tmp}/install.log apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
    # A lock held by an unattended upgrade is waited for, five minutes at most.
    if ! logged "$log" "apt-get install" \
        "${apt[@]}" -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}"; then
        note "trying again with fresh package lists"
        logged "$log" "apt-get update" "${apt[@]}" -o DPkg::Lock::Timeout=300 update ||
            fail "the package lists cannot be fetched" "check the network and /etc/apt/sources.list"
        logged "$log" "apt-get install" \
            "${apt[@]}" -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "${missing[@]}" ||
            fail "apt-get could not install ${missing[*]}" "see $log; install them by hand and run this again"
    fi
    have_libpq || fail "libpq-dev is installed and its header is not there" "see $log"
    [[ ${NEEDS_CLUSTER:-1} == 0 ]] || find_postgres ||
        fail "PostgreSQL is installed and its programs are not found" \
            "name their folder in LIANKONG_POSTGRES_BIN"
    check_owner
}

# Root needs an account to lend the cluster to.
check_owner() {
    [[ ${NEEDS_CLUSTER:-1} == 0 ]] || id -u "$CLUSTER_OWNER" >/dev/null 2>&1 ||
        fail "there is no account $CLUSTER_OWNER to run the database, which refuses root" \
            "make one, or name another in LIANKONG_CLUSTER_OWNER"
}

need_swift() {
    local folder
    if ! command -v swift >/dev/null; then
        for folder in /opt/swift/usr/bin "$HOME/.local/share/swiftly/bin" /usr/local/swift/usr/bin; do
            [[ -x $folder/swift ]] && PATH=$folder:$PATH && break
        done
    fi
    command -v swift >/dev/null ||
        fail "there is no Swift toolchain" "install Swift 6.3 from https://www.swift.org/install/linux/debian/" \
            "and see that 'swift --version' answers"
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    case $version in
    '' | [0-5].* | 6.0 | 6.1) fail "Swift ${version:-of an unknown version} is too old" "install Swift 6.2 or newer" ;;
    esac
}

# ---------------------------------------------------------------------------
# A private PostgreSQL cluster
#
# initdb and the server refuse to run as root, so root lends them to the
# account `postgres` that Debian's package brings. Only sockets are listened
# on, in a folder only that account and root can enter, and the connecting
# system user is checked too (peer).

if ((EUID == 0)); then CLUSTER_OWNER=${LIANKONG_CLUSTER_OWNER:-postgres}; else CLUSTER_OWNER=$(id -un); fi

# as_owner COMMAND…: runs a command as the owner of the cluster, from a folder
# it can enter.
as_owner() {
    if ((EUID == 0)); then
        (cd / && exec runuser -u "$CLUSTER_OWNER" -- "$@") 9>&-
    else
        (cd / && exec "$@") 9>&-
    fi
}

# owned_folder PATH: makes a folder of the cluster's owner that nobody else
# enters; fails when somebody else made it first.
owned_folder() {
    local folder=$1
    if ! mkdir -m 0700 -- "$folder" 2>/dev/null; then
        [[ -d $folder && ! -L $folder ]] || return 1
        local owner
        owner=$(stat -c %U -- "$folder")
        [[ $owner == "$CLUSTER_OWNER" || $owner == "$(id -un)" ]] || return 1
    fi
    if ((EUID == 0)); then chown -- "$CLUSTER_OWNER:" "$folder"; fi
    chmod 0700 -- "$folder"
}

# reachable PATH: whether the cluster's owner can enter a folder.
reachable() { as_owner test -x "$1" 2>/dev/null; }

# create_cluster DATA: makes a cluster, whole or not at all: it is built under
# another name and appears by one rename.
create_cluster() {
    local data=$1 user
    as_owner rm -rf -- "$data.new"
    as_owner "$PG_BIN/initdb" --pgdata="$data.new" --username=liankong --auth=peer --encoding=UTF8 --locale=C \
        --data-checksums --no-instructions >/dev/null || return 1
    {
        printf '# Sockets only; who connects is checked against pg_ident.conf.\n'
        printf 'local all all peer map=liankong\n'
    } | as_owner tee "$data.new/pg_hba.conf" >/dev/null || return 1
    for user in root "$CLUSTER_OWNER" "$(id -un)"; do
        printf 'liankong  %s  liankong\n' "$user"
    done | sort -u | as_owner tee "$data.new/pg_ident.conf" >/dev/null || return 1
    as_owner tee -a "$data.new/postgresql.conf" >/dev/null <<'CONF' || return 1

# Written by deploy/lib.sh. What a client sent never reaches the log: neither
# parameters nor the values that errors name in their details.
listen_addresses = ''
unix_socket_permissions = 0700
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
CONF
    as_owner mv -T -- "$data.new" "$data"
}

# forget_dead_server DATA: removes the lock file of a server that a crash or a
# power cut ended, when its number now belongs to some other process.
forget_dead_server() {
    local data=$1 pid
    pid=$(as_owner head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 0
    [[ $pid =~ ^[0-9]+$ ]] || return 0
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) != postgres ]]; then as_owner rm -f -- "$data/postmaster.pid"; fi
}

# start_cluster DATA SOCKETS LOG [SETTING…]: starts the server and waits until
# it answers; one that still runs from an interrupted start is taken over.
start_cluster() {
    local data=$1 sockets=$2 log=$3 setting options
    shift 3
    if as_owner "$PG_BIN/pg_ctl" --pgdata="$data" status >/dev/null 2>&1 &&
        as_owner "$PG_BIN/pg_isready" --host="$sockets" --quiet; then
        return 0
    fi
    forget_dead_server "$data"
    options="-c unix_socket_directories='$sockets'"
    for setting in "$@"; do options+=" -c $setting"; done
    as_owner "$PG_BIN/pg_ctl" --pgdata="$data" --log="$log" --wait --timeout=120 --options="$options" \
        start >/dev/null
}

# stop_cluster DATA: stops the server; open transactions are rolled back.
stop_cluster() {
    as_owner "$PG_BIN/pg_ctl" --pgdata="$1" --mode=fast --wait --timeout=120 stop >/dev/null 2>&1 || true
}

# cluster_sql SOCKETS DATABASE SQL
cluster_sql() {
    as_owner "$PG_BIN/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --host="$1" \
        --username=liankong --dbname="$2" --command="$3"
}

# ---------------------------------------------------------------------------
# A cluster for one run of tests or measurements

# throw_away_cluster PREFIX [SETTING…]: makes and starts a cluster in a folder
# of its own under /tmp (a socket's path has at most 107 bytes), sets
# CLUSTER_HOME, CLUSTER_DATA, CLUSTER_SOCKETS and CLUSTER_URL. Clusters of runs
# that were killed are swept away first.
throw_away_cluster() {
    local prefix=$1 old pid
    shift
    for old in /tmp/"$prefix".*; do
        [[ -d $old && -r $old/owner ]] || continue
        pid=$(cat "$old/owner")
        if [[ $pid =~ ^[0-9]+$ ]] && ! kill -0 "$pid" 2>/dev/null; then
            stop_cluster "$old/data"
            rm -rf -- "$old"
        fi
    done
    CLUSTER_HOME=$(mktemp -d /tmp/"$prefix".XXXXXX) || fail "no folder can be made under /tmp"
    chmod 0755 "$CLUSTER_HOME"
    printf '%s\n' "$$" >"$CLUSTER_HOME/owner"
    CLUSTER_DATA=$CLUSTER_HOME/data
    CLUSTER_SOCKETS=$CLUSTER_HOME/s
    mkdir "$CLUSTER_HOME/log"
    owned_folder "$CLUSTER_SOCKETS"
    if ((EUID == 0)); then chown "$CLUSTER_OWNER:" "$CLUSTER_HOME" "$CLUSTER_HOME/log"; fi
    create_cluster "$CLUSTER_DATA" || fail "the cluster could not be made in $CLUSTER_DATA"
    # Tests connect as roles of their own; the folder of the sockets guards it.
    printf 'local all all trust\n' | as_owner tee "$CLUSTER_DATA/pg_hba.conf" >/dev/null
    start_cluster "$CLUSTER_DATA" "$CLUSTER_SOCKETS" "$CLUSTER_HOME/log/postgres.log" "$@" || {
        tail -n 20 "$CLUSTER_HOME/log/postgres.log" >&2
        fail "the cluster in $CLUSTER_DATA does not start"
    }
    CLUSTER_URL="postgresql:///postgres?host=$CLUSTER_SOCKETS&user=liankong"
}

# drop_cluster: stops and removes what throw_away_cluster made.
drop_cluster() {
    [[ -n ${CLUSTER_HOME:-} && -d $CLUSTER_HOME ]] || return 0
    stop_cluster "$CLUSTER_DATA"
    rm -rf -- "$CLUSTER_HOME"
}
