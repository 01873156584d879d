import CloudEvents
import Store

/// The judgements of the doctor: what was found, weighed.
enum Findings {
    /// The database's server.
    static func server(_ server: DatabaseInspection) -> [Finding] {
        var findings: [Finding] = []
        let version = "PostgreSQL \(server.serverVersion)"
        findings.append(
            server.serverVersionNumber >= 150_000
                ? .good("version", version, version)
                : Finding(
                    .fault, "version", "\(version) is older than 15, which the schema needs", "\(version)低于所需的15",
                    do: "upgrade the server with pg_upgrade", "请用pg_upgrade升级数据库"))
        if server.encoding != "UTF8" {
            findings.append(
                Finding(
                    .fault, "encoding", "the database's encoding is \(server.encoding), not UTF8: names are refused",
                    "数据库编码不是UTF8，中文无法存储", do: "make the database anew with ENCODING 'UTF8'", "请以UTF8重建数据库"))
        }
        if server.isStandby {
            findings.append(
                Finding(
                    .fault, "standby", "this server follows another one and takes no writes", "此数据库为备机，不能写入",
                    do: "name all hosts and target_session_attrs=read-write in the connection string",
                    "请在连接串中列出各主机，并加target_session_attrs=read-write"))
        }
        if server.isRemote, !server.isEncrypted {
            findings.append(
                Finding(
                    .warning, "tls", "what goes to the database over the network is not encrypted", "与数据库的网络连接未加密",
                    do: "set ssl = on there and sslmode=verify-full in the connection string",
                    "数据库设ssl = on，连接串加sslmode=verify-full"))
        }
        // The server stops taking writes some three million short of 2^31.
        if server.frozenAge > 400_000_000 {
            findings.append(
                Finding(
                    server.frozenAge > 1_500_000_000 ? .fault : .warning, "wraparound",
                    "the oldest rows are \(server.frozenAge) transactions behind; at 2 billion the server refuses writes",
                    "最旧的行已落后\(server.frozenAge)个事务，达20亿时数据库拒绝写入",
                    do: "end old transactions and slots, see that autovacuum runs, then VACUUM (FREEZE)",
                    "结束旧事务和复制槽，确认autovacuum运行，再执行VACUUM (FREEZE)"))
        }
        return findings
    }

    /// Database and host; deadlines follow the database.
    static func clock(_ database: Timestamp, hostNow: Timestamp) -> [Finding] {
        let offset = abs(database.microseconds - hostNow.microseconds) / 1_000_000
        return [
            offset < 5
                ? .good("clock", "database and host agree", "数据库与本机时钟一致")
                : Finding(
                    offset < 300 ? .warning : .fault, "clock",
                    "database and host differ by \(offset) s; deadlines follow the database, logs the host",
                    "数据库与本机时钟相差\(offset)秒，时限以数据库为准，日志以本机为准", do: "run chrony or systemd-timesyncd on both",
                    "请在两台机器上启用chrony或systemd-timesyncd")
        ]
    }

    // MARK: - Settings

    /// The settings of the server, as `pg_settings` has them.
    static func settings(_ settings: [String: String]) -> [Finding] {
        durability(settings) + cleaning(settings) + sizes(settings) + logging(settings)
    }

    private static func durability(_ settings: [String: String]) -> [Finding] {
        ["synchronous_commit", "fsync", "full_page_writes"].map { name in
            let value = settings[name] ?? ""
            // Stricter than on is as good: remote_apply waits for a standby.
            let isGood = value == "on" || value == "remote_apply" || value == "remote_write"
            return isGood
                ? .good(name, value, value)
                : Finding(
                    .fault, name, "\(name) is \(value): what was answered may be lost in a crash",
                    "\(name)为\(value)：已答复的数据可能在故障中丢失", do: "ALTER SYSTEM SET \(name) = on; SELECT pg_reload_conf()",
                    "执行ALTER SYSTEM SET \(name) = on; SELECT pg_reload_conf()")
        }
    }

    private static func cleaning(_ settings: [String: String]) -> [Finding] {
        var findings: [Finding] = []
        for name in ["autovacuum", "track_counts"] where settings[name] == "off" {
            findings.append(
                Finding(
                    .fault, name, "\(name) is off: tables grow without end and the planner guesses",
                    "\(name)已关闭：表持续膨胀，查询计划失准",
                    do: "ALTER SYSTEM SET \(name) = on; SELECT pg_reload_conf()",
                    "执行ALTER SYSTEM SET \(name) = on; SELECT pg_reload_conf()"))
        }
        if settings["data_checksums"] == "off" {
            findings.append(
                Finding(
                    .warning, "data_checksums", "pages have no checksums: a disk that lies is not noticed",
                    "数据页无校验和，磁盘错误无法发现",
                    do: "stop the server and run pg_checksums --enable", "停库后运行pg_checksums --enable"))
        }
        return findings
    }

    private static func sizes(_ settings: [String: String]) -> [Finding] {
        var findings: [Finding] = []
        // In pages of 8 KiB.
        if let pages = settings["shared_buffers"].flatMap({ Int($0) }), pages < 32_768 {
            findings.append(
                Finding(
                    .note, "shared_buffers", "shared_buffers is \(pages / 128) MiB; lists and board read from the disk",
                    "shared_buffers为\(pages / 128)MiB，查询将频繁读盘",
                    do: "a quarter of the memory, see deploy/database/liankong.conf",
                    "建议为内存的四分之一，见deploy/database/liankong.conf"))
        }
        if let mebibytes = settings["max_wal_size"].flatMap({ Int($0) }), mebibytes < 1024 {
            findings.append(
                Finding(
                    .note, "max_wal_size", "max_wal_size is \(mebibytes) MiB: checkpoints come often under load",
                    "max_wal_size为\(mebibytes)MiB，负载高时检查点过于频繁", do: "2GB or more, see deploy/database/liankong.conf",
                    "建议2GB以上，见deploy/database/liankong.conf"))
        }
        return findings
    }

    /// What may be said of people in the server's log.
    private static func logging(_ settings: [String: String]) -> [Finding] {
        var findings: [Finding] = []
        let logsStatements =
            ["mod", "all"].contains(settings["log_statement"] ?? "")
            || (settings["log_min_duration_statement"].flatMap { Int($0) } ?? -1) >= 0
            || (settings["log_min_duration_sample"].flatMap { Int($0) } ?? -1) >= 0
        let leaks = [
            ("log_parameter_max_length", logsStatements && settings["log_parameter_max_length"] != "0", "0"),
            ("log_parameter_max_length_on_error", (settings["log_parameter_max_length_on_error"] ?? "0") != "0", "0"),
        ]
        for (name, leaks, value) in leaks where leaks {
            findings.append(
                Finding(
                    .warning, name, "the server's log holds what statements were sent with, names of officers too",
                    "数据库日志会记录语句参数，其中有经办人姓名等", do: "ALTER SYSTEM SET \(name) = \(value); SELECT pg_reload_conf()",
                    "执行ALTER SYSTEM SET \(name) = \(value); SELECT pg_reload_conf()"))
        }
        if settings["log_error_verbosity"] != nil, settings["log_error_verbosity"] != "terse" {
            findings.append(
                Finding(
                    .note, "log_error_verbosity", "the details of errors in the server's log hold values of rows",
                    "数据库日志的错误详情会含有行中的值", do: "ALTER SYSTEM SET log_error_verbosity = terse; SELECT pg_reload_conf()",
                    "执行ALTER SYSTEM SET log_error_verbosity = terse; SELECT pg_reload_conf()"))
        }
        if let zone = settings["log_timezone"], !["Asia/Shanghai", "PRC"].contains(zone) {
            findings.append(
                Finding(
                    .note, "log_timezone", "the server's log is in \(zone), not in the county's time",
                    "数据库日志时区为\(zone)，非北京时间",
                    do: "ALTER SYSTEM SET log_timezone = 'Asia/Shanghai'; SELECT pg_reload_conf()",
                    "执行ALTER SYSTEM SET log_timezone = 'Asia/Shanghai'; SELECT pg_reload_conf()"))
        }
        return findings
    }
}
