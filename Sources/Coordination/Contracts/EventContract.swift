package import ChineseIdentifiers
package import CloudEvents

/// A citation of a law with the days for which it holds.
package struct StatuteCitation: Sendable, Hashable, EffectiveDated {
    package var law: String
    package var article: String
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
}

/// The contract of one event type: who may send it, what it must and may say,
/// and which part of that is whose to see.
package struct EventContract: Sendable {
    package let type: EventType
    /// The group of types it is filed with, such as `labour`.
    package let family: String
    package let zh: String
    package let en: String
    package let publishers: [PublisherRule]
    /// Sealed as a whole (◆): nothing of it is open, nothing is promoted.
    package let isSealed: Bool
    /// What its case is about; nil for a type that makes no case.
    package let caseKind: CaseKind?
    package let legalBases: [StatuteCitation]
    /// The list of results that a duty of this type may end with; nil when the
    /// family has none.
    package let outcomes: CodeList?
    /// A whole CloudEvent in structured form, publishable as it stands.
    package let sample: JSONValue
    /// Changes whenever the contract means something else: a hash over fields,
    /// formats, classes, codes, publishers and keys, not over words.
    package let version: String

    /// The attributes that the hub sets from the data, and refuses from outside.
    package let promotedNames: Set<String>

    let layout: ObjectLayout
    let naturalKey: [NaturalKeyRule]
    /// Whether the hub adds the kind of day (festival, rest day …).
    let takesDayKind: Bool

    /// The field that the hub fills in with the kind of day. Nobody sends it.
    static let dayKindField = "dayKind"

    init(
        type: EventType, family: String, zh: String, en: String, publishers: [PublisherRule], isSealed: Bool,
        caseKind: CaseKind?, legalBases: [StatuteCitation], outcomes: CodeList?, sample: JSONValue,
        layout: ObjectLayout,
        naturalKey: [NaturalKeyRule], takesDayKind: Bool,
    ) {
        self.type = type
        self.family = family
        self.zh = zh
        self.en = en
        self.publishers = publishers
        self.isSealed = isSealed
        self.caseKind = caseKind
        self.legalBases = legalBases
        self.outcomes = outcomes
        self.sample = sample
        self.layout = layout
        self.naturalKey = naturalKey
        self.takesDayKind = takesDayKind
        let dayKind = takesDayKind && !isSealed ? [Self.dayKindField.lowercased()] : []
        promotedNames = Set(layout.fields.compactMap(\.attribute) + dayKind)
        version =
            ContractVersion(
                type: type.rawValue, layout: layout, publishers: publishers, isSealed: isSealed, caseKind: caseKind,
                naturalKey: naturalKey, takesDayKind: takesDayKind,
            ).hash
    }

    /// The fields of `data`, in the order of the contract.
    package var fields: [FieldDefinition] { layout.fields }

    /// Whether a unit may send this type; `day` decides who is a member.
    package func publishingRight(of unit: Unit, on day: CivilDate? = nil) -> PublishingRight {
        var right = PublishingRight.none
        for rule in publishers where rule.admits(unit, on: day) {
            if rule != .handler { return .granted }
            right = .asHandler
        }
        return right
    }

    /// Whether a unit may send this type at all. A unit that may do so only
    /// while it holds the duty counts: `publishingRight` tells the difference.
    package func mayPublish(unit: Unit, on day: CivilDate? = nil) -> Bool {
        publishingRight(of: unit, on: day) != .none
    }

    /// Whether a field of `data` must be there by itself, not as one of several.
    package func isRequired(_ field: FieldDefinition) -> Bool {
        layout.requirements.contains { $0.alternatives.count == 1 && layout.fields[$0.alternatives[0]] === field }
    }

    /// The groups of field names of which at least one must be there.
    package var alternatives: [[String]] {
        layout.requirements.filter { $0.alternatives.count > 1 }
            .map { $0.alternatives.map { layout.fields[$0].name } }
    }
}
