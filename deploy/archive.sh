# What deploy/backup and deploy/restore share. Sourced after deploy/lib.sh.

# find_installation: sets LIANKONG (the command), LIANKONG_DATABASE_URL and
# LIANKONG_KEYS from the options, the environment, or what deploy/run has made.
find_installation() {
    local made=${LIANKONG_HOME:-$ROOT/.liankong}/liankong candidate
    if [[ -z ${LIANKONG_DATABASE_URL:-} && -r $made ]]; then
        # One line of exports, quoted by the shell itself.
        eval "$(grep '^export LIANKONG_DATABASE_URL=' "$made")"
    fi
    [[ -n ${LIANKONG_DATABASE_URL:-} ]] ||
        misuse "say which database / 请指明数据库" "--database-url postgresql://…, or LIANKONG_DATABASE_URL"
    LIANKONG_KEYS=${LIANKONG_KEYS:-${LIANKONG_HOME:-$ROOT/.liankong}/keys.json}
    export LIANKONG_DATABASE_URL LIANKONG_KEYS
    hide_password
    if [[ -z ${LIANKONG:-} ]]; then
        for candidate in "$(command -v liankong || true)" "$ROOT/.build/release/liankong" "$ROOT/.build/debug/liankong"; do
            if [[ -n $candidate && -x $candidate ]]; then
                LIANKONG=$candidate
                break
            fi
        done
    fi
    [[ -n ${LIANKONG:-} && -x $LIANKONG ]] ||
        misuse "the command liankong is not found / 未找到liankong命令" "name it with --command 请用--command指明"
    find_postgres || fail "PostgreSQL's programs are not found / 未找到PostgreSQL程序" \
        "name their folder in LIANKONG_POSTGRES_BIN 请用该变量指明目录"
}

# hide_password: sets DATABASE to the URL without its password, which goes into
# PGPASSWORD: whatever stands on a command line, everybody on the host can read.
hide_password() {
    local url=$LIANKONG_DATABASE_URL password=''
    local in_url='^(postgres(ql)?://[^/?#:@]*):([^/?#@]*)@(.*)$' in_query='^(.*[?&])password=([^&]*)&?(.*)$'
    local in_pairs="^(.*[[:space:]]|)password[[:space:]]*=[[:space:]]*('([^']*)'|[^'[:space:]]+)(.*)$"
    if [[ $url =~ ^postgres(ql)?:// ]]; then
        if [[ $url =~ $in_url ]]; then
            password=${BASH_REMATCH[3]} url=${BASH_REMATCH[1]}@${BASH_REMATCH[4]}
        fi
        if [[ $url =~ $in_query ]]; then
            password=${BASH_REMATCH[2]} url=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
            url=${url%[?&]}
        fi
        password=${password//\\/\\\\}
        printf -v password '%b' "${password//%/\\x}"
    elif [[ $url =~ $in_pairs ]]; then
        password=${BASH_REMATCH[2]} url="${BASH_REMATCH[1]}${BASH_REMATCH[4]}"
        if [[ $password == \'* ]]; then password=${BASH_REMATCH[3]}; fi
    fi
    DATABASE=$url
    if [[ -n $password ]]; then export PGPASSWORD=$password; fi
}

# database_sql SQL: the answer of the database, without ornaments.
database_sql() {
    PGCONNECT_TIMEOUT=10 "$PG_BIN/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
        --dbname="$DATABASE" --command="$1"
}

# need_database: sets SERVER_MAJOR, and takes the tools of that version where
# they are installed: an older pg_dump refuses a newer server.
need_database() {
    local number
    number=$(database_sql "SHOW server_version_num") || {
        complain "the database cannot be reached / 无法连接数据库" "the reason stands above 原因见上"
        exit 5
    }
    SERVER_MAJOR=$((number / 10000))
    if [[ -x /usr/lib/postgresql/$SERVER_MAJOR/bin/pg_dump && -z ${LIANKONG_POSTGRES_BIN:-} ]]; then
        PG_BIN=/usr/lib/postgresql/$SERVER_MAJOR/bin
    fi
}

# check_dump FOLDER: the files are whole and the dump can be read to its end.
check_dump() {
    local folder=$1
    (cd "$folder" && sha256sum --quiet --strict --check SHA256SUMS) >&2 || return 1
    "$PG_BIN/pg_restore" --file=/dev/null "$folder/database.dump"
}
