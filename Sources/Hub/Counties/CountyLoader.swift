package import ChineseIdentifiers
import CloudEvents
package import Coordination
package import Logging
package import Store

/// The files of a county that passed every check.
package struct CheckedCounty: Sendable {
    package let files: CountyFiles
    package let parsed: CountyFiles.Parsed
}

/// What loading a county's files did.
package struct LoadedCounty: Sendable {
    package var county: CountyID
    package var key: String
    /// The version of the files.
    package var version: Int32
    /// Whether they differ from the version before.
    package var isNew: Bool
    package var policyVersion: String
    /// The day in Beijing from which the policy, and with it these files, is in
    /// force; nil for at once.
    package var effectiveFrom: CivilDate?
    package var units: Int
    package var officers: Int
    package var rules: Int
}

/// Brings a county's files into the database: checks them as a whole, and
/// stores them in one transaction with the codes and officers they name.
///
/// Hub processes take a new version up within seconds. What was stamped on
/// events and duties keeps the version it was made with.
package struct CountyLoader: Sendable {
    private let store: Store
    private let logger: Logger

    package init(store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Reads and checks a folder, without a database.
    ///
    /// - Returns: every fault of all files at once.
    package static func check(folder: String) -> Result<CheckedCounty, ConfigurationFaults> {
        do {
            let files = try CountyFiles(folder: folder)
            return files.parsed().map { CheckedCounty(files: files, parsed: $0) }
        } catch let faults as ConfigurationFaults {
            return .failure(faults)
        } catch {
            return .failure(
                ConfigurationFaults([
                    ConfigurationFault(
                        file: folder, line: 0, code: "unreadable", message: "the folder cannot be read",
                        messageZh: "无法读取文件夹")
                ]))
        }
    }

    /// Checks a folder and puts it in force under a key. The same files again
    /// change nothing.
    ///
    /// Officers are registered as far as the files say other things of them than
    /// the files before did, so that what was changed over the API stays; who
    /// stands in the files no more is out of office from today.
    ///
    /// - Parameters:
    ///   - key: what an operator calls the county, such as `mengjin`: 1 to 63
    ///     lower-case letters, digits and dashes.
    ///   - sandbox: whether it is a demonstration; settled when the county is
    ///     first loaded.
    /// - Throws: ``ConfigurationFaults`` for faults of the files, a code that
    ///   another county bears, a key that is a county of the other kind, and a
    ///   policy version that was loaded with other rules; else what the database
    ///   says.
    package func load(folder: String, key: String, sandbox: Bool) async throws -> LoadedCounty {
        let checked = try Self.check(folder: folder).get()
        let profile = checked.parsed.directory.county
        let faults = try await conflicts(of: profile, key: key, sandbox: sandbox)
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
        let name = profile.name(on: try await store.databaseNow().beijingDate)
        let result: (county: CountyID, version: Int32, isNew: Bool)
        do {
            result = try await store.loadCounty(
                Store.CountyLoad(
                    key: key, nameZh: name.zh, nameEn: name.en, sandbox: sandbox,
                    codes: profile.codes.map(Self.stored), policyVersion: checked.parsed.policy.version,
                    checksum: checked.files.checksum, files: checked.files.encoded)
            ) { try checked.changes(since: $0) }
        } catch let taken as OfficerIDsTaken {
            throw ConfigurationFaults(taken.ids.map(Self.taken))
        }
        logger.info(
            "county loaded",
            metadata: [
                "hub_county": "\(key)", "hub_county_version": "\(result.version)",
                "hub_policy": "\(checked.parsed.policy.version)", "hub_changed": "\(result.isNew)",
            ])
        return LoadedCounty(
            county: result.county, key: key, version: result.version, isNew: result.isNew,
            policyVersion: checked.parsed.policy.version, effectiveFrom: checked.parsed.policy.effectiveFrom,
            units: checked.parsed.directory.units.count,
            officers: checked.parsed.directory.officers.count, rules: checked.parsed.policy.rules.count)
    }

    /// What stands against a county in this installation: demonstrations may
    /// share a code with the county they show, real counties may not.
    private func conflicts(
        of profile: CountyProfile, key: String, sandbox: Bool,
    ) async throws -> [ConfigurationFault] {
        let counties = try await store.counties()
        // A county that was loaded under another name before keeps it.
        if !key.isPlainName, !counties.contains(where: { $0.key == key }) {
            return [
                ConfigurationFault(
                    file: "--key", line: 0, code: "bad-key",
                    message: "a county's key is 1 to 63 lower-case letters, digits and dashes, the first no dash",
                    messageZh: "县的名称为1至63个小写字母、数字或连字符，且不以连字符开头")
            ]
        }
        if let known = counties.first(where: { $0.key == key }), known.sandbox != sandbox {
            return [
                ConfigurationFault(
                    file: "county.yaml", line: 0, code: "other-kind",
                    message: "'\(key)' is loaded as a \(known.sandbox ? "demonstration" : "real county"); "
                        + "take another key",
                    messageZh: "“\(key)”已作为\(known.sandbox ? "演示县" : "正式县")加载，请另取名称")
            ]
        }
        guard !sandbox else { return [] }
        let real = Set(counties.filter { $0.key != key && !$0.sandbox }.map(\.id))
        let taken = try await store.countyCodes().filter { real.contains($0.county) }
        return profile.codes.filter { code in taken.contains { $0.overlaps(Self.stored(code)) } }.map { code in
            ConfigurationFault(
                file: "county.yaml", line: 0, code: "code-taken",
                message: "the code '\(code.code)' names another county on the same days",
                messageZh: "代码“\(code.code)”在同一时期属于另一个县")
        }
    }

    /// The directory counts both ends in, the database's ranges end before
    /// their last day.
    private static func stored(_ code: CountyCode) -> (code: String, validFrom: String?, validTo: String?) {
        (code.code, code.validFrom?.description, code.validTo?.adding(days: 1).description)
    }

    private static func taken(_ id: OfficerID) -> ConfigurationFault {
        ConfigurationFault(
            file: "officers.yaml", line: 0, code: "id-taken",
            message: "'\(id.rawValue)' is registered with another unit; an officer who moves gets a new id",
            messageZh: "“\(id.rawValue)”已登记在其他单位，调任的经办人请使用新的编号")
    }
}

extension CountyCodeRecord {
    /// Whether the same code names its county on a day of a span. Days compare
    /// as text, because they are written `2021-03-18`.
    fileprivate func overlaps(_ other: (code: String, validFrom: String?, validTo: String?)) -> Bool {
        guard code == other.code else { return false }
        let startsAfterOther = other.validTo.flatMap { end in validFrom.map { $0 >= end } } ?? false
        let endsBeforeOther = validTo.flatMap { end in other.validFrom.map { end <= $0 } } ?? false
        return !startsAfterOther && !endsBeforeOther
    }
}
