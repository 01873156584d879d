import ChineseIdentifiers
import CloudEvents
import Coordination
import Crypto
import Foundation
import PostgresClient
import Store

/// A command with who gives it and how.
struct DutyAct: Sendable {
    var request: DutyRequest
    /// What came with the command, as it was sent.
    var body: JSONObject
    var actor: DutyActor
    var token: PostgresUUID
    var key: String?
    /// The versions one of which the sender has seen; nil for any.
    var expectedVersions: Set<Int32>?

    init(
        _ command: DutyCommand, body: JSONObject, by principal: Principal, key: String?,
        expectedVersions: Set<Int32>?,
    ) {
        var request = DutyRequest(command, body: body)
        if let officer = principal.officer {
            // A person acts in no other name.
            if let named = request.officer, named != officer {
                request.faults.append(
                    InputFault(
                        path: "/officer", code: "not-the-token's", message: "leave it out: the token names the officer",
                        messageZh: "请去掉：经办人以令牌为准"))
            }
            request.officer = officer
        }
        self.request = request
        self.body = body
        actor = principal.actor(naming: request.officer)
        token = principal.token
        self.key = key
        self.expectedVersions = expectedVersions
    }
}

extension Principal {
    /// Who acts on a duty.
    ///
    /// - Parameter officer: whom a program names.
    func actor(naming officer: OfficerID? = nil) -> DutyActor {
        DutyActor(
            unit: unit, officer: self.officer ?? officer, isProgram: self.officer == nil,
            powers: Set(scopes.compactMap { DutyActor.Power(rawValue: $0.rawValue) }))
    }
}

/// A change that may be stored, if the duty is still what it was.
struct JudgedChange: Sendable {
    var before: Duty
    var transition: DutyTransition
    var row: DutyChangeRow
}

enum Judgement: Sendable {
    /// It was done before: nothing changes.
    case done
    case change(JudgedChange)
}

extension DutyDesk {
    /// Judges a command on a duty that its giver can see.
    func judge(_ act: DutyAct, on duty: Duty, county: CountyRuntime) async throws -> Judgement {
        if let refusal = DutyMachine.refusal(of: act.request.command, on: duty, by: act.actor) {
            throw HubError(refusal, duty: duty)
        }
        let key = act.key.map { CommandKey(key: $0, of: act) }
        if let key, try await wasStored(key, duty: duty) { return .done }
        if let expected = act.expectedVersions, !expected.contains(duty.version) {
            if try await isLast(act, on: duty) { return .done }
            throw HubError("stale-version", details: ["version": .integer(Int64(duty.version))])
        }
        // The one command that may follow itself: the same note twice is one.
        if act.request.command == .note, try await isLast(act, on: duty) { return .done }
        let now = clock.now(in: county.id)
        let circumstances = try await circumstances(of: act, on: duty, county: county, now: now)
        let result = DutyMachine.transition(
            act.request, on: duty, by: act.actor, circumstances: circumstances, at: now)
        switch result {
        case .success(let transition):
            let row = try row(transition, act: act, before: duty, key: key, county: county)
            return .change(JudgedChange(before: duty, transition: transition, row: row))
        case .failure(let refusal):
            if case .illegalTransition = refusal, try await isLast(act, on: duty) { return .done }
            throw HubError(refusal, duty: duty)
        }
    }

    // MARK: Done before

    private func wasStored(_ key: CommandKey, duty: Duty) async throws -> Bool {
        guard let known = try await store.commandRequest(of: key.key, duty: duty.id, county: duty.county) else {
            return false
        }
        guard known == key.request else { throw HubError("idempotency-key-reused") }
        return true
    }

    /// Whether the last that happened to the duty is this command by this
    /// person, saying the same.
    private func isLast(_ act: DutyAct, on duty: Duty) async throws -> Bool {
        guard duty.version > 1, let officer = act.actor.officer,
            let last = try await store.lastChange(of: duty.id, county: duty.county),
            last.command == act.request.command.rawValue, last.officer == officer, last.byUnit == act.actor.unit
        else { return false }
        let codes = last.codes
        guard act.request.codes.allSatisfy({ codes[$0.key] == $0.value }) else { return false }
        return act.request.command != .note || writings(of: last, county: duty.county) == act.request.writings
    }

    // MARK: Circumstances

    private func circumstances(
        of act: DutyAct, on duty: Duty, county: CountyRuntime, now: Timestamp,
    ) async throws -> DutyCircumstances {
        let day = now.beijingDate
        var isRegistered = false
        if let officer = act.actor.officer {
            isRegistered = try await roster.isRegistered(officer, of: act.actor.unit, county: county.id, on: day)
        }
        return DutyCircumstances(
            officerIsRegistered: isRegistered,
            outcomes: county.outcomes(of: duty.type, on: day),
            caseIsOpen: try await caseIsOpen(of: duty),
            assignee: try await assignee(act.request, of: duty, county: county, now: now))
    }

    private func assignee(
        _ request: DutyRequest, of duty: Duty, county: CountyRuntime, now: Timestamp,
    ) async throws -> DutyCircumstances.Assignee? {
        guard request.command == .assign, let id = request.unit else { return nil }
        let day = now.beijingDate
        guard let unit = county.directory.unit(id, on: day) else { return .unknown }
        guard unit.kind.hasAccount else { return .withoutAccount }
        let role = request.role ?? .handling
        let others = try await store.duties(ofEvent: duty.event, county: duty.county)
        guard !others.contains(where: { $0.id != duty.id && $0.unit == id && $0.has(role) }) else { return .hasRole }
        // The law in force is that of the day of the event.
        let event = try await store.event(at: duty.event, county: duty.county)
        let plan = county.policy.dutyPlan(
            rule: duty.rule, role: role, unit: id, time: event?.time ?? duty.createdAt,
            assignedAt: now, ladder: duty.ladder)
        let planRole = duty.clause.map { county.directory.planRole(id, clause: $0, on: day) } ?? .none
        return .owes(planRole, plan)
    }

    // MARK: The row

    private func row(
        _ transition: DutyTransition, act: DutyAct, before: Duty, key: CommandKey?, county: CountyRuntime,
    ) throws -> DutyChangeRow {
        let duty = transition.duty
        return DutyChangeRow(
            duty: duty, at: transition.at, token: act.token, byUnit: act.actor.unit, officer: transition.officer,
            command: transition.command.rawValue,
            detail: transition.codes.isEmpty ? nil : JSONValue.object(transition.codes).canonicalBytes(),
            sealedNote: transition.writings.isEmpty
                ? nil
                : try sealer.sealNote(
                    JSONValue.object(transition.writings).canonicalBytes(), county: county.id.rawValue,
                    context: Self.noteContext(duty: duty.id, version: duty.version)),
            wording: duty.milestones == before.milestones ? nil : Wording(of: duty.milestones.words),
            isAssignment: transition.isAssignment,
            timers: Publisher.firstTimers(transition.restarted, ladder: duty.ladder, county: county),
            idempotency: key)
    }

    /// Binds what a person wrote to its place in the history.
    static func noteContext(duty: DutyID, version: Int32) -> String { "duty/\(duty.rawValue)/\(version)" }

    /// What a person wrote with a change; empty when that was nothing, or is
    /// erased.
    func writings(of change: DutyChangeRecord, county: CountyID) -> JSONObject {
        guard let sealed = change.sealedNote,
            let bytes = try? sealer.openNote(
                sealed, county: county.rawValue,
                context: Self.noteContext(duty: change.duty, version: change.version)),
            case .success(.object(let writings)) = JSONReader.read(bytes)
        else { return [:] }
        return writings
    }
}

extension DutyChangeRecord {
    /// The codes that went on record with the change.
    var codes: JSONObject {
        guard let detail, case .success(.object(let codes)) = JSONReader.read(detail) else { return [:] }
        return codes
    }
}

extension CountyRuntime {
    /// The results a duty of a type may end with on a day.
    func outcomes(of type: EventType, on day: CivilDate) -> [String] {
        catalogue.outcomes(of: type)?.codes.filter { $0.isValid(on: day) }.map(\.code) ?? []
    }
}

extension EventRecord {
    /// When it happened, as its sender says.
    var time: Timestamp? {
        guard case .success(let value) = JSONReader.read(attributes) else { return nil }
        return value["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
    }
}

extension CommandKey {
    /// A key holds for one token: the first 16 bytes of SHA-256 over both.
    fileprivate init(key: String, of act: DutyAct) {
        var hash = SHA256()
        hash.update(data: act.token.bytes)
        hash.update(data: Array(key.utf8))
        self.init(
            key: PostgresUUID(bytes: Array(Array(hash.finalize()).prefix(16))),
            request: Self.fingerprint(of: act))
    }

    /// Two requests are the same when all that was sent is, also what this
    /// command does not take. What a person wrote is part of it, and a plain
    /// hash of a short text can be guessed: it is keyed with the key itself,
    /// which the database does not hold.
    private static func fingerprint(of act: DutyAct) -> [UInt8] {
        let sent: JSONValue = [
            "command": .string(act.request.command.rawValue),
            "officer": act.request.officer.map { .string($0.rawValue) } ?? .null,
            "body": .object(act.body),
        ]
        let key = SymmetricKey(data: Array((act.key ?? "").utf8))
        return Array(HMAC<SHA256>.authenticationCode(for: sent.canonicalBytes(), using: key))
    }
}

extension HubError {
    /// The API's answer to a refusal.
    init(_ refusal: DutyRefusal, duty: Duty) {
        switch refusal {
        case .notYourDuty: self.init("not-your-duty")
        case .scopeMissing(let powers):
            self.init("scope-missing", details: ["needs": .array(powers.map { .string($0.rawValue) })])
        case .personNeeded: self.init("person-needed")
        case .verifierIsHandler: self.init("verifier-is-handler")
        case .illegalTransition(let state, let allowed):
            self.init(
                "illegal-transition",
                details: [
                    "state": .string(state.rawValue), "stateZh": .string(state.zh),
                    "version": .integer(Int64(duty.version)),
                    "allowed": .array(allowed.map { .string($0.rawValue) }),
                ])
        case .officerMissing:
            self.init(
                "unknown-officer",
                faults: [
                    InputFault(
                        path: "/officer", code: "required", message: "say whose act it is: a registered officer's id",
                        messageZh: "须写明经办人：填写已登记经办人的编号")
                ])
        case .unknownOfficer:
            self.init(
                "unknown-officer",
                faults: [
                    InputFault(
                        path: "/officer", code: "unknown-officer",
                        message: "name a registered officer of this unit who is in office today",
                        messageZh: "请填写本单位已登记且在任的经办人")
                ])
        case .invalid(let faults): self.init("invalid", faults: faults)
        case .notYet: self.init("not-yet")
        }
    }
}
