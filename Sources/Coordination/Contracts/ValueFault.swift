import ChineseIdentifiers

/// What is wrong with a value and what to do about it. Never repeats the value.
struct ValueFault: Error, Hashable {
    let code: String
    let message: String
    let messageZh: String

    init(_ code: String, _ message: String, _ messageZh: String) {
        self.code = code
        self.message = message
        self.messageZh = messageZh
    }

    init(_ fault: IdentifierFault) {
        self.init(fault.code, fault.message, fault.messageZh)
    }
}

// MARK: Shape

extension ValueFault {
    /// What kind of JSON value a field takes.
    enum Shape {
        case text, integer, number, flag, list, object

        var en: String {
            switch self {
            case .text: "a text in quotation marks"
            case .integer: "a whole number without quotation marks"
            case .number: "a number without quotation marks"
            case .flag: "true or false without quotation marks"
            case .list: "a list in square brackets"
            case .object: "an object in braces"
            }
        }

        var zh: String {
            switch self {
            case .text: "文字（加引号）"
            case .integer: "整数（不加引号）"
            case .number: "数字（不加引号）"
            case .flag: "true或false（不加引号）"
            case .list: "列表（方括号）"
            case .object: "对象（花括号）"
            }
        }
    }

    static func wrongType(_ shape: Shape, isNull: Bool) -> ValueFault {
        let more = isNull ? ("; leave out what is not known, do not send null", "；不掌握的字段请省略，不要填null") : ("", "")
        return ValueFault("wrong-type", "write \(shape.en) here\(more.0)", "此处应填\(shape.zh)\(more.1)")
    }

    /// - Parameter fields: the alternatives; at least one.
    static func required(_ fields: [FieldDefinition]) -> ValueFault {
        guard fields.count > 1 else {
            let source = fields[0].derivation?.source
            return ValueFault(
                "required", "fill in the \(fields[0].en)" + (source.map { ", or \($0)" } ?? ""),
                "请填写“\(fields[0].zh)”" + (source.map { "（或\($0)）" } ?? ""),
            )
        }
        var names = fields.map(\.name)
        for source in fields.compactMap(\.derivation?.source) where !names.contains(source) { names.append(source) }
        return ValueFault(
            "required", "fill in at least one of \(names.joined(separator: ", "))",
            "请至少填写一项：\(fields.map(\.zh).joined(separator: "、"))（\(names.joined(separator: "、"))）",
        )
    }

    static let unknownField = ValueFault(
        "unknown-field", "the contract has no such field; leave it out or compare the name with the contract",
        "事件契约中没有该字段，请去掉或核对字段名",
    )

    /// - Parameter name: what the sender called it; nil where that must not be told.
    static func fieldDropped(_ name: String?) -> ValueFault {
        ValueFault(
            "unknown-field", "the contract has no field\(name.map { " '\($0)'" } ?? ""); it was dropped and not stored",
            "事件契约中没有\(name.map { "“\($0)”这一" } ?? "该")字段，已丢弃，未保存",
        )
    }

    static let tooMany = ValueFault(
        "too-many-faults", "there are more; mend those named so far and send again", "问题过多，未全部列出；请先改正已列出的再报送",
    )

    static func tooManyItems(_ limit: Int) -> ValueFault {
        ValueFault("too-many-items", "at most \(limit) entries; split the event", "最多\(limit)项，请拆分报送")
    }

    static func tooFewItems(_ limit: Int) -> ValueFault {
        ValueFault("too-few-items", "at least \(limit) entries are needed; add what is missing", "至少应有\(limit)项，请补充")
    }
}

// MARK: Values

extension ValueFault {
    static let empty = ValueFault(
        "empty", "the text is empty; fill it in or leave the field out", "内容为空，请填写或省略该字段",
    )

    static func tooLong(_ limit: Int) -> ValueFault {
        ValueFault("too-long", "at most \(limit) characters; shorten it", "最多\(limit)个字符，请缩短")
    }

    /// Lists so short that a sender can be told all of it.
    private static let shownCodes = 16

    static func unknownCode(_ list: CodeList, on day: CivilDate) -> ValueFault {
        let usable = list.codes.filter { $0.isValid(on: day) }
        if usable.count > shownCodes {
            return ValueFault(
                "unknown-code", "use a code of the list \(list.name), see /v1/codes/\(list.name)",
                "请使用代码表“\(list.zh)”中的代码，见/v1/codes/\(list.name)",
            )
        }
        let words = usable.map { "\($0.code)（\($0.zh)）" }.joined(separator: "、")
        return ValueFault(
            "unknown-code", "use one of \(usable.map(\.code).joined(separator: ", "))", "请使用下列代码之一：\(words)",
        )
    }

    static let codeNotInUse = ValueFault(
        "code-not-in-use", "this code was not in use on the day of the event; use one that was",
        "该代码在事件发生之日不可用，请改用当时有效的代码",
    )
    static let badDate = ValueFault(
        "bad-date", "write a day that exists, like 2020-10-22", "请填写存在的日期，格式如2020-10-22",
    )
    static let dateInFuture = ValueFault(
        "date-in-future", "this day lies after the event; check both", "该日期晚于事件发生之日，请核对",
    )
    static let badTime = ValueFault(
        "bad-time", "write a time like 2020-10-22T09:12:00+08:00", "请填写时间，格式如2020-10-22T09:12:00+08:00",
    )
    static let timeWithoutOffset = ValueFault(
        "time-without-offset", "add the offset, for Beijing time +08:00", "请在末尾加上时区，北京时间为+08:00",
    )
    static let badMonth = ValueFault("bad-month", "write a month like 2020-10", "请填写月份，格式如2020-10")
    static let badPeriod = ValueFault(
        "bad-period", "write a period like 2020-10, 2020-Q4, 2020-autumn or 2020",
        "请填写期间，格式如2020-10、2020-Q4、2020-autumn或2020",
    )

    static func outOfRange(_ range: ClosedRange<Int64>) -> ValueFault {
        ValueFault(
            "out-of-range", "write a whole number from \(range.lowerBound) to \(range.upperBound)",
            "请填写\(range.lowerBound)至\(range.upperBound)之间的整数",
        )
    }

    static let badAmount = ValueFault(
        "bad-amount", "write an amount in yuan with two decimals, like \"5000.00\"", "请填写以元为单位、两位小数的金额，如\"5000.00\"",
    )
    static let badReference = ValueFault(
        "bad-reference", "write the reference as the evidence store gave it, without blanks", "请填写存证系统给出的编号，不含空格",
    )
    static let badPosition = ValueFault(
        "bad-position", "write the position of an event as its receipt shows it, digits only", "请填写回执上的事件序号，只含数字",
    )
    static let badCounts = ValueFault(
        "bad-counts", "write whole numbers from 0, by name, in at most two levels", "请按名称填写不小于0的整数，最多两层",
    )
}

// MARK: Places and units

extension ValueFault {
    static func regionLevel(_ form: RegionForm) -> ValueFault {
        let text =
            switch form {
            case .town:
                (
                    "nine digits of the town, or six of the county for a place outside this county",
                    "乡镇九位代码；县外的填所在县六位代码"
                )
            case .townOrCounty:
                ("nine digits of the town, or six of the county where the town is not known", "乡镇九位代码；乡镇不明的填县六位代码")
            case .county: ("six digits of the county", "县级六位代码")
            case .village: ("twelve digits of the village", "村级十二位代码")
            case .any: ("six, nine or twelve digits", "六位、九位或十二位代码")
            }
        return ValueFault("region-level", "write \(text.0)", "请填写\(text.1)")
    }

    static let townNotOnFile = ValueFault(
        "region-not-on-file", "the directory has no town of this county under this code; check it",
        "本县单位目录中没有该代码的乡镇，请核对",
    )
    static let unknownUnit = ValueFault(
        "unknown-unit", "the directory has no such unit; use an id of /v1/units", "单位目录中没有该单位，请使用/v1/units中的单位编号",
    )
    static let unknownSchool = ValueFault(
        "unknown-school", "the directory has no school under this code; check it", "单位目录中没有该代码的学校，请核对",
    )
    static let schoolNotOnFile = ValueFault(
        "school-outside-directory", "the directory has no school under this code; check it unless it lies elsewhere",
        "单位目录中没有该代码的学校；如非县外学校，请核对",
    )
}

// MARK: Persons

extension ValueFault {
    static let documentNumber = ValueFault(
        "bad-document-number", "write the number of the document in letters and digits", "请填写证件号码，只含字母和数字",
    )
    static let numberWithoutDocument = ValueFault(
        "document-type-missing", "the type of document says there is none; give its type or leave the number out",
        "证件类型为“无证件”，请填写实际证件类型或省略号码",
    )
    static let nameUnreliable = ValueFault(
        "name-unreliable", "characters of the name were lost on their way; enter it again from the document",
        "姓名中有字符丢失，请按证件重新录入",
    )
    static let sexMismatch = ValueFault(
        "sex-mismatch", "sex and ID number do not fit; compare both with the document", "性别与公民身份号码不一致，请对照证件核对",
    )
    static let birthDateMismatch = ValueFault(
        "birth-date-mismatch", "date of birth and ID number do not fit; compare both with the document",
        "出生日期与公民身份号码不一致，请对照证件核对",
    )
    static let personalDataInOpenField = ValueFault(
        "personal-data-in-open-field",
        "every recipient reads this field and it holds personal data; move that to the fields of the person or to the note",
        "该字段所有接收单位可见，其中含有个人信息；请移至人员字段或备注",
    )

    static func differs(_ derivation: Derivation) -> ValueFault {
        ValueFault(
            "derived-value-differs", "this does not fit \(derivation.source); compare the two",
            "与\(derivation.source)不一致，请核对",
        )
    }
}
