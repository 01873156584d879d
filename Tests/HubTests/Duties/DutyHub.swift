import CloudEvents
import Coordination
import Foundation
import Hub
import PostgresClient
import Store
import TestSupport

/// The services of a hub over a database of the test's own, without HTTP.
struct DutyHub: Sendable {
    let core: HubCore
    let database: TestDatabase
    /// Real, or a sandbox whose sweeps may look ahead.
    let county: CountyRuntime

    static func with(
        _ name: TestCounty = .mengjin, _ body: @Sendable (DutyHub) async throws -> Void,
    ) async throws {
        try await TestDatabase.with { database in
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            try await with(database: database, keyFile: keyFile, name, body)
        }
    }

    /// One more hub process on the same database.
    func beside(_ body: @Sendable (DutyHub) async throws -> Void) async throws {
        let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
        try await Self.with(database: database, keyFile: keyFile, TestCounty(rawValue: county.record.key)!, body)
    }

    private static func with(
        database: TestDatabase, keyFile: String, _ name: TestCounty, _ body: @Sendable (DutyHub) async throws -> Void,
    ) async throws {
        var configuration = HubConfiguration(databaseURL: database.url, keyFile: keyFile)
        // Sweeps happen when a test asks for them.
        configuration.sweepEvery = .seconds(86_400)
        let core = try await HubCore.open(configuration, logger: TestDatabase.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await core.admissions.run() }
            group.addTask { try await core.desk.run() }
            do {
                let county = try Self.county(name, of: core)
                if name == .sandbox { try await Self.setClock(of: county, core) }
                try await body(DutyHub(core: core, database: database, county: county))
                group.cancelAll()
            } catch {
                group.cancelAll()
                throw error
            }
        }
        await core.close()
    }

    /// The sandbox lives on the plan's own day, a Thursday, so that no test
    /// depends on the day it runs.
    private static func setClock(of county: CountyRuntime, _ core: HubCore) async throws {
        _ = try await core.store.moveClock(of: county.id, to: Timestamp(rfc3339: "2020-10-22T09:00:00+08:00")!)
        try await core.counties.refresh()
    }

    private static func county(_ name: TestCounty, of core: HubCore) throws -> CountyRuntime {
        guard let county = core.counties.county(key: name.rawValue) else { throw HubError("internal") }
        return county
    }

    var store: Store { core.store }
    var desk: DutyDesk { core.desk }

    // MARK: Who acts

    func officer(_ id: OfficerID) -> Principal {
        let officer = county.directory.officer(id)!
        return Principal(
            token: .random(), county: county.id, unit: officer.unit, officer: id,
            scopes: Set(officer.scopes.compactMap(Scope.init(rawValue:))), expiresAtMicroseconds: .max)
    }

    func program(_ unit: UnitID, in other: CountyID? = nil) -> Principal {
        Principal(
            token: .random(), county: other ?? county.id, unit: unit, officer: nil, scopes: Scope.ofUnits,
            expiresAtMicroseconds: .max)
    }

    // MARK: Events

    /// Publishes reports of child labour, each about an employer of its own;
    /// hrss handles, edu-sports leads, jm-office verifies.
    @discardableResult
    func reports(_ count: Int, from first: Int = 0) async throws -> [Receipt] {
        let events = try (first..<(first + count)).map { try Self.report($0, county: county) }
        var receipts: [Receipt] = []
        for part in stride(from: 0, to: count, by: 200) {
            receipts += try await core.publisher.publish(
                batch: events[part..<min(part + 200, count)].map { .success($0) }, by: program("jm-office"),
                options: Publisher.Options()
            ).map { try $0.get() }
        }
        return receipts
    }

    /// The duty of a unit from such a report.
    func duty(of unit: UnitID = "hrss", _ number: Int = 0) async throws -> DutyID {
        let receipt = try await reports(1, from: number)[0]
        return receipt.recipients.first { $0.unit == unit }!.duty!
    }

    func duties(of unit: UnitID = "hrss", _ count: Int) async throws -> [DutyID] {
        try await reports(count).map { receipt in receipt.recipients.first { $0.unit == unit }!.duty! }
    }

    private static func report(
        _ number: Int, county: CountyRuntime, region: String = "410322107",
    ) throws -> CloudEvent {
        let text = try Repository.text("deploy/mengjin/samples/01-illegal-child-labour.json")
        guard case .success(.object(var object)) = JSONReader.read(Array(text.utf8)),
            case .object(var data)? = object["data"]
        else { throw HubError("internal") }
        object["id"] = .string("LBYB-\(number)")
        data["uscc"] = nil
        data["employerName"] = .string("演示加工厂\(number)号")
        data["workRegionCode"] = .string(region)
        // No child in danger: the ordinary periods and ladder B.
        data["hazardFlags"] = nil
        data["children"] = data["children"]?.arrayValue.map { .array($0.suffix(1)) }
        data["childrenCount"] = 1
        object["data"] = .object(data)
        return try HTTPBinding.structured(.object(object)).get()
    }

    /// A report from outside the county, which a person has to assign.
    func reportFromElsewhere() async throws -> Receipt {
        try await core.publisher.publish(
            try Self.report(900_000, county: county, region: "410304001"), by: program("jm-office"),
            options: Publisher.Options())
    }

    // MARK: Looking

    /// A number that the database answers with.
    func number(_ sql: String) async throws -> Int64 {
        let rows = try await store.pool.query(PostgresStatement(name: "test", sql: "SELECT (\(sql))::bigint AS n"))
        return try rows.first?.decode("n", as: Int64.self) ?? 0
    }

    /// The code with which a command is refused; nil when it is not.
    func refusal(
        of command: String, on id: DutyID, _ body: JSONObject = [:], by principal: Principal, version: Int32? = nil,
        key: String? = nil,
    ) async throws -> String? {
        try await code {
            try await desk.perform(
                command, on: id, body: body, by: principal, idempotencyKey: key, expectedVersions: version.map { [$0] })
        }
    }

    /// The code with which something is refused; nil when it is not.
    func code(_ body: () async throws -> some Sendable) async throws -> String? {
        do {
            _ = try await body()
            return nil
        } catch let error as HubError {
            return error.code
        }
    }
}
