package import CloudEvents
package import Coordination
package import Logging
package import PostgresClient
package import Store

/// Opens the personal data of an event for one officer.
///
/// What is shown is a projection: the matrix in force when the event was
/// dispatched, for this unit in its role. Every opening, granted or refused, is
/// on record before the answer leaves, also an attempt on an event that the
/// caller may not see; the purpose is sealed like a note, because officers name
/// children in it.
package struct Opener: Sendable {
    private let store: Store
    private let counties: CountyRegistry
    private let clock: HubClock
    private let sealer: Sealer
    private let roster: OfficerRoster
    private let logger: Logger

    private static let purposeLimit = 500

    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, sealer: Sealer, roster: OfficerRoster, logger: Logger,
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.sealer = sealer
        self.roster = roster
        self.logger = logger
    }

    /// What an officer asks for.
    package struct Request: Sendable {
        /// Why, in the officer's words; nil when nothing was said.
        package var purpose: String?
        /// Now, to be reviewed afterwards.
        package var isEmergency: Bool
        /// What could not be read.
        package var faults: [InputFault]

        package init(purpose: String?, isEmergency: Bool = false, faults: [InputFault] = []) {
            self.purpose = purpose
            self.isEmergency = isEmergency
            self.faults = faults
        }
    }

    /// What was opened.
    package struct Opened: Sendable {
        /// The fields as the contract nests them, masked where the matrix says so.
        package var data: JSONObject
        /// The classes that were held back for want of an approval.
        package var withheld: [FieldClass]
        /// The officers of the unit who can approve; empty when nothing was held back.
        package var approvers: [OfficerRecord]
    }

    /// Opens an event.
    ///
    /// - Parameters:
    ///   - request: what the officer asks for.
    ///   - position: the event as the caller named it.
    ///   - visibility: finds the event and the caller's part in it, or throws.
    /// - Throws: ``HubError`` with the API's code, after it is on record.
    package func open(
        _ request: Request, at position: Position, by principal: Principal,
        visibility: () async throws -> EventRecord,
    ) async throws -> Opened {
        let county = try counties.county(principal.county)
        let opened: Opened
        do {
            opened = try await judge(
                try await visibility(), request: request, principal: principal, county: county)
        } catch let refusal as HubError {
            try await record(position, request.purpose, principal: principal, county: county, refusal: refusal.code)
            throw refusal
        }
        try await record(position, request.purpose, principal: principal, county: county, refusal: nil)
        return opened
    }

    /// The purpose of a recorded opening; nil for one without, and for one that
    /// can no longer be read.
    package func purpose(of record: AccessRecord, county: CountyID) -> String? {
        guard let sealed = record.sealedPurpose else { return nil }
        let context = Self.context(record.position)
        guard let bytes = try? sealer.openNote(sealed, county: county.rawValue, context: context) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - Judging

    private func judge(
        _ event: EventRecord, request: Request, principal: Principal, county: CountyRuntime,
    ) async throws -> Opened {
        guard principal.has(.handle) else { throw HubError("scope-missing", details: ["needs": ["handle"]]) }
        guard let officer = principal.officer else { throw HubError("person-needed") }
        // A token outlives the office of who holds it.
        let today = clock.now(in: county.id).beijingDate
        guard try await roster.isRegistered(officer, of: principal.unit, county: county.id, on: today) else {
            throw HubError("officer-not-in-office")
        }
        guard !request.isEmergency else { throw HubError("not-yet") }
        try Self.check(request)
        guard let contract = county.catalogue.contract(event.type), let unit = county.directory.unit(principal.unit)
        else { throw HubError("not-for-you") }
        let reception = try await store.reception(of: event.position, by: principal.unit, county: county.id)
        guard let matrix = try await counties.projection(reception?.projection ?? "", of: county) else {
            logger.error("projection version not found", metadata: ["hub_county": "\(county.record.key)"])
            throw HubError("not-for-you")
        }
        let result = matrix.project(
            sealed: try await sealedFields(of: event, county: county), contract: contract, unit: unit,
            role: reception?.role ?? .informed,
            context: try await context(of: event, unit: principal.unit, county: county),
            directory: county.directory)
        return try await opened(result, principal: principal, county: county)
    }

    private static func check(_ request: Request) throws {
        var faults = request.faults
        let text = request.purpose ?? ""
        if faults.contains(where: { $0.path == "/purpose" }) {
            // What could not be read was told already.
        } else if !text.contains(where: { !$0.isWhitespace }) {
            faults.append(
                InputFault(
                    path: "/purpose", code: "required", message: "say what the data is needed for",
                    messageZh: "须写明查阅用途"))
        } else if text.unicodeScalars.count > purposeLimit {
            faults.append(
                InputFault(
                    path: "/purpose", code: "too-long", message: "a purpose has at most \(purposeLimit) characters",
                    messageZh: "用途最多\(purposeLimit)个字符"))
        }
        guard faults.isEmpty else { throw HubError("invalid", faults: faults) }
    }

    private func opened(
        _ result: ProjectionResult, principal: Principal, county: CountyRuntime,
    ) async throws -> Opened {
        let withheld = FieldClass.allCases.filter { fieldClass in
            fieldClass.sealedClass.map(result.approvalRequired.contains) ?? false
        }
        let approvers = withheld.isEmpty ? [] : try await approvers(of: principal.unit, county: county)
        if result.isRefused {
            throw HubError(
                "approval-required",
                details: [
                    "classes": .array(withheld.map { .string($0.rawValue) }),
                    "approvers": .array(approvers.map { ["id": .string($0.id.rawValue), "name": .string($0.name)] }),
                ])
        }
        guard !result.data.isEmpty else { throw HubError("not-for-you") }
        return Opened(data: result.data, withheld: withheld, approvers: approvers)
    }

    private func approvers(of unit: UnitID, county: CountyRuntime) async throws -> [OfficerRecord] {
        let today = clock.now(in: county.id).beijingDate
        return try await store.officers(county: county.id, unit: unit)
            .filter { $0.scopes.contains(Scope.approve.rawValue) && $0.isInOffice(on: today) }
    }

    // MARK: - Reading

    private func context(
        of event: EventRecord, unit: UnitID, county: CountyRuntime,
    ) async throws -> ProjectionContext {
        // Who reported is known to the unit that must answer now: it holds the
        // handling duty, which a return or a transfer takes away.
        let mustAnswer = try await store.duties(concerning: event).contains { duty in
            duty.unit == unit && duty.role == .handling && Self.holds(duty.state)
        }
        return ProjectionContext(
            isPublisher: event.publisher == unit, mustAnswer: mustAnswer, time: event.time ?? event.recordedAt)
    }

    private static func holds(_ state: DutyState) -> Bool {
        switch state {
        case .awaitingDispatch, .returned, .reassigned, .cancelled: false
        case .dispatched, .signed, .accepted, .inProgress, .suspended, .completed, .rework, .closed: true
        }
    }

    /// The sealed fields by class. An audience of its own may have lost its part
    /// alone.
    ///
    /// - Throws: `erased` when the keys are destroyed, `key-not-held` or
    ///   `sealed-part-altered` when they do not fit.
    private func sealedFields(
        of event: EventRecord, county: CountyRuntime,
    ) async throws -> [SealedClass: JSONObject] {
        guard let key = event.key else { throw HubError("internal") }
        var fields: [SealedClass: JSONObject] = [:]
        let parts = try await store.sealedParts(of: event.position, county: county.id)
        guard parts.contains(where: { $0.audience == "personal" }) else {
            // Every event has one; somebody has taken it away.
            throw refusal(of: "personal", .notAuthentic, event, county)
        }
        for part in parts {
            let body: [UInt8]
            do throws(Sealer.Fault) {
                body = try sealer.open(part, county: county.id.rawValue, key: key)
            } catch .erased {
                if part.audience == SealedClass.reporter.rawValue || part.audience == SealedClass.officials.rawValue {
                    continue
                }
                throw Sealer.Fault.erased.hubError
            } catch {
                throw refusal(of: part.audience, error, event, county)
            }
            guard case .success(.object(let object)) = JSONReader.read(body) else { throw HubError("internal") }
            if part.audience == "personal" {
                for sealedClass in [SealedClass.personal, .sensitive] {
                    fields[sealedClass] = object[sealedClass.rawValue]?.objectValue
                }
            } else if let sealedClass = SealedClass(rawValue: part.audience) {
                fields[sealedClass] = object
            }
        }
        return fields
    }

    private func refusal(
        of audience: String, _ fault: Sealer.Fault, _ event: EventRecord, _ county: CountyRuntime,
    ) -> HubError {
        logger.error(
            "sealed part refused",
            metadata: [
                "hub_county": "\(county.record.key)", "hub_position": "\(event.position.rawValue)",
                "hub_audience": "\(audience)", "hub_error": "\(fault)",
            ])
        return fault.hubError
    }

    // MARK: - The record

    private func record(
        _ position: Position, _ purpose: String?, principal: Principal, county: CountyRuntime, refusal: String?,
    ) async throws {
        // What is longer than a purpose may be is refused and kept in part.
        let kept = purpose.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(Self.purposeLimit))) }
        let sealed = try kept.map {
            try sealer.sealNote(Array($0.utf8), county: county.id.rawValue, context: Self.context(position))
        }
        try await store.recordAccess(
            AccessRecord(
                at: clock.now(in: county.id), unit: principal.unit, officer: principal.officer,
                token: principal.token, position: position, sealedPurpose: sealed, granted: refusal == nil,
                code: refusal),
            county: county.id)
    }

    private static func context(_ position: Position) -> String { "access/\(position.rawValue)" }
}

extension EventRecord {
    /// The name under which its parts are sealed.
    package var key: PostgresUUID? {
        guard case .success(let value) = JSONReader.read(attributes), let source = value["source"]?.stringValue,
            let id = value["id"]?.stringValue
        else { return nil }
        return EventKey.of(source: source, id: id)
    }
}
