extension CivilDate {
    /// How many full years somebody born on this day has on another day; the
    /// birthday itself counts. Somebody born on 29 February completes a year on
    /// 1 March of other years. Negative before birth.
    public func age(on day: CivilDate) -> Int {
        let (birth, now) = (components, day.components)
        let isBeforeBirthday = (now.month, now.day) < (birth.month, birth.day)
        return now.year - birth.year - (isBeforeBirthday ? 1 : 0)
    }
}
