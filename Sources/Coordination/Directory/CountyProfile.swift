package import ChineseIdentifiers

/// A six-digit code of the county for a span of days.
package struct CountyCode: Sendable, Hashable, EffectiveDated {
    package var code: String
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}

/// What the county is called for a span of days.
package struct CountyName: Sendable, Hashable, EffectiveDated {
    package var zh: String
    package var en: String
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}

/// The county: its codes and names through time. It stays one county however
/// often either changes; nothing of its record splits on such a day.
package struct CountyProfile: Sendable, Hashable {
    /// Oldest first, without overlap; never empty.
    package var codes: [CountyCode]
    /// Oldest first, without overlap; never empty.
    package var names: [CountyName]

    /// The code on a day; nil before the first or after the last.
    package func code(on day: CivilDate) -> String? {
        codes.first { $0.isValid(on: day) }?.code
    }

    /// The name on a day; where none covers it, the last.
    package func name(on day: CivilDate) -> CountyName {
        names.first { $0.isValid(on: day) } ?? names[names.count - 1]
    }

    /// Whether a code was the county's own on a day.
    package func hasCode(_ code: some StringProtocol, on day: CivilDate) -> Bool {
        codes.contains { $0.code == code && $0.isValid(on: day) }
    }
}
