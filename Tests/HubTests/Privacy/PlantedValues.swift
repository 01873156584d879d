import ChineseIdentifiers

/// Personal values that a test plants, each of its own, to be looked for
/// wherever they must not be. All of them are made up.
struct PlantedValues: Sendable {
    /// Everything planted so far.
    private(set) var all: [String] = []
    private var serial = 0

    private static let surnames = Array("禤亓昝妫隗璩缑逄蔺郗綦訾厍麴暨璜")
    private static let given = Array("珩璠琇玙翊昀晞霂骁祎翀棽沨芃昶")

    /// The name of a person, of three characters.
    mutating func name() -> String {
        let number = next()
        let (surname, rest) = (number % Self.surnames.count, number / Self.surnames.count)
        let text = "\(Self.surnames[surname])示\(Self.given[rest % Self.given.count])"
        return plant(rest < Self.given.count ? text : text + String(rest))
    }

    /// A phone number that is nobody's: no mobile number begins with 120.
    mutating func phone() -> String {
        plant("1207" + Self.padded(next(), 7))
    }

    /// A citizen ID number that is nobody's: the sequence is a fixed one.
    mutating func citizenID(bornIn year: Int) -> String {
        let number = next()
        let day = 1 + number % 28
        let month = 1 + number / 28 % 12
        let first = "410322\(year)" + Self.padded(month, 2) + Self.padded(day, 2) + "9" + Self.padded(number % 100, 2)
        let known = "0123456789X".map { first + String($0) }
            .first { if case .success = CitizenID.parse($0, today: nil) { true } else { false } }
        return plant(known ?? first)
    }

    /// What a person might write, as long as the field takes: names a child,
    /// and gives a phone number where there is room.
    mutating func text(upTo limit: Int) -> String {
        limit < 40 ? name() : "\(name())家长电话\(phone())，孩子近日在外"
    }

    private mutating func next() -> Int {
        serial += 1
        return serial
    }

    private mutating func plant(_ text: String) -> String {
        all.append(text)
        return text
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
