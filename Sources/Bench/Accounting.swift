import Foundation
import Glibc

/// What a run costs: commits, log and processor time, read from the server's
/// own figures and from /proc, before and after.
struct Accounting {
    let session: SQLSession
    /// The processes of the hubs.
    var hubs: [Int32] = []

    /// All figures at one moment.
    struct Reading {
        fileprivate var commits: Int64
        fileprivate var walBytes: Int64
        /// Ticks of the processor by process: the backends of this database.
        fileprivate var backends: [Int32: UInt64]
        fileprivate var server: UInt64
        fileprivate var hub: UInt64
        /// Microseconds of this process.
        fileprivate var load: Double
    }

    /// What lay between two readings, for each of so many events.
    struct Cost {
        /// Transactions that wrote something: their commits wait for the disk.
        var commits: Double
        var walBytes: Double
        /// Processor time in microseconds: of the backends that serve this
        /// database and live at the end; of the whole server, with those that
        /// ended, the writers and vacuum; of the hub; of this process.
        var backend: Double
        var server: Double
        var hub: Double
        var load: Double
    }

    /// The figures now.
    func reading() throws -> Reading {
        let row =
            try session.query(
                """
                SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,
                    pg_snapshot_xmax(pg_current_snapshot())::text, pg_backend_pid(),
                    (SELECT coalesce(string_agg(pid::text, ','), '') FROM pg_stat_activity
                     WHERE datname = current_database() AND backend_type IN ('client backend', 'parallel worker')
                         AND application_name <> 'liankong-bench')
                """
            ).first ?? []
        guard row.count == 4, let wal = Int64(row[0]), let commits = Int64(row[1]), let own = Int32(row[2]) else {
            throw BenchFailure("the server's figures cannot be read")
        }
        let backends = row[3].split(separator: ",").compactMap { Int32($0) }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Reading(
            commits: commits, walBytes: wal,
            backends: Dictionary(
                backends.map { ($0, ProcessTimes(of: $0)?.own ?? 0) }, uniquingKeysWith: { first, _ in first }),
            server: ProcessTimes.server(of: own), hub: hubs.map { ProcessTimes(of: $0)?.own ?? 0 }.reduce(0, +),
            load: Self.microseconds(usage.ru_utime) + Self.microseconds(usage.ru_stime))
    }

    /// What each of so many events cost since a reading.
    func cost(since start: Reading, events: Int) throws -> Cost {
        let now = try reading()
        let count = Double(max(1, events))
        let backend = now.backends.map { $0.value - min($0.value, start.backends[$0.key] ?? 0) }.reduce(0, +)
        func each(_ ticks: UInt64) -> Double { Double(ticks) * ProcessTimes.tick / count }
        return Cost(
            commits: Double(now.commits - start.commits) / count,
            walBytes: Double(now.walBytes - start.walBytes) / count, backend: each(backend),
            server: each(now.server - min(now.server, start.server)), hub: each(now.hub - min(now.hub, start.hub)),
            load: (now.load - start.load) / count)
    }

    /// Updates of duties since the server's counts began: how many, how many of
    /// them in the same page without touching an index, and what they left.
    struct DutyTable {
        var updates: Int64
        var hot: Int64
        var deadTuples: Int64
    }

    func dutyTable() throws -> DutyTable {
        let row =
            try session.query(
                "SELECT n_tup_upd, n_tup_hot_upd, n_dead_tup FROM pg_stat_user_tables WHERE relid = 'hub.duty'::regclass"
            ).first?.compactMap { Int64($0) } ?? []
        guard row.count == 3 else { throw BenchFailure("the server's figures of hub.duty cannot be read") }
        return DutyTable(updates: row[0], hot: row[1], deadTuples: row[2])
    }

    private static func microseconds(_ time: timeval) -> Double { Double(time.tv_sec) * 1e6 + Double(time.tv_usec) }
}

/// The processor time of a process, from /proc.
struct ProcessTimes {
    let parent: Int32
    /// Ticks of itself.
    let own: UInt64
    /// Ticks of its children that ended and were waited for.
    let ended: UInt64

    /// Microseconds of a tick.
    static let tick = 1_000_000 / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

    /// Nil where there is no such process.
    init?(of process: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name may hold anything, brackets too.
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        self.parent = parent
        own = (UInt64(fields[11]) ?? 0) + (UInt64(fields[12]) ?? 0)
        ended = (UInt64(fields[13]) ?? 0) + (UInt64(fields[14]) ?? 0)
    }

    /// Ticks of a whole PostgreSQL server: all its processes, those that ended too.
    static func server(of backend: Int32) -> UInt64 {
        guard let postmaster = ProcessTimes(of: backend)?.parent, let itself = ProcessTimes(of: postmaster) else {
            return 0
        }
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { Int32($0) }.compactMap { ProcessTimes(of: $0) }
            .filter { $0.parent == postmaster }.map(\.own).reduce(itself.own + itself.ended, +)
    }
}
