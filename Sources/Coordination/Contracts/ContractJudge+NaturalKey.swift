import ChineseIdentifiers
import CloudEvents

extension ContractJudge {
    /// What tells the case, by the first rule whose fields are all there.
    /// Precondition: no faults, so that identifiers are in their written form.
    func naturalKey(_ parts: ContractParts) -> String? {
        for rule in contract.naturalKey {
            var values: [String] = []
            for step in rule.steps {
                guard let value = keyPart(step, parts) else { break }
                values.append(value)
            }
            guard values.count == rule.steps.count else { continue }
            let document = rule.form == .id ? documentPrefix(rule.steps[0], parts) : ""
            return "\(rule.form.rawValue):\(document)\(values.joined(separator: "\u{1F}"))"
        }
        return nil
    }

    private func keyPart(_ step: NaturalKeyRule.Step, _ parts: ContractParts) -> String? {
        let value = parts[step.place][step.field.name]
        let part = step.part.map { value?[$0.name] } ?? value
        switch part {
        case .string(let text):
            if case .region = step.field.format { return place(text) }
            return Self.plain(text)
        case .integer(let number): return String(number)
        default: return nil
        }
    }

    /// A passport may have the digits of another country's ID number.
    private func documentPrefix(_ step: NaturalKeyRule.Step, _ parts: ContractParts) -> String {
        guard let type = parts[step.place][step.field.name]?["idType"]?.stringValue, type != "citizen-id" else {
            return ""
        }
        return type + "/"
    }

    /// A place as it is known whatever code the county has: nothing may split
    /// on the day on which that changes.
    private func place(_ region: String) -> String {
        if let town = directory.town(region: region) { return town.rawValue }
        return directory.isInCounty(region: region) ? "county" + region.dropFirst(6) : region
    }

    /// A text as it compares: half width, capitals, no blanks. Empty is nothing.
    private static func plain(_ text: String) -> String? {
        // Identifiers in their written form are that already.
        if !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x60 }) { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in TextHygiene.halfWidth(text).unicodeScalars where !isBlank(scalar) { scalars.append(scalar) }
        return scalars.isEmpty ? nil : String(scalars).uppercased()
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        // Unicode tables are slow, and most characters of a name are Han.
        if (0x4E00...0x9FFF).contains(scalar.value) { return false }
        return scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
}
