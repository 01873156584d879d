extension LadderBook {
    /// Reads the ladders of a county. All faults come back at once, with file
    /// and line.
    ///
    /// ```yaml
    /// ladders:
    ///   B:
    ///     zh: 重要事项
    ///     en: serious matters
    ///     steps:
    ///       - step: 3
    ///         kind: draft
    ///         when: +3wd
    ///         to: [jm-office]
    ///         zh: 拟发督办通知书
    ///         en: supervision notice drafted
    /// ```
    ///
    /// - `step`: −1 ahead of the due instant, 1 at it, 2 to 5 after it.
    /// - `kind`: `reminder` goes by itself; `draft` and `proposal` wait for a
    ///   person.
    /// - `when`: `80%` of the counted time or `-3wd` (step −1) · `due` (step 1)
    ///   · `+2wd`, `+1h` after the due instant, or `monthly 8`, the first 8th
    ///   of a month after the step before (steps 2 to 5).
    /// - `to`, and `calls` for whom the hub has called: a place at the unit
    ///   that owes (`liaison-a`), another unit (`jm-office`), a place there
    ///   (`psb/leader`).
    ///
    /// - Parameter directory: where the units have to be; nil leaves them
    ///   unchecked.
    package static func load(
        files: [(name: String, text: String)], directory: Directory? = nil,
    ) -> Result<LadderBook, ConfigurationFaults> {
        var loader = LadderLoader(directory: directory)
        for file in files {
            guard let root = loader.reader.root(file: file.name, text: file.text) else { continue }
            let record = loader.reader.record(root, keys: ["ladders"])
            if let node = record["ladders"] { loader.readLadders(node) }
        }
        if loader.ladders.isEmpty && loader.reader.faults.isEmpty {
            loader.reader.fault(
                file: files.first?.name ?? "ladders.yaml", line: 0, "missing-key",
                "no file has ladders under 'ladders'",
                "各文件的ladders中都没有催办升级规则",
            )
        }
        guard loader.reader.faults.isEmpty else {
            return .failure(ConfigurationFaults(loader.reader.sortedFaults))
        }
        return .success(LadderBook(ladders: loader.ladders))
    }
}
