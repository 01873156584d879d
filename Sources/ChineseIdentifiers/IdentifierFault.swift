/// What is wrong with an identifier and what to do about it.
///
/// The text never repeats the identifier: it may name a person, and faults end
/// in logs and on screens. The same type says what is merely doubtful.
public struct IdentifierFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable machine code, such as `id-checksum`.
    public var code: String
    /// What is wrong and what to do, in English: lower case, no period.
    public var message: String
    /// The same in Chinese.
    public var messageZh: String

    /// A fault with a code.
    public init(code: String, message: String, messageZh: String) {
        self.code = code
        self.message = message
        self.messageZh = messageZh
    }

    /// Code and English message.
    public var description: String { "\(code): \(message)" }
}

extension IdentifierFault {
    static let precisionLoss = IdentifierFault(
        code: "spreadsheet-precision-loss",
        message: "a spreadsheet turned the number into a calculated value and lost its last digits"
            + "; set the column to text and enter the number again from the document",
        messageZh: "号码被电子表格按数值处理，末几位已丢失；请将该列设为文本格式，按证件重新录入",
    )

    // MARK: Citizen ID

    static let idLength = IdentifierFault(
        code: "id-length",
        message: "an ID number has 18 characters; compare it with the document",
        messageZh: "公民身份号码应为18位，请对照证件核对",
    )
    static let idCharset = IdentifierFault(
        code: "id-charset",
        message: "an ID number has digits only, and at most an X at the end"
            + "; look for letters O and I in place of 0 and 1",
        messageZh: "公民身份号码只含数字，末位可为X；请检查是否把0、1写成了字母O、I",
    )
    static let idRegion = IdentifierFault(
        code: "id-region",
        message: "the first two digits of the ID number are no province; compare them with the document",
        messageZh: "公民身份号码前两位不是省级代码，请对照证件核对",
    )
    static let idBirthDate = IdentifierFault(
        code: "id-birth-date",
        message: "digits 7 to 14 of the ID number are no possible date of birth; compare them with the document",
        messageZh: "公民身份号码第7至14位不是可能的出生日期，请对照证件核对",
    )
    static let idChecksum = IdentifierFault(
        code: "id-checksum",
        message: "the last character of the ID number does not fit the others; a character is mistyped, compare it with"
            + " the document",
        messageZh: "公民身份号码校验码不符，有字符录错，请对照证件核对",
    )
    static let idFifteenDigits = IdentifierFault(
        code: "id-15-digit",
        message: "this is an old ID number of 15 digits; enter the present one of 18",
        messageZh: "这是15位旧身份证号，请录入现行18位公民身份号码",
    )
    static let permitRegion = IdentifierFault(
        code: "id-region",
        message: "the number of a residence permit begins with 810000, 820000 or 830000; check the kind of document",
        messageZh: "港澳台居民居住证号码应以810000、820000或830000开头，请核对证件类型",
    )

    // MARK: Organisations

    static let usccLength = IdentifierFault(
        code: "uscc-length",
        message: "a unified social credit code has 18 characters; compare it with the licence",
        messageZh: "统一社会信用代码应为18位，请对照证照核对",
    )
    static let usccCharset = IdentifierFault(
        code: "uscc-charset",
        message: "a unified social credit code has digits and capital letters without I, O, S, V and Z"
            + "; look for letters in place of 1, 0, 5 and 2",
        messageZh: "统一社会信用代码只含数字和除I、O、S、V、Z外的大写字母；请检查是否把1、0、5、2写成了字母",
    )
    static let usccChecksum = IdentifierFault(
        code: "uscc-checksum",
        message: "the last character of the credit code does not fit the others; a character is mistyped, compare it"
            + " with the licence",
        messageZh: "统一社会信用代码校验码不符，有字符录错，请对照证照核对",
    )
    static let registrationNumberLength = IdentifierFault(
        code: "registration-number-length",
        message: "an old business registration number has 15 digits; compare it with the licence",
        messageZh: "工商注册号应为15位，请对照营业执照核对",
    )
    static let registrationNumberCharset = IdentifierFault(
        code: "registration-number-charset",
        message: "an old business registration number has digits only; compare it with the licence",
        messageZh: "工商注册号只含数字，请对照营业执照核对",
    )

    // MARK: Schools

    static let studentNumberLength = IdentifierFault(
        code: "student-number-length",
        message: "a student number has 19 characters: G, J or L and 18 more; compare it with the student register",
        messageZh: "全国学籍号应为19位：G、J或L加18位，请对照学籍系统核对",
    )
    static let studentNumberPrefix = IdentifierFault(
        code: "student-number-prefix",
        message: "a student number begins with G, J or L; compare it with the student register",
        messageZh: "全国学籍号应以G、J或L开头，请对照学籍系统核对",
    )
    static let studentNumberCharset = IdentifierFault(
        code: "student-number-charset",
        message: "after its first letter a student number has digits only, and at most an X at the end"
            + "; compare it with the student register",
        messageZh: "全国学籍号首字母之后只含数字，末位可为X，请对照学籍系统核对",
    )
    static let studentNumberRegion = IdentifierFault(
        code: "student-number-region",
        message: "characters 2 and 3 of the student number are no province; compare it with the student register",
        messageZh: "全国学籍号第2、3位不是省级代码，请对照学籍系统核对",
    )
    static let studentNumberBirthDate = IdentifierFault(
        code: "student-number-birth-date",
        message: "characters 8 to 15 of the student number are no possible date of birth"
            + "; compare it with the student register",
        messageZh: "全国学籍号第8至15位不是可能的出生日期，请对照学籍系统核对",
    )
    static let studentNumberChecksum = IdentifierFault(
        code: "student-number-checksum",
        message: "the last character of the student number does not fit the others; a character is mistyped,"
            + " compare it with the student register",
        messageZh: "全国学籍号校验码不符，有字符录错，请对照学籍系统核对",
    )
    static let studentNumberMismatch = IdentifierFault(
        code: "student-number-mismatch",
        message: "the student number does not contain the ID number; right after a change of the ID number,"
            + " otherwise compare both with the documents",
        messageZh: "学籍号与身份证号不一致；如身份证号变更过属正常，否则请核对两个号码",
    )
    static let schoolCodeLength = IdentifierFault(
        code: "school-code-length",
        message: "a school code has 10 digits; compare it with the school directory",
        messageZh: "学校标识码应为10位，请对照学校名录核对",
    )
    static let schoolCodeCharset = IdentifierFault(
        code: "school-code-charset",
        message: "a school code has digits only; compare it with the school directory",
        messageZh: "学校标识码只含数字，请对照学校名录核对",
    )
    static let schoolCodeKind = IdentifierFault(
        code: "school-code-kind",
        message: "the first two digits of the school code are no kind of school; compare it with the school directory",
        messageZh: "学校标识码前两位不是学校类别，请对照学校名录核对",
    )
    static let schoolCodeProvince = IdentifierFault(
        code: "school-code-province",
        message: "digits 3 and 4 of the school code are no province; compare it with the school directory",
        messageZh: "学校标识码第3、4位不是省级代码，请对照学校名录核对",
    )

    // MARK: Disability cards, regions, phones

    static let disabilityCardLength = IdentifierFault(
        code: "disability-card-length",
        message: "a disability card number has 20 characters, and B with a number after them on a replacement card"
            + "; compare it with the card",
        messageZh: "残疾人证号应为20位，补换证后可加B和数字，请对照证件核对",
    )
    static let disabilityCardKind = IdentifierFault(
        code: "disability-card-kind",
        message: "character 19 of the disability card number is a kind from 1 to 7; compare it with the card",
        messageZh: "残疾人证号第19位（残疾类别）应为1至7，请对照证件核对",
    )
    static let disabilityCardGrade = IdentifierFault(
        code: "disability-card-grade",
        message: "character 20 of the disability card number is a grade from 1 to 4; compare it with the card",
        messageZh: "残疾人证号第20位（残疾等级）应为1至4，请对照证件核对",
    )
    static let regionLength = IdentifierFault(
        code: "region-length",
        message: "a region code has 6 digits for a county, 9 for a town or 12 for a village",
        messageZh: "区划代码应为6位（县）、9位（乡镇）或12位（村）",
    )
    static let regionCharset = IdentifierFault(
        code: "region-charset",
        message: "a region code has digits only",
        messageZh: "区划代码只含数字",
    )
    static let regionProvince = IdentifierFault(
        code: "region-province",
        message: "the first two digits of the region code are no province",
        messageZh: "区划代码前两位不是省级代码",
    )
    static let phoneForm = IdentifierFault(
        code: "phone-form",
        message: "a phone number is a mobile number of 11 digits or a landline number with its area code",
        messageZh: "电话号码应为11位手机号，或带区号的固定电话",
    )
}
