/// What has been read of the ladders so far.
struct LadderLoader {
    let directory: Directory?
    var reader = ConfigurationReader()
    private(set) var ladders: [Ladder] = []

    init(directory: Directory?) {
        self.directory = directory
    }

    mutating func readLadders(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let id = reader.text(key) else { continue }
            let record = reader.record(value, keys: ["zh", "en", "steps"])
            let zh = reader.text(record, "zh", required: true) ?? ""
            let en = reader.text(record, "en", required: true) ?? ""
            if ladders.contains(where: { $0.id == id }) {
                reader.fault(key, "duplicate-id", "'\(id)' stands here a second time", "“\(id)”在此处重复")
            }
            let steps = readSteps(record)
            ladders.append(Ladder(id: id, zh: zh, en: en, steps: steps))
        }
    }

    private mutating func readSteps(_ record: ConfigurationRecord) -> [LadderStep] {
        guard let node = record["steps"] else {
            reader.missing(record.node, "steps")
            return []
        }
        let elements = reader.elements(node)
        if elements.isEmpty && node.elements != nil {
            reader.fault(node, "no-steps", "a ladder has at least one step", "催办升级规则至少要有一步")
        }
        var steps: [LadderStep] = []
        for element in elements {
            guard let step = readStep(element) else { continue }
            if let last = steps.last { checkOrder(step, after: last, at: element) }
            steps.append(step)
        }
        return steps
    }

    private static let stepKeys: Set<String> = ["step", "kind", "when", "to", "calls", "zh", "en"]

    private mutating func readStep(_ node: ConfigurationNode) -> LadderStep? {
        let record = reader.record(node, keys: Self.stepKeys)
        let number = number(record)
        let kind: LadderStep.Kind? = reader.choice(record, "kind")
        let moment = moment(record)
        let to = addressees(record, "to")
        let calls = addressees(record, "calls")
        if record["to"] == nil {
            reader.missing(node, "to")
        } else if let list = record["to"], list.elements?.isEmpty ?? false {
            reader.fault(list, "empty-target", "a step is addressed to somebody", "每一步都要有通知对象")
        }
        let zh = reader.text(record, "zh", required: true) ?? ""
        let en = reader.text(record, "en", required: true) ?? ""
        guard let number, let kind, let moment else { return nil }
        checkMoment(moment, of: number, at: record["when"] ?? node)
        return LadderStep(number: number, kind: kind, moment: moment, to: to, calls: calls, zh: zh, en: en)
    }

    // MARK: Parts

    private mutating func number(_ record: ConfigurationRecord) -> Int16? {
        guard let text = reader.text(record, "step", required: true), let node = record["step"] else { return nil }
        if let number = Int16(text), number == -1 || (1...LadderStep.highest).contains(number) { return number }
        reader.fault(
            node, "bad-step",
            "a step is -1 (ahead of the due instant), 1 (at it) or 2 to \(LadderStep.highest) (after it)",
            "步序为-1（到期前）、1（到期时）或2至\(LadderStep.highest)（到期后）",
        )
        return nil
    }

    private mutating func moment(_ record: ConfigurationRecord) -> LadderStep.Moment? {
        guard let text = reader.text(record, "when", required: true), let node = record["when"] else { return nil }
        if let moment = Self.moment(text) { return moment }
        reader.fault(
            node, "bad-moment", "'\(text)' is no moment: write 80%, -3wd, due, +2wd, +1h or 'monthly 8'",
            "“\(text)”不是时点：请写80%、-3wd、due、+2wd、+1h或monthly 8",
        )
        return nil
    }

    private static func moment(_ text: String) -> LadderStep.Moment? {
        if text == "due" { return .due }
        if text.hasSuffix("%") {
            guard let percent = number(text.dropLast()), (1...99).contains(percent) else { return nil }
            return .share(percent)
        }
        if text.hasPrefix("+") { return Period.parse(text.dropFirst()).map { .after($0) } }
        if text.hasPrefix("-") { return Period.parse(text.dropFirst()).map { .before($0) } }
        guard text.hasPrefix("monthly "), let day = number(text.dropFirst("monthly ".count)), (1...31).contains(day)
        else { return nil }
        return .monthly(day)
    }

    private static func number(_ text: Substring) -> Int? {
        text.isDigits(count: text.utf8.count) ? Int(text) : nil
    }

    private mutating func addressees(_ record: ConfigurationRecord, _ key: String) -> [LadderAddressee] {
        reader.elements(record[key]).compactMap { node in
            guard let text = reader.text(node) else { return nil }
            guard let addressee = LadderAddressee(text) else {
                reader.fault(
                    node, "bad-addressee", "'\(text)' is no addressee: write \(Self.places), a unit, or unit/place",
                    "“\(text)”不是通知对象：请写\(Self.places)、单位，或“单位/岗位”",
                )
                return nil
            }
            if let unit = addressee.unit, let directory, directory.unit(unit) == nil {
                reader.fault(
                    node, "unknown-unit",
                    "'\(unit.rawValue)' is no unit of the directory and no place (\(Self.places))",
                    "“\(unit.rawValue)”不是名录中的单位，也不是岗位（\(Self.places)）",
                )
            }
            return addressee
        }
    }

    private static let places = ContactRole.allCases.map(\.rawValue).joined(separator: ", ")

    // MARK: Checks

    private mutating func checkMoment(_ moment: LadderStep.Moment, of number: Int16, at node: ConfigurationNode) {
        let fits =
            switch moment {
            case .share, .before: number < 0
            case .due: number == 1
            case .after, .monthly: number > 1
            }
        guard !fits else { return }
        reader.fault(
            node, "moment-of-step", "step -1 lies ahead of the due instant, step 1 at it, steps from 2 on after it",
            "第-1步在到期前，第1步在到期时，第2步起在到期后",
        )
    }

    /// Numbers ascend, and so do periods of one unit.
    private mutating func checkOrder(_ step: LadderStep, after last: LadderStep, at node: ConfigurationNode) {
        if step.number <= last.number {
            reader.fault(
                node, "step-order", "step \(step.number) stands after step \(last.number)",
                "第\(step.number)步排在第\(last.number)步之后",
            )
        }
        if case .after(let later) = step.moment, case .after(let earlier) = last.moment, later.unit == earlier.unit,
            later.count <= earlier.count
        {
            reader.fault(
                node, "step-order", "\(later.text) is not later than \(earlier.text) of the step before",
                "\(later.text)并不晚于上一步的\(earlier.text)",
            )
        }
    }
}
