import CloudEvents
import Coordination
import Foundation
import Hub
import PostgresClient
import Store

extension HubServices {
    /// What the metrics tell beside what was counted: read from memory when
    /// they are asked for, so that asking costs the database nothing.
    func registerMetrics() {
        let core = core
        let streams = metrics
        let capacity = capacity
        metrics.source { samples in
            let figures = core.figures.now
            let keys = Dictionary(
                core.counties.all.map { ($0.id, $0.record.key) }, uniquingKeysWith: { first, _ in first })
            let name = { (county: CountyID) in keys[county] ?? String(county.rawValue) }
            Self.addWork(figures, name, to: &samples)
            Self.addLanes(core, to: &samples)
            Self.addSweeps(figures, name, to: &samples)
            Self.addDatabase(core, figures, to: &samples)
            Self.addMaintenance(core.maintenance, to: &samples)
            if let standing = figures.standing { Self.addStanding(standing, name, to: &samples) }
            samples.add("hub_readers_waiting", core.wakeups.waiting)
            samples.add("hub_streams_open", streams.openStreams)
            samples.add("hub_connections", capacity.connections)
            samples.add("hub_body_bytes", capacity.bodies.held)
            samples.add("hub_stream_bytes", capacity.streams.held)
            samples.add("hub_readings_waiting", capacity.readings.waiting)
            for key in core.sealer.keyring.names {
                let isActive = key == core.sealer.keyring.activeName
                samples.add("hub_master_key_info", [key, String(isActive)], 1)
            }
            if let release = try? SchemaRelease.current() {
                samples.add("hub_build_info", [release.fingerprint, String(release.version)], 1)
            }
            ProcessFigures.add(to: &samples)
        }
    }

    private static func addWork(
        _ figures: HubFigures.Values, _ name: (CountyID) -> String, to samples: inout MetricSamples,
    ) {
        for (key, count) in figures.events { samples.add("hub_events_total", [name(key.county), key.result], count) }
        for (key, count) in figures.commands {
            samples.add("hub_duty_changes_total", [name(key.county), key.command], count)
        }
    }

    private static func addLanes(_ core: HubCore, to samples: inout MetricSamples) {
        let lanes = [
            ("admissions", core.admissions.waiting, core.admissions.figures.now),
            ("changes", core.desk.lane.waiting, core.desk.lane.figures.now),
            ("duty-reads", core.desk.reads.waiting, core.desk.reads.figures.now),
            ("case-reads", core.desk.caseReads.waiting, core.desk.caseReads.figures.now),
        ]
        for (lane, waiting, figures) in lanes {
            samples.add("hub_lane_waiting", [lane], waiting)
            samples.add("hub_lane_batch_items", [lane], figures.sizes)
            samples.add("hub_lane_commit_seconds", [lane], figures.durations)
            samples.add("hub_lane_failures_total", [lane], figures.failedItems)
        }
    }

    private static func addSweeps(
        _ figures: HubFigures.Values, _ name: (CountyID) -> String, to samples: inout MetricSamples,
    ) {
        for (county, sweeps) in figures.sweeps {
            if let last = sweeps.lastRun {
                samples.add("hub_sweep_last_run_timestamp_seconds", [name(county)], last)
                samples.add("hub_sweep_duration_seconds", [name(county)], sweeps.duration)
            }
            samples.add("hub_sweep_failures_total", [name(county)], sweeps.failures)
            for outcome in LadderOutcome.allCases {
                samples.add("hub_sweep_steps_total", [name(county), outcome.rawValue], sweeps.steps[outcome] ?? 0)
            }
        }
        for (chore, figures) in figures.chores {
            if let last = figures.lastSuccess {
                samples.add("hub_chore_last_success_timestamp_seconds", [chore], last)
            }
            samples.add("hub_chore_failures_total", [chore], figures.failures)
        }
    }

    private static func addDatabase(
        _ core: HubCore, _ figures: HubFigures.Values, to samples: inout MetricSamples,
    ) {
        // Asked every two seconds; a hub that has not asked yet has just
        // spoken to it, or it would not serve.
        let isDown = figures.chores["read-clock"]?.isFailing ?? false
        samples.add("hub_database_up", isDown ? 0 : 1)
        let host = Date().timeIntervalSince1970
        samples.add("hub_clock_offset_seconds", Double(core.clock.now().microseconds) / 1e6 - host)
        for (name, pool) in core.store.poolStatistics {
            samples.add("hub_database_pool_size", [name], pool.size)
            samples.add("hub_database_connections", [name], pool.open)
            samples.add("hub_database_queries_under_way", [name], pool.underWay)
            samples.add("hub_database_callers_waiting", [name], pool.waiting)
            samples.add("hub_database_connections_opened_total", [name], pool.opened)
            samples.add("hub_database_connections_lost_total", [name], pool.lost)
            samples.add("hub_database_connect_failures_total", [name], pool.failedAttempts)
        }
    }

    private static func addMaintenance(_ maintenance: MaintenanceMode, to samples: inout MetricSamples) {
        let counts = maintenance.counts
        samples.add("hub_counties_read_only", counts.readOnly)
        samples.add("hub_counties_sweeps_held", counts.held)
        samples.add("hub_database_writable", maintenance.databaseIsWritable ? 1 : 0)
    }

    private static func addStanding(
        _ standing: HubFigures.Standing, _ name: (CountyID) -> String, to samples: inout MetricSamples,
    ) {
        for county in standing.counties {
            let name = name(county.county)
            samples.add("hub_due_steps", [name], county.dueSteps)
            samples.add("hub_due_step_oldest_seconds", [name], county.oldestDue)
            samples.add("hub_consumers", [name, "active"], county.consumers - county.pausedConsumers)
            samples.add("hub_consumers", [name, "paused"], county.pausedConsumers)
            samples.add("hub_consumer_lag_seconds", [name], county.consumerLag)
            samples.add("hub_deliveries_dead", [name], county.deadDeliveries)
            samples.add("hub_deliveries_blocked", [name], county.blockedDeliveries)
            samples.add("hub_sealing_key_missing", [name], standing.withoutKey.contains(county.county) ? 1 : 0)
        }
        samples.add("hub_database_sessions", standing.database.sessions)
        samples.add("hub_database_sessions_max", standing.database.sessionLimit)
        samples.add("hub_database_oldest_transaction_seconds", standing.database.oldestTransaction)
        samples.add("hub_last_position", standing.database.lastPosition)
        samples.add("hub_partition_headroom_positions", standing.database.partitionHeadroom)
        samples.add("hub_board_deltas", standing.database.boardDeltas)
    }
}
