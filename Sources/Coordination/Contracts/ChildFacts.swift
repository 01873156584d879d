import ChineseIdentifiers
import CloudEvents

/// What the data says of one child, as far as something else follows from it.
struct ChildFacts {
    var path: [ContractJudge.PathStep]
    var name: String?
    /// From the date given, else from a number that holds it.
    var birthDate: CivilDate?
    /// As somebody who saw the child put it.
    var apparentAge: Int?
    /// Where it lives: six, nine or twelve digits.
    var homeRegion: String?
    /// Where its household is registered.
    var hukouRegion: String?

    init(_ parts: ContractParts, path: [ContractJudge.PathStep]) {
        self.path = path
        name = parts["name"]?.stringValue
        apparentAge = parts["apparentAge"]?.integerValue.map { Int($0) }
        homeRegion = parts["homeAddress"]?["regionCode"]?.stringValue
        hukouRegion = parts["hukouAddress"]?["regionCode"]?.stringValue
        birthDate =
            parts["birthDate"]?.stringValue.flatMap { CivilDate($0) }
            ?? Self.birthDate(in: parts["idNumber"]?.stringValue, after: 6, of: 18)
            ?? Self.birthDate(in: parts["studentNumber"]?.stringValue, after: 7, of: 19)
    }

    /// The age on a day, as far as anything tells it.
    func age(on day: CivilDate) -> Int? {
        birthDate.map { $0.age(on: day) } ?? apparentAge
    }

    /// The eight digits in a number that has been found valid; nil in one of
    /// another form, such as a passport's.
    static func birthDate(in number: String?, after prefix: Int, of length: Int) -> CivilDate? {
        guard let bytes = number?.utf8, bytes.count == length else { return nil }
        var value = 0
        for byte in bytes.dropFirst(prefix).prefix(8) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return CivilDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
    }
}

extension ContractJudge {
    /// Takes down what a child's entry says, and warns where its parts do not
    /// fit each other. Registers contain such errors: never a reason to refuse.
    mutating func note(child parts: ContractParts) {
        children.append(ChildFacts(parts, path: path))
        if let name = parts["name"]?.stringValue, !TextHygiene.suspicions(in: name).isEmpty {
            warn(.nameUnreliable, at: "name")
        }
        guard let number = parts["idNumber"]?.stringValue, number.utf8.count == 18,
            ["citizen-id", nil].contains(parts["idType"]?.stringValue)
        else { return }
        if let date = parts["birthDate"]?.stringValue.flatMap({ CivilDate($0) }),
            let born = ChildFacts.birthDate(in: number, after: 6, of: 18), date != born
        {
            warn(.birthDateMismatch, at: "birthDate")
        }
        if let sex = parts["sex"]?.stringValue, let digit = number.utf8.dropLast().last {
            let isMale = digit % 2 == 1
            if sex != (isMale ? CitizenID.Sex.male : .female).rawValue { warn(.sexMismatch, at: "sex") }
        }
        if let student = parts["studentNumber"]?.stringValue { compare(student, with: number) }
    }

    private mutating func compare(_ student: String, with number: String) {
        guard !student.utf8.dropFirst().elementsEqual(number.utf8),
            case .success(let student) = StudentNumber.parse(student, today: nil),
            case .success(let id) = CitizenID.parse(number, today: nil), let mismatch = student.mismatch(with: id)
        else { return }
        warn(ValueFault(mismatch), at: "studentNumber")
    }

    private mutating func warn(_ warning: ValueFault, at part: String) {
        note(warning, at: path + [.key(part)], asWarning: true)
    }
}
