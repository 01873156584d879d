/// How a rule names a recipient.
enum UnitSelector: Sendable, Hashable {
    /// One unit of the directory, or the unit that succeeded it.
    case unit(UnitID)
    /// The town of the first of these places that lies in the county.
    case town(of: [Place])
    /// The school of the event.
    case school
    /// Every school that children of the event attend.
    case schoolsOfChildren
    /// Every town of the county.
    case eachTown
    /// The unit that sent the event.
    case publisher
    /// The lead of the rule.
    case lead
    /// Nobody: a person has to say who.
    case awaitingDispatch

    /// A place an event may name.
    enum Place: String, Sendable, Hashable, CaseIterable {
        case residence, hukou, work, venue, school

        /// The field that names it.
        var field: String {
            switch self {
            case .residence: "residenceRegion"
            case .hukou: "hukouRegion"
            case .work: "workRegionCode"
            case .venue: "venueRegionCode"
            case .school: "schoolId"
            }
        }

        /// Its town in words, in Chinese.
        var townZh: String {
            switch self {
            case .residence: "居住地所在镇"
            case .hukou: "户籍地所在镇"
            case .work: "用工地所在镇"
            case .venue: "场所所在镇"
            case .school: "学校所在镇"
            }
        }

        /// Its town in words, in English.
        var townEn: String {
            switch self {
            case .residence: "the town of residence"
            case .hukou: "the town of the household register"
            case .work: "the town of the workplace"
            case .venue: "the town of the venue"
            case .school: "the town of the school"
            }
        }
    }

    /// Reads `hrss`, `town-of(residence, hukou)`, `school` and the like; nil
    /// for a form that does not exist. A unit id is not looked up.
    init?(_ text: String) {
        switch text {
        case "school": self = .school
        case "schools-of-children": self = .schoolsOfChildren
        case "each-town": self = .eachTown
        case "publisher": self = .publisher
        case "lead": self = .lead
        case "awaiting-dispatch": self = .awaitingDispatch
        default:
            guard text.hasPrefix("town-of(") else {
                guard !text.isEmpty, !text.contains("("), !text.contains(" ") else { return nil }
                self = .unit(UnitID(text))
                return
            }
            guard text.hasSuffix(")") else { return nil }
            let names = text.dropFirst("town-of(".count).dropLast().split(
                separator: ",", omittingEmptySubsequences: false)
            var places: [Place] = []
            for name in names {
                guard let place = Place(rawValue: name.filter { $0 != " " }), !places.contains(place) else {
                    return nil
                }
                places.append(place)
            }
            self = .town(of: places)
        }
    }

    /// The fields it reads; an event without any of them addresses nobody.
    var fields: [String] {
        switch self {
        case .town(let places): places.map(\.field)
        case .school: ["schoolId"]
        case .schoolsOfChildren: ["childSchoolIds"]
        case .unit, .eachTown, .publisher, .lead, .awaitingDispatch: []
        }
    }

    /// Whom it stands for, in words for an explanation: never a machine id.
    var description: (en: String, zh: String) {
        switch self {
        case .unit: ("named by the rule", "规则指定")
        case .town(let places):
            (places.map(\.townEn).joined(separator: ", else "), places.map(\.townZh).joined(separator: "，否则"))
        case .school: ("the school", "学校")
        case .schoolsOfChildren: ("the children's schools", "儿童所在学校")
        case .eachTown: ("every town", "各镇")
        case .publisher: ("the publisher", "报送单位")
        case .lead: ("the lead", "牵头单位")
        case .awaitingDispatch: ("a unit that a person names", "人工指定的单位")
        }
    }
}
