/// The form of a value. A list of values is the field's own matter.
enum FieldFormat: Sendable {
    /// Up to this many Unicode scalars.
    case text(Int)
    case code(CodeList)
    case date
    /// A date that does not lie after the event.
    case pastDate
    /// RFC 3339 with an offset.
    case dateTime
    /// 2020-10.
    case month
    /// 2020-10, 2020-Q4, 2020-autumn or 2020.
    case period
    case integer(ClosedRange<Int64>)
    case number
    case bool
    /// Text with two decimals.
    case yuan
    /// Digits of a region code: how many, and whether six digits within the
    /// county pass (where the town is not known).
    case region(RegionForm)
    /// A unit of the directory.
    case unit
    /// A unit of the directory or free text.
    case unitOrText(Int)
    /// A school of the directory.
    case school
    /// Any well-formed school code; one that is not on file is a warning.
    case anySchool
    /// A reference to stored evidence.
    case reference
    /// The position of an event, as decimal text.
    case position
    /// A number whose validator the sibling field `idType` chooses.
    case idNumber
    /// The ID number of a grown-up; an old one of 15 digits is a warning.
    case citizenID
    case studentNumber
    case disabilityCard
    case uscc
    /// The old 15-digit number of an individual trader.
    case registrationNumber
    /// An object of whole numbers, one level of nesting.
    case counts
    case object(ObjectLayout)
}

/// Which region codes a field takes.
enum RegionForm: Sendable {
    /// Nine digits; six for a place outside the county.
    case town
    /// Nine digits; six where the town is not known.
    case townOrCounty
    /// Six digits.
    case county
    /// Twelve digits.
    case village
    /// Six, nine or twelve digits.
    case any
}
