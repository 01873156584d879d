import Coordination
import Hub
import Store
import TestSupport
import Testing

/// Loading a county's files, and issuing tokens for it.
struct CountyLoaderTests {
    @Test
    func theSameFilesAgainChangeNothing() async throws {
        try await Self.withLoader { _, loader in
            let again = try await loader.load(folder: TestCounty.folder, key: "mengjin", sandbox: false)
            #expect(!again.isNew)
            #expect(again.version == 1)
        }
    }

    @Test
    func aRealCountyDoesNotTakeAnothersCode() async throws {
        try await Self.withLoader { _, loader in
            let error = await #expect(throws: ConfigurationFaults.self) {
                try await loader.load(folder: TestCounty.folder, key: "elsewhere", sandbox: false)
            }
            #expect(Set(error?.faults.map(\.code) ?? []) == ["code-taken"])
        }
    }

    @Test
    func aDemonstrationSharesTheCodeOfTheCountyItShows() async throws {
        try await Self.withLoader { _, loader in
            let demonstration = try await loader.load(folder: TestCounty.folder, key: "show", sandbox: true)
            #expect(demonstration.isNew)
        }
    }

    @Test
    func aRealCountyDoesNotBecomeADemonstration() async throws {
        try await Self.withLoader { _, loader in
            let error = await #expect(throws: ConfigurationFaults.self) {
                try await loader.load(folder: TestCounty.folder, key: "mengjin", sandbox: true)
            }
            #expect(error?.faults.map(\.code) == ["other-kind"])
        }
    }

    @Test
    func aFolderWithoutFilesIsRefused() {
        guard case .failure(let faults) = CountyLoader.check(folder: "/nonexistent") else {
            Issue.record("a folder that is not there was accepted")
            return
        }
        #expect(faults.faults.map(\.code) == ["no-files"])
    }

    // MARK: - Tokens

    @Test
    func aProgramGetsNoScopeOfAPerson() async throws {
        try await TestHub.with { hub in
            let issuer = TokenIssuer(store: hub.inspection)
            let county = try hub.county(.mengjin)
            await #expect(throws: TokenIssuer.Refusal.scopeNotAllowed(.handle)) {
                try await issuer.issue(unit: "hrss", county: county, scopes: [.publish, .handle])
            }
        }
    }

    @Test
    func anOfficerGetsNoMoreThanRegistered() async throws {
        try await TestHub.with { hub in
            let issuer = TokenIssuer(store: hub.inspection)
            let county = try hub.county(.mengjin)
            await #expect(throws: TokenIssuer.Refusal.scopeNotAllowed(.secretariat)) {
                try await issuer.issue(officer: "hrss-01", county: county, scopes: [.handle, .secretariat])
            }
            let issued = try await issuer.issue(officer: "hrss-01", county: county)
            #expect(issued.record.unit == "hrss")
            #expect(issued.record.scopes == ["handle"])
        }
    }

    @Test(arguments: ["nobody", "ext:procuratorate"])
    func aUnitWithoutAnAccountGetsNone(_ unit: String) async throws {
        try await TestHub.with { hub in
            let issuer = TokenIssuer(store: hub.inspection)
            let county = try hub.county(.mengjin)
            _ = await #expect(throws: TokenIssuer.Refusal.self) {
                try await issuer.issue(unit: UnitID(unit), county: county)
            }
        }
    }

    private static func withLoader(_ body: (Store, CountyLoader) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
            do {
                try await body(store, CountyLoader(store: store, logger: TestDatabase.logger))
                await store.close()
            } catch {
                await store.close()
                throw error
            }
        }
    }
}
