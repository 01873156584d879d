import CloudEvents
import Testing

@testable import Coordination

/// Who sees what of an event, by the shipped matrix.
struct ProjectionTests {
    // MARK: The reporter

    /// The unit that must answer the reporter reads who that is; nobody else.
    @Test(
        arguments: [
            ("hrss", Role.handling, true, true), ("hrss", .handling, false, false), ("hrss", .informed, false, false),
            ("market-reg", .assisting, false, false), ("psb", .assisting, false, false),
            ("edu-sports", .lead, false, false),
            ("jm-office", .informed, false, false), ("town:410322107", .assisting, false, false),
            ("school:3141990002", .handling, true, false), ("finance", .handling, true, false),
        ] as [(UnitID, Role, Bool, Bool)])
    func reporterIsReadByWhoMustAnswer(unit: UnitID, role: Role, mustAnswer: Bool, sees: Bool) throws {
        var opening = Opening.childLabour(by: unit, as: role)
        opening.mustAnswer = mustAnswer
        #expect(try opening.value("reporter.name") == (sees ? "王五一" : nil))
        #expect(try opening.value("reporter.phone") == (sees ? "12003790003" : nil))
    }

    @Test
    func intakeOfficeReadsWhatItWrote() throws {
        var opening = Opening.childLabour(by: "jm-office", as: .informed)
        opening.isPublisher = true
        #expect(try opening.text("reporter.name") == "王五一")
        #expect(try opening.text("children.0.name") == "张明")
    }

    // MARK: The child

    @Test(
        arguments: [
            ("edu-sports", Role.lead, "张小明", "410322201003150015", "2010-03-15"),
            ("school:3141990002", .assisting, "张小明", "410322201003150015", "2010-03-15"),
            ("town:410322101", .handling, "张小明", "410322201003150015", "2010-03-15"),
            // Towns lose the last four: with the region they tell a child.
            ("town:410322103", .assisting, "张小明", "410322************", "10岁"),
            ("town:410322101", .informed, "张*明", nil, nil),
            ("jm-office", .informed, "张*明", "410322************", "10岁"),
            ("edu-supervision", .supervising, "张*明", nil, nil), ("inspector:01", .informed, "张*明", nil, nil),
            ("hrss", .handling, "张小明", "410322201003150015", "2010-03-15"), ("hrss", .informed, nil, nil, nil),
            ("psb", .assisting, "张小明", "410322201003150015", "2010-03-15"), ("psb", .informed, nil, nil, nil),
            ("civil-affairs", .handling, "张小明", "410322201003150015", "2010-03-15"),
            ("civil-affairs", .assisting, "张小明", "410322201003150015", "10岁"),
            ("justice", .handling, "张小明", "410322201003150015", "2010-03-15"),
            ("women-fed", .assisting, "张小明", nil, "10岁"), ("youth-league", .assisting, "张小明", nil, "10岁"),
            ("disabled-fed", .assisting, "张小明", "410322201003150015", "2010-03-15"),
            ("poverty-relief", .handling, "张小明", "410322201003150015", "10岁"),
            ("agriculture-rural", .handling, "张小明", "410322201003150015", "10岁"),
            ("culture-tourism", .handling, nil, nil, "10岁"), ("market-reg", .handling, nil, nil, nil),
            ("finance", .handling, nil, nil, nil), ("housing-construction", .handling, nil, nil, nil),
            ("convener", .informed, nil, nil, nil), ("county-gov", .informed, nil, nil, nil),
            ("political-legal", .informed, nil, nil, nil), ("ext:health", .assisting, nil, nil, nil),
            ("hub", .informed, nil, nil, nil),
        ] as [(UnitID, Role, String?, String?, String?)])
    func nameNumberAndBirth(unit: UnitID, role: Role, name: String?, number: String?, born: String?) throws {
        let opening = Opening.absence(by: unit, as: role)
        #expect(try opening.text("child.name") == name)
        #expect(try opening.text("child.idNumber") == number)
        #expect(try opening.text("child.birthDate") == born)
    }

    @Test(
        arguments: [
            ("jm-office", Role.informed, "会盟镇", nil), ("edu-supervision", .supervising, "会盟镇", nil),
            ("youth-league", .assisting, "下河村", nil), ("hrss", .handling, "会盟镇", "120****0001"),
            ("poverty-relief", .handling, "会盟镇", "120****0001"), ("town:410322103", .informed, "会盟镇", "120****0001"),
        ] as [(UnitID, Role, String, String?)])
    func maskedAddressIsATownOrVillage(unit: UnitID, role: Role, place: String, phone: String?) throws {
        let opening = Opening.absence(by: unit, as: role)
        #expect(try opening.text("child.homeAddress") == place)
        #expect(try opening.text("child.phone") == phone)
    }

    @Test
    func fullAddressIsShownToTheChildsTown() throws {
        let opening = Opening.absence(by: "town:410322101", as: .handling)
        #expect(try opening.text("child.homeAddress.text") == "下河村五组")
    }

    @Test
    func guardianIsSeenByWhoSpeaksToTheFamily() throws {
        #expect(try Opening.absence(by: "women-fed", as: .assisting).text("guardian.phone") == "12003790002")
        #expect(try Opening.absence(by: "hrss", as: .handling).text("guardian.name") == "张大明")
        #expect(try Opening.absence(by: "hrss", as: .handling).text("guardian.relation") == nil)
        #expect(try Opening.absence(by: "youth-league", as: .assisting).text("guardian.phone") == nil)
        #expect(try Opening.absence(by: "civil-affairs", as: .assisting).text("guardian.phone") == "120****0002")
        #expect(try Opening.absence(by: "jm-office", as: .informed).value("guardian") == nil)
        #expect(try Opening.absence(by: "town:410322101", as: .informed).value("guardian") == nil)
    }

    @Test
    func schoolingIsSeenByEducation() throws {
        #expect(try Opening.absence(by: "edu-supervision", as: .supervising).value("grade") == 5)
        #expect(try Opening.absence(by: "edu-supervision", as: .supervising).text("className") == "五年级1班")
        #expect(try Opening.absence(by: "women-fed", as: .assisting).text("className") == nil)
        let masked = try Opening.absence(by: "jm-office", as: .informed).text("child.studentNumber")
        #expect(masked == "G410322************")
    }

    /// A student number that holds the ID tells no more of it than the column
    /// of the ID; another kind of number holds none.
    @Test(
        arguments: [
            ("edu-sports", Role.lead, "G410322201003150015"), ("school:3141990002", .assisting, "G410322201003150015"),
            ("town:410322101", .handling, "G410322201003150015"), ("disabled-fed", .assisting, "G410322201003150015"),
            ("town:410322103", .assisting, "G410322************"), ("jm-office", .informed, "G410322************"),
            ("town:410322101", .informed, nil), ("edu-supervision", .supervising, nil), ("women-fed", .assisting, nil),
            ("youth-league", .assisting, nil), ("inspector:01", .informed, nil),
            ("psb", .assisting, "G410322************"),
            ("hrss", .handling, nil),
        ] as [(UnitID, Role, String?)])
    func studentNumberTellsNoMoreOfTheIDThanItsColumn(unit: UnitID, role: Role, shown: String?) throws {
        #expect(try Opening.absence(by: unit, as: role).text("child.studentNumber") == shown)
    }

    @Test
    func studentNumberWithoutAnIDIsUntouched() throws {
        var opening = Opening.absence(by: "edu-supervision", as: .supervising)
        let child = try #require(opening.data["child"]?.objectValue)
        let temporary = child.adding("studentNumber", "L410322201003150019")
        opening.data = .object(try #require(opening.data.objectValue).adding("child", .object(temporary)))
        #expect(try opening.text("child.studentNumber") == "L410322201003150019")
        opening.unit = "women-fed"
        opening.role = .assisting
        #expect(try opening.text("child.studentNumber") == "L410322************")
    }

    // MARK: Cause, poverty, disability

    /// Groups whose reason is nobody's business leave under a neutral word.
    @Test
    func someKeyGroupsAreOnlyAnAttention() throws {
        let full = try Opening.absence(by: "edu-sports", as: .lead).value("keyGroups")
        #expect(full == ["key-attention", "left-behind"])
        #expect(try Opening.absence(by: "jm-office", as: .informed).value("keyGroups") == ["key-attention"])
        #expect(try Opening.absence(by: "psb", as: .assisting).value("keyGroups") == nil)
    }

    @Test(
        arguments: [
            ("edu-sports", Role.lead, "poverty"), ("town:410322101", .handling, "poverty"),
            ("town:410322101", .informed, nil), ("jm-office", .informed, nil), ("psb", .handling, nil),
            ("women-fed", .assisting, nil), ("hrss", .handling, nil),
        ] as [(UnitID, Role, String?)])
    func causeIsSeenByEducationAndTheChildsTown(unit: UnitID, role: Role, cause: String?) throws {
        #expect(try Opening.absence(by: unit, as: role).text("causeCode") == cause)
    }

    @Test
    func welfareDataLeavesAsCategory() throws {
        let civil = Opening.referral(by: "civil-affairs", as: .handling)
        #expect(try civil.text("household.facts") == "因病致贫")
        let lead = Opening.referral(by: "edu-sports", as: .lead)
        #expect(try lead.text("household.category") == "低收入家庭")
        #expect(try lead.value("household.facts") == nil)
        #expect(try lead.text("programme") == "dibao")
        let finance = Opening.referral(by: "finance", as: .informed)
        #expect(try finance.text("household.category") == "低收入家庭")
        #expect(try finance.value("child") == nil)
        #expect(try Opening.referral(by: "disabled-fed", as: .assisting).text("household.category") == "低收入家庭")
    }

    // MARK: Several children

    /// A town that is only the place of work sees the work and no child.
    @Test
    func townOfThePlaceSeesNoChild() throws {
        let place = Opening.childLabour(by: "town:410322107", as: .assisting)
        #expect(try place.value("children") == nil)
        #expect(try place.value("hazardFlags") == ["forced"])
        let home = Opening.childLabour(by: "town:410322101", as: .informed)
        #expect(try home.value("children")?.arrayValue?.count == 1)
        #expect(try home.text("children.0.name") == "张*")
    }

    @Test
    func everyChildIsMaskedAlike() throws {
        let office = Opening.childLabour(by: "jm-office", as: .informed)
        #expect(try office.text("children.0.name") == "张*", "two characters: the first only")
        #expect(try office.text("children.1.name") == "李*明")
        #expect(try office.text("children.0.birthDate") == "10岁")
        #expect(try office.value("children.1.apparentAge") == 15)
        #expect(try office.text("children.1.homeAddress") == "平乐镇")
        let hrss = Opening.childLabour(by: "hrss", as: .handling)
        #expect(try hrss.text("children.0.name") == "张明")
        #expect(try hrss.text("children.0.idNumber") == "410322201003150015")
    }

    @Test
    func evidenceOfAChildIsNotForTheMarketAuthority() throws {
        #expect(try Opening.childLabour(by: "market-reg", as: .handling).text("note") == "夜班")
        #expect(try Opening.childLabour(by: "market-reg", as: .assisting).text("note") == nil)
        #expect(try Opening.absence(by: "market-reg", as: .handling).text("note") == nil)
        #expect(try Opening.absence(by: "town:410322101", as: .handling).text("note") == "家访记录")
        #expect(try Opening.absence(by: "school:3141990002", as: .assisting).text("note") == nil)
    }

    /// A sub-unit sees what its bureau sees.
    @Test
    func subUnitSeesAsItsBureau() throws {
        #expect(try Opening.childLabour(by: "hrss-inspection", as: .handling).text("children.1.name") == "李小明")
        #expect(try Opening.childLabour(by: "psb-station:410322107", as: .informed).value("children") == nil)
    }

    @Test(arguments: Role.allCases)
    func whatTheRouterReadIsShownToNobody(role: Role) throws {
        for unit in try Mengjin.county().directory.units {
            let data = try Opening.absence(by: unit.id, as: role).result().data
            #expect(data["residenceRegion"] == nil && data["hukouRegion"] == nil)
        }
    }
}

extension JSONObject {
    fileprivate func adding(_ name: String, _ value: JSONValue) -> JSONObject {
        var object = self
        object[name] = value
        return object
    }
}
