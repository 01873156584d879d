import Foundation

/// Where the harness's things come from and go to.
struct Places: Sendable {
    /// The built command.
    var liankong: String
    /// PostgreSQL's programs.
    var programs: String
    /// What is gone after the run: cluster, sockets, keys.
    var home: String
    /// What stays: logs of the hubs, ledgers, histories.
    var state: String
    /// A county to load, with its samples.
    var county: String
}

/// One server and the hubs over it, with everything that can be done to them.
struct Field: Sendable {
    let places: Places
    let disk: Disk
    let namespace: NetworkNamespace?
    let fakeTime: FakeTime?
    let cluster: Cluster
    let hubs: [HubProcess]
    let tokens: Tokens

    static let county = "chaos"
    private static let template = "template_chaos"
    /// Two days before the sample happens, so that its clocks begin to run.
    private static let start = "2020-10-28T18:00:00+08:00"

    /// Makes all of it; the hubs do not run yet.
    ///
    /// - Parameter usesNetwork: whether the last hub goes into a network
    ///   namespace of its own, where one can be made.
    static func make(_ places: Places, hubs count: Int, usesNetwork: Bool) async throws -> Field {
        let disk = try await Disk.mount(at: places.home + "/disk")
        let namespace = usesNetwork ? await NetworkNamespace.make(home: places.home) : nil
        let fakeTime = FakeTime.installed(home: places.home)
        let cluster = Cluster(
            programs: places.programs, home: places.home, disk: disk, address: namespace?.databaseAddress,
            fakeTime: fakeTime)
        do {
            try await cluster.make()
            try await cluster.start()
            try await prepare(places, cluster)
            let hubs = try (0..<count).map { index in
                try hub(index, of: count, places, cluster, namespace: namespace, fakeTime: fakeTime)
            }
            return Field(
                places: places, disk: disk, namespace: namespace, fakeTime: fakeTime, cluster: cluster, hubs: hubs,
                tokens: try Tokens(file: places.home + "/tokens.json"))
        } catch {
            await cluster.remove()
            await namespace?.remove()
            await disk.unmount()
            throw error
        }
    }

    /// A database with a county, from which those of the rounds are copied.
    private static func prepare(_ places: Places, _ cluster: Cluster) async throws {
        try await cluster.query("CREATE DATABASE \(template)", in: "postgres")
        let environment = [
            "LIANKONG_DATABASE_URL": cluster.url(template), "LIANKONG_KEYS": places.home + "/keys.json",
        ]
        for command in [
            ["migrate"], ["county", "load", places.county, "--key", county, "--sandbox"],
            ["sandbox", "clock", "--county", county, "--to", start, "--start"],
            ["token", "provision", "--county", county, "--into", places.home + "/tokens.json"],
        ] {
            try await Program.run([places.liankong] + command, environment: environment)
        }
    }

    private static func hub(
        _ index: Int, of count: Int, _ places: Places, _ cluster: Cluster, namespace: NetworkNamespace?,
        fakeTime: FakeTime?,
    ) throws -> HubProcess {
        if let namespace, index == count - 1 {
            return try HubProcess(
                index: index, host: namespace.hubAddress, port: 8320, home: places.home, logs: places.state,
                liankong: places.liankong, proxy: nil, fakeTime: fakeTime,
                urlOf: { cluster.networkURL($0) ?? cluster.url($0) }, wrapper: { namespace.inside($0) })
        }
        let proxy = try DatabaseProxy(folder: places.home + "/proxy-\(index)", upstream: cluster.socket)
        return try HubProcess(
            index: index, host: "127.0.0.1", port: try HubProcess.steadyPort(), home: places.home,
            logs: places.state, liankong: places.liankong, proxy: proxy,
            // One hub keeps the machine's own clock.
            fakeTime: index == 0 ? nil : fakeTime, urlOf: { cluster.url($0, through: proxy.folder) })
    }

    /// Faults that cannot be made here, with the reason.
    var impossible: [Fault: String] {
        var reasons: [Fault: String] = [:]
        if !disk.isOwn { reasons[.diskFull] = "no disk of its own can be mounted by this account" }
        if namespace == nil { reasons[.networkCut] = "no network namespace can be made by this account" }
        if fakeTime == nil {
            for fault in [Fault.hubClockJumps, .databaseClockJumps] { reasons[fault] = "libfaketime is not installed" }
        }
        return reasons
    }

    /// A fresh database for some rounds.
    func makeDatabase(_ name: String) async throws {
        try await cluster.query("CREATE DATABASE \(name) TEMPLATE \(Self.template)", in: "postgres")
    }

    func dropDatabase(_ name: String) async throws {
        try await cluster.query("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", in: "postgres")
    }

    /// Moves the county's clock ahead by days; false where the database is away.
    func moveCountyClock(days: Int, in database: String) async -> Bool {
        let command = [places.liankong, "sandbox", "clock", "--county", Self.county, "--by", "\(days)d"]
        let environment = ["LIANKONG_DATABASE_URL": cluster.url(database)]
        return (try? await Program.run(command, environment: environment, within: .seconds(10))) != nil
    }

    /// What the sessions of a database do and wait for, one line each.
    func look(at database: String) async -> [String] {
        let rows = try? await cluster.query(
            """
            SELECT application_name || ' ' || state || ' ' || coalesce(wait_event_type || '/' || wait_event, 'running')
                || ' ' || round(extract(epoch FROM now() - state_change), 2)::text || ' s ' || left(query, 40)
            FROM pg_stat_activity WHERE datname = '\(database)' AND state <> 'idle'
                AND application_name <> 'liankong-chaos'
            """, in: "postgres")
        guard let rows else { return ["the database does not answer"] }
        let lines = rows.map { "session: " + $0[0].filter { !$0.isNewline } }
        return ["load average \(Machine.loadAverage), \(lines.count) busy sessions"] + lines.prefix(10)
    }

    /// Undoes whatever a fault may have left.
    func restore() async throws {
        disk.free()
        try await namespace?.cut(false)
        for hub in hubs {
            hub.proxy?.stall(false)
            _ = hub.proxy?.loseNoMore()
            if let file = hub.clockFile { try FakeTime.set(file, ahead: 0) }
            hub.freeze(false)
            hub.bringBack()
        }
        try await cluster.ensureRunning()
    }

    /// Waits until every hub serves.
    ///
    /// - Returns: those that do not.
    func awaitHubs(within limit: Duration) async -> [Int] {
        let deadline = ContinuousClock.now + limit
        while true {
            let missing = hubs.filter { !$0.isUp }.map(\.index)
            if missing.isEmpty || ContinuousClock.now > deadline { return missing }
            try? await Task.sleep(for: .milliseconds(30))
            if Task.isCancelled { return missing }
        }
    }

    /// Ends and removes everything.
    func remove() async {
        for hub in hubs { hub.end() }
        for hub in hubs { await hub.awaitEnd() }
        await cluster.remove()
        await namespace?.remove()
        await disk.unmount()
    }
}
