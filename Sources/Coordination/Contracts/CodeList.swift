package import ChineseIdentifiers

/// A code with its words and the days on which it may be used.
package struct Code: Sendable, Hashable, EffectiveDated {
    package var code: String
    package var zh: String
    package var en: String
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}

/// The codes that a field may hold.
package final class CodeList: Sendable {
    /// Kebab case, such as `employer-kind`.
    package let name: String
    package let zh: String
    package let en: String
    /// In the order of the file.
    package let codes: [Code]
    /// For a list of outcomes: the families it belongs to.
    package let families: [String]

    private let index: [String: Int]

    init(name: String, zh: String, en: String, codes: [Code], families: [String]) {
        self.name = name
        self.zh = zh
        self.en = en
        self.codes = codes
        self.families = families
        index = Dictionary(codes.enumerated().map { ($1.code, $0) }) { first, _ in first }
    }

    /// The name of the list of all outcomes.
    static let outcomes = "outcome"

    /// The outcomes of all families, each code once.
    static func union(of lists: some Sequence<CodeList>) -> CodeList {
        var seen: Set<String> = []
        let codes = lists.filter { !$0.families.isEmpty }.sorted { $0.name < $1.name }.flatMap(\.codes)
        return CodeList(
            name: outcomes, zh: "办理结果", en: "outcome", codes: codes.filter { seen.insert($0.code).inserted },
            families: [],
        )
    }

    /// A code, whether or not it may still be used.
    package subscript(code: String) -> Code? {
        index[code].map { codes[$0] }
    }

    /// Whether a code may be used on a day.
    func isUsable(_ code: String, on day: CivilDate) -> Bool {
        guard let found = index[code] else { return false }
        return codes[found].isValid(on: day)
    }
}
