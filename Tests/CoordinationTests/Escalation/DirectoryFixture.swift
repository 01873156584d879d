import Coordination

/// A county of a few units, some with nobody on file.
enum DirectoryFixture {
    static let small: Directory = {
        switch Directory.load(files: [("units.yaml", text)]) {
        case .success(let directory): return directory
        case .failure(let faults): fatalError("\(faults)")
        }
    }()

    private static let text = """
        county:
          codes: [{code: "410322"}]
          names: [{zh: 孟津县, en: Mengjin}]
        officers:
          edu-01: {unit: edu-sports, name: 示例甲, duty: handler, scopes: [handle]}
          edu-02: {unit: edu-sports, name: 示例乙, duty: handler, scopes: [handle], validTo: 2020-12-31}
        units:
          jm-office:
            kind: secretariat
            name: {zh: 联席会议办公室, short: 联席办, en: Joint-Meeting Office}
            contacts:
              - {role: duty-officer, name: 值班室}
              - {role: deputy-leader, name: 联席甲}
          convener:
            kind: person-role
            name: {zh: 召集人, short: 召集人, en: Convener}
            contacts: [{role: leader, name: 召集人甲}]
          # Everybody is on file.
          psb:
            kind: bureau
            name: {zh: 公安局, short: 公安局, en: Public Security}
            contacts:
              - {role: liaison-a, name: 公安甲}
              - {role: liaison-b, name: 公安乙}
              - {role: duty-officer, name: 公安值班}
              - {role: deputy-leader, name: 公安丙}
              - {role: leader, name: 公安丁}
          # Liaison A left at the end of 2020; no leader.
          hrss:
            kind: bureau
            name: {zh: 人社局, short: 人社局, en: Human Resources}
            contacts:
              - {role: liaison-a, name: 人社甲, validTo: 2020-12-31}
              - {role: deputy-leader, name: 人社丙}
          # Nobody but the head.
          justice:
            kind: bureau
            name: {zh: 司法局, short: 司法局, en: Justice}
            contacts: [{role: leader, name: 司法丁}]
          # Nobody at all.
          finance:
            kind: bureau
            name: {zh: 财政局, short: 财政局, en: Finance}
          # Taken over in 2021.
          poverty-relief:
            kind: bureau
            name: {zh: 扶贫办, short: 扶贫办, en: Poverty Alleviation}
            contacts: [{role: liaison-a, name: 扶贫甲}]
            validTo: 2021-03-31
          rural-office:
            kind: bureau
            name: {zh: 乡村振兴局, short: 乡村振兴局, en: Rural Revitalisation}
            successorOf: [poverty-relief]
            contacts: [{role: liaison-a, name: 乡村甲}]
            validFrom: 2021-04-01
          edu-sports:
            kind: bureau
            name: {zh: 教体局, short: 教体局, en: Education}
            contacts:
              - {role: liaison-a, name: 教体甲}
              - {role: deputy-leader, name: 教体丙}
          edu-supervision:
            kind: supervision-organ
            name: {zh: 教育督导室, short: 督导室, en: Supervision}
            contacts: [{role: liaison-b, name: 督导乙}]
        """
}
