/// A metric that a hub tells.
package struct Metric: Sendable, Hashable {
    /// What its values do.
    package enum Kind: String, Sendable {
        /// Grows, and begins again at 0 with the process.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts of values up to each bound.
        case histogram
    }

    package let name: String
    package let kind: Kind
    /// What one stands for.
    package let unit: String
    package let labels: [String]
    package let help: String
}

/// Every metric there is: what `/metrics` explains them with, and what the
/// table of `deploy/operation.md` must hold.
///
/// No label bears anything of a person, or anything that grows with use: there
/// are as many endpoints, codes, lanes, chores and counties as the program and
/// the installation have.
package enum MetricCatalogue {
    package static let all =
        requests + work + lanes + readers + sweeps + consumers + chores + maintenance + database + keys + process

    /// A metric by name; nil for one that is not listed.
    package static func metric(_ name: String) -> Metric? { byName[name] }

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Counters of the routes themselves, see ``HubMetrics/add(_:_:)``.
    static let counted = all.filter { $0.kind == .counter && $0.labels.isEmpty && $0.name.hasPrefix("hub_") }

    private static func metric(
        _ name: String, _ kind: Metric.Kind, _ unit: String, _ labels: [String] = [], _ help: String,
    ) -> Metric {
        Metric(name: name, kind: kind, unit: unit, labels: labels, help: help)
    }

    private static let requests = [
        metric(
            "hub_http_requests_total", .counter, "requests", ["endpoint", "status"],
            "Requests answered, by endpoint and HTTP status."),
        metric(
            "hub_http_request_duration_seconds", .histogram, "seconds", ["endpoint"],
            "Time from the head of a request to its answer; where a caller asked to wait, the wait too."),
        metric(
            "hub_refusals_total", .counter, "refusals", ["code"],
            "Requests, and events of a batch, that were refused, by the code of the answer."),
    ]

    private static let work = [
        metric(
            "hub_events_total", .counter, "events", ["county", "result"],
            "Events published: routed, awaiting-dispatch, recorded, or a duplicate of an earlier one."),
        metric(
            "hub_duty_changes_total", .counter, "changes", ["county", "command"],
            "Commands carried out on duties; those of sweeps are in hub_sweep_steps_total."),
    ]

    private static let lanes = [
        metric("hub_lane_waiting", .gauge, "items", ["lane"], "Items that wait for the commit before theirs to end."),
        metric("hub_lane_batch_items", .histogram, "items", ["lane"], "Items that shared a commit."),
        metric(
            "hub_lane_commit_seconds", .histogram, "seconds", ["lane"], "Time of a batch's statement with its commit."),
        metric(
            "hub_lane_failures_total", .counter, "items", ["lane"], "Items answered with an error of the database."),
    ]

    private static let readers = [
        metric(
            "hub_readers_waiting", .gauge, "readers", "Readers registered to be woken: long polls, fetches, streams."),
        metric("hub_streams_open", .gauge, "streams", "Event streams that are open."),
        metric("hub_feed_streams_opened_total", .counter, "streams", "Event streams that were opened."),
        metric(
            "hub_feed_streams_cut_off_total", .counter, "streams", "Event streams cut off because the reader was slow."),
        metric("hub_connections", .gauge, "connections", "Connections that are open."),
        metric("hub_body_bytes", .gauge, "bytes", "Bytes of the bodies of requests that are not yet answered."),
        metric("hub_stream_bytes", .gauge, "bytes", "Bytes that wait for the readers of streams."),
        metric("hub_readings_waiting", .gauge, "requests", "Readings of the database that wait for their turn."),
    ]

    private static let sweeps = [
        metric(
            "hub_sweep_last_run_timestamp_seconds", .gauge, "seconds since 1970", ["county"],
            "When the last sweep by schedule ended well, by the host's clock."),
        metric("hub_sweep_duration_seconds", .gauge, "seconds", ["county"], "How long that sweep took."),
        metric("hub_sweep_failures_total", .counter, "sweeps", ["county"], "Sweeps by schedule that failed."),
        metric(
            "hub_sweep_steps_total", .counter, "steps", ["county", "outcome"],
            "Steps that fired: reminded, drafted, proposed, or collapsed into a higher one."),
        metric(
            "hub_due_steps", .gauge, "steps", ["county"],
            "Steps that are due by the county's clock and have not fired, up to 10000."),
        metric(
            "hub_due_step_oldest_seconds", .gauge, "seconds", ["county"], "For how long the oldest of them is due."),
    ]

    private static let consumers = [
        metric("hub_consumers", .gauge, "consumers", ["county", "state"], "Consumers, active or paused."),
        metric(
            "hub_consumer_lag_seconds", .gauge, "seconds", ["county"],
            "Age of the oldest delivery that some consumer, not paused, has not looked at."),
        metric("hub_deliveries_dead", .gauge, "deliveries", ["county"], "Deliveries that consumers have given up."),
        metric(
            "hub_deliveries_blocked", .gauge, "deliveries", ["county"],
            "Deliveries that wait behind another one of their case."),
    ]

    private static let chores = [
        metric(
            "hub_chore_last_success_timestamp_seconds", .gauge, "seconds since 1970", ["chore"],
            "When a chore last ended well, by the host's clock."),
        metric("hub_chore_failures_total", .counter, "failures", ["chore"], "Chores that failed."),
    ]

    private static let maintenance = [
        metric("hub_counties_read_only", .gauge, "counties", "Counties of which the hub answers reads only."),
        metric(
            "hub_counties_sweeps_held", .gauge, "counties", "Counties in which no steps fire for the time being."),
        metric("hub_database_writable", .gauge, "0 or 1", "Whether the database takes writes."),
    ]

    private static let database = [
        metric("hub_database_up", .gauge, "0 or 1", "Whether the database answered when it was last asked."),
        metric("hub_database_pool_size", .gauge, "connections", ["pool"], "Connections that a pool may have."),
        metric("hub_database_connections", .gauge, "connections", ["pool"], "Connections that serve."),
        metric(
            "hub_database_queries_under_way", .gauge, "queries", ["pool"], "Queries that were sent and not answered."),
        metric("hub_database_callers_waiting", .gauge, "callers", ["pool"], "Callers that wait for a connection."),
        metric("hub_database_connections_opened_total", .counter, "connections", ["pool"], "Connections made."),
        metric(
            "hub_database_connections_lost_total", .counter, "connections", ["pool"],
            "Connections that the server or the network ended."),
        metric(
            "hub_database_connect_failures_total", .counter, "attempts", ["pool"], "Connections that were not made."),
        metric("hub_database_sessions", .gauge, "sessions", "Sessions of clients on the database's server."),
        metric("hub_database_sessions_max", .gauge, "sessions", "How many the server takes."),
        metric(
            "hub_database_oldest_transaction_seconds", .gauge, "seconds",
            "Age of the oldest open transaction in the hub's database."),
        metric("hub_clock_offset_seconds", .gauge, "seconds", "The database's clock less the host's."),
        metric("hub_last_position", .gauge, "positions", "The last position given out."),
        metric(
            "hub_partition_headroom_positions", .gauge, "positions", "Positions for which there are partitions yet."),
        metric("hub_board_deltas", .gauge, "rows", "Counts of the board that wait to be folded, up to 100000."),
    ]

    private static let keys = [
        metric(
            "hub_master_key_info", .gauge, "1", ["key", "active"], "A master key in the key file, by name; 1 always."),
        metric(
            "hub_sealing_key_missing", .gauge, "0 or 1", ["county"],
            "Whether the key of the county's newest events is missing from the key file."),
        metric(
            "hub_build_info", .gauge, "1", ["release", "schema"],
            "The program's release and its newest migration; 1 always."),
    ]

    private static let process = [
        metric("process_cpu_seconds_total", .counter, "seconds", "Processor time used."),
        metric("process_resident_memory_bytes", .gauge, "bytes", "Memory in use."),
        metric("process_virtual_memory_bytes", .gauge, "bytes", "Address space in use."),
        metric("process_open_fds", .gauge, "descriptors", "Open file descriptors."),
        metric("process_max_fds", .gauge, "descriptors", "How many may be open."),
        metric("process_start_time_seconds", .gauge, "seconds since 1970", "When the process began."),
    ]

    private static func metric(_ name: String, _ kind: Metric.Kind, _ unit: String, _ help: String) -> Metric {
        metric(name, kind, unit, [], help)
    }
}
