# Private PostgreSQL clusters. Sourced by deploy/lib.sh.
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

# create_cluster DATA LOG: makes a cluster, whole or not at all: it is built
# under another name and appears by one rename. What initdb says, its farewell
# when it is interrupted too, goes to the log.
create_cluster() {
    local data=$1 log=$2 user
    as_owner rm -rf -- "$data.new"
    as_owner "$PG_BIN/initdb" --pgdata="$data.new" --username=liankong --auth=peer --encoding=UTF8 --locale=C \
        --data-checksums --no-instructions >"$log" 2>&1 || return 1
    {
        printf '# Sockets only; who connects is checked against pg_ident.conf.\n'
        printf 'local all all peer map=liankong\n'
    } | as_owner tee "$data.new/pg_hba.conf" >/dev/null || return 1
    for user in root "$CLUSTER_OWNER" "$(id -un)"; do
        printf 'liankong  %s  liankong\n' "$user"
    done | sort -u | as_owner tee "$data.new/pg_ident.conf" >/dev/null || return 1
    as_owner tee -a "$data.new/postgresql.conf" >/dev/null <<'CONF' || return 1

# Written by deploy/cluster.sh. What a client sent never reaches the log: neither
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
# power cut ended, when its number now belongs to some other process, perhaps of
# another server: PostgreSQL runs in the folder of its data. In doubt it stays.
forget_dead_server() {
    local data=$1 pid place
    pid=$(as_owner head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 0
    [[ $pid =~ ^[0-9]+$ ]] || return 0
    place=$(as_owner readlink "/proc/$pid/cwd" 2>/dev/null) || place=''
    if [[ $(cat "/proc/$pid/comm" 2>/dev/null) != postgres ]] ||
        [[ -n $place && $place != "$(as_owner readlink -f -- "$data")" ]]; then
        as_owner rm -f -- "$data/postmaster.pid"
    fi
}

# start_cluster DATA SOCKETS LOG [SETTING…]: starts the server and waits until
# it answers; one that still runs from an interrupted start is taken over.
start_cluster() {
    local data=$1 sockets=$2 log=$3 setting options
    shift 3
    forget_dead_server "$data"
    if as_owner "$PG_BIN/pg_ctl" --pgdata="$data" status >/dev/null 2>&1 &&
        as_owner "$PG_BIN/pg_isready" --host="$sockets" --quiet; then
        return 0
    fi
    options="-c unix_socket_directories='$sockets'"
    for setting in "$@"; do options+=" -c $setting"; done
    as_owner "$PG_BIN/pg_ctl" --pgdata="$data" --log="$log" --wait --timeout=120 --options="$options" \
        start >/dev/null
}

# stop_cluster DATA: stops the server; open transactions are rolled back.
stop_cluster() {
    forget_dead_server "$1"
    as_owner "$PG_BIN/pg_ctl" --pgdata="$1" --mode=fast --wait --timeout=120 stop >/dev/null 2>&1 || true
}

# cluster_sql SOCKETS DATABASE SQL
cluster_sql() {
    as_owner "$PG_BIN/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --host="$1" \
        --username=liankong --dbname="$2" --command="$3"
}

# ---------------------------------------------------------------------------
# The cluster of an installation

# Where the cluster lies: in the state folder, or, where the account that runs
# it cannot go (a home folder with mode 0700), under /var/lib with a link here.
place_cluster() {
    local elsewhere="remove it, or set LIANKONG_HOME 请删除，或另设LIANKONG_HOME"
    DATA=$STATE/pg
    SOCKET_NAME=$(short_name "$STATE")
    if ((EUID == 0)); then
        if [[ -L $DATA ]]; then
            DATA=$(readlink -f -- "$DATA")
        elif [[ ! -d $DATA ]]; then
            local parent=$STATE/cluster
            if ! reachable "$ROOT" || ! reachable "$(dirname "$STATE")"; then
                parent=/var/lib/liankong-$SOCKET_NAME
                note "the account $CLUSTER_OWNER cannot enter $STATE; the database lies in $parent 数据库另存于此"
            else
                # Others may pass through the state folder, not look into it.
                chmod 0711 -- "$STATE"
            fi
            owned_folder "$parent" || fail "$parent belongs to somebody else / 目录属于他人" "$elsewhere"
            ln -s -- "$parent/pg" "$DATA.link" 2>/dev/null || true
            mv -Tf -- "$DATA.link" "$DATA"
            DATA=$parent/pg
        fi
        if [[ $DATA == "$STATE"/* ]]; then chmod 0711 -- "$STATE"; fi
    fi
    if ((EUID == 0)); then
        SOCKETS=/run/liankong-$SOCKET_NAME
    elif [[ -n ${XDG_RUNTIME_DIR:-} && -w $XDG_RUNTIME_DIR && ${#XDG_RUNTIME_DIR} -lt 60 ]]; then
        SOCKETS=$XDG_RUNTIME_DIR/liankong-$SOCKET_NAME
    else
        SOCKETS=/tmp/liankong-$(id -u)-$SOCKET_NAME
    fi
    owned_folder "$SOCKETS" || fail "$SOCKETS belongs to somebody else / 目录属于他人" "$elsewhere"
    LOG_FOLDER=$(dirname "$DATA")
    if ((EUID != 0)); then LOG_FOLDER=$STATE; fi
}

bring_up_cluster() {
    if [[ ! -e $DATA/PG_VERSION ]]; then
        say "Making a private PostgreSQL cluster 正在创建专用数据库"
        create_cluster "$DATA" "$STATE/initdb.log" || {
            tail -n 20 "$STATE/initdb.log" >&2
            fail "the cluster could not be made in $DATA / 数据库集群创建失败" "is the disk full? 磁盘是否已满？"
        }
    fi
    if ! start_cluster "$DATA" "$SOCKETS" "$LOG_FOLDER/postgres.log" shared_buffers=256MB max_wal_size=2GB; then
        tail -n 20 "$LOG_FOLDER/postgres.log" >&2 || true
        fail "the private database does not start / 专用数据库无法启动" \
            "the reason stands above, from $LOG_FOLDER/postgres.log 原因见上"
    fi
    [[ -n $(cluster_sql "$SOCKETS" postgres "SELECT 1 FROM pg_database WHERE datname = 'liankong'") ]] ||
        cluster_sql "$SOCKETS" postgres "CREATE DATABASE liankong"
    LIANKONG_DATABASE_URL="postgresql:///liankong?host=$SOCKETS&user=liankong"
}

# ---------------------------------------------------------------------------
# A cluster for one run of tests or measurements

# is_left_over FOLDER: whether the run that made a folder has ended without
# removing it, and this account may; its process's number is in the file owner.
is_left_over() {
    local pid
    [[ -d $1 && -r $1/owner ]] || return 1
    ((EUID == 0)) || [[ -O $1 ]] || return 1
    pid=$(cat "$1/owner")
    [[ $pid =~ ^[0-9]+$ ]] && ! kill -0 "$pid" 2>/dev/null
}

# throw_away_cluster PREFIX [SETTING…]: makes and starts a cluster in a folder
# of its own under /tmp (a socket's path has at most 107 bytes), sets
# CLUSTER_HOME, CLUSTER_DATA, CLUSTER_SOCKETS and CLUSTER_URL. Clusters of runs
# that were killed are swept away first.
throw_away_cluster() {
    local prefix=$1 old
    shift
    for old in /tmp/"$prefix".*; do
        if is_left_over "$old"; then
            stop_cluster "$old/data"
            rm -rf -- "$old"
        fi
    done
    CLUSTER_HOME=$(mktemp -d /tmp/"$prefix".XXXXXX) || fail "no folder can be made under /tmp / 无法在/tmp下创建目录"
    chmod 0755 "$CLUSTER_HOME"
    printf '%s\n' "$$" >"$CLUSTER_HOME/owner"
    CLUSTER_DATA=$CLUSTER_HOME/data
    CLUSTER_SOCKETS=$CLUSTER_HOME/s
    mkdir "$CLUSTER_HOME/log"
    owned_folder "$CLUSTER_SOCKETS"
    if ((EUID == 0)); then chown "$CLUSTER_OWNER:" "$CLUSTER_HOME" "$CLUSTER_HOME/log"; fi
    create_cluster "$CLUSTER_DATA" "$CLUSTER_HOME/log/initdb.log" || {
        tail -n 20 "$CLUSTER_HOME/log/initdb.log" >&2
        fail "the cluster could not be made in $CLUSTER_DATA / 数据库集群创建失败"
    }
    # Tests connect as roles of their own; the folder of the sockets guards it.
    printf 'local all all trust\n' | as_owner tee "$CLUSTER_DATA/pg_hba.conf" >/dev/null
    start_cluster "$CLUSTER_DATA" "$CLUSTER_SOCKETS" "$CLUSTER_HOME/log/postgres.log" "$@" || {
        tail -n 20 "$CLUSTER_HOME/log/postgres.log" >&2
        fail "the cluster in $CLUSTER_DATA does not start / 数据库无法启动"
    }
    CLUSTER_URL="postgresql:///postgres?host=$CLUSTER_SOCKETS&user=liankong"
}

# drop_cluster: stops and removes what throw_away_cluster made.
drop_cluster() {
    [[ -n ${CLUSTER_HOME:-} && -d $CLUSTER_HOME ]] || return 0
    stop_cluster "$CLUSTER_DATA"
    rm -rf -- "$CLUSTER_HOME"
}
