import Store

extension Findings {
    /// What the schema consists of.
    static func schema(_ found: SchemaInspection) -> [Finding] {
        var findings: [Finding] = []
        for name in found.missingIndexes {
            findings.append(
                Finding(
                    .fault, "indexes", "the index \(name) is missing: what looks it up walks the whole table",
                    "缺少索引\(name)，相关查询将扫描全表",
                    do: "take its CREATE INDEX from schema/migrations and run it with CONCURRENTLY",
                    "取schema/migrations中的建索引语句，加CONCURRENTLY执行"))
        }
        for name in found.invalidIndexes {
            findings.append(
                Finding(
                    .fault, "indexes", "the index \(name) is invalid: it is written and never read", "索引\(name)无效，只写不读",
                    do: "REINDEX INDEX CONCURRENTLY hub.\(name)", "执行REINDEX INDEX CONCURRENTLY hub.\(name)"))
        }
        for index in found.extraIndexes {
            findings.append(
                Finding(
                    .warning, "indexes",
                    "the index \(index.name) is not the schema's: it slows every write, and was used \(index.scans) times",
                    "索引\(index.name)不属于本程序，会拖慢写入，已用\(index.scans)次",
                    do: "DROP INDEX hub.\(index.name), unless somebody needs it",
                    "如无人使用，执行DROP INDEX hub.\(index.name)"))
        }
        if findings.isEmpty { findings.append(.good("indexes", "all indexes are there and valid", "索引齐全有效")) }
        for name in found.missingConstraints {
            findings.append(
                Finding(
                    .fault, "constraints",
                    "the constraint \(name) is missing: what it forbids may be stored",
                    "缺少约束\(name)，违规数据可能写入", do: "take it from schema/migrations and ALTER TABLE … ADD CONSTRAINT",
                    "取schema/migrations中的定义，用ALTER TABLE … ADD CONSTRAINT恢复"))
        }
        for name in found.missingFunctions {
            findings.append(
                Finding(
                    .fault, "functions", "the function hub.\(name) is missing: what calls it fails",
                    "缺少函数hub.\(name)，相关操作将失败",
                    do: "DELETE FROM hub.schema_function WHERE name = '\(name).sql', then 'liankong migrate'",
                    "执行DELETE FROM hub.schema_function WHERE name = '\(name).sql'，再运行liankong migrate"))
        }
        return findings
    }

    /// How the tables stand with vacuum and statistics.
    static func tables(_ tables: [TableInspection], limits: DoctorLimits) -> [Finding] {
        var findings: [Finding] = []
        for table in tables {
            // A few thousand rows are nobody's trouble.
            let isBloated =
                table.dead > 10_000 && table.dead * 100 > (table.live + table.dead) * Int64(limits.deadRowPercent)
            if isBloated {
                let last = table.vacuumedHoursAgo.map { ("\(Int($0)) h ago", "\(Int($0))小时前") } ?? ("never", "从未")
                findings.append(
                    Finding(
                        .warning, "bloat",
                        "\(table.dead) of \(table.live + table.dead) rows of \(table.name) are dead; vacuumed: \(last.0)",
                        "\(table.name)的\(table.live + table.dead)行中死行\(table.dead)行，上次清理：\(last.1)",
                        do: "look at the transactions above, then VACUUM (ANALYZE) hub.\(table.name)",
                        "先看上面的长事务，再执行VACUUM (ANALYZE) hub.\(table.name)"))
            }
            if table.isAutovacuumOff {
                findings.append(
                    Finding(
                        .warning, "bloat", "autovacuum is off for \(table.name): it grows without end",
                        "\(table.name)的autovacuum已关闭，将持续膨胀",
                        do: "ALTER TABLE hub.\(table.name) RESET (autovacuum_enabled)",
                        "执行ALTER TABLE hub.\(table.name) RESET (autovacuum_enabled)"))
            }
            if !table.isAnalyzed, table.live > 10_000 {
                findings.append(
                    Finding(
                        .warning, "statistics",
                        "\(table.name) has \(table.live) rows and was never analysed: the planner guesses",
                        "\(table.name)有\(table.live)行而从未分析，查询计划失准", do: "ANALYZE hub.\(table.name)",
                        "执行ANALYZE hub.\(table.name)"))
            }
        }
        return findings.isEmpty ? [.good("bloat", "the tables are clean", "表状态良好")] : findings
    }

    /// What no foreign key holds.
    static func references(_ found: [ReferenceInspection]) -> [Finding] {
        var findings: [Finding] = []
        for look in found where look.broken != 0 {
            guard let broken = look.broken else {
                findings.append(
                    Finding(
                        .note, "references", "there was no time to look for \(look.rule)", "检查超时：\(look.rule)",
                        do: "run the doctor again when the database is less busy", "请在数据库空闲时再次检查"))
                continue
            }
            findings.append(
                Finding(
                    .fault, "references", "\(broken) \(look.rule), of the latest: rows were lost or changed by hand",
                    "最近记录中有\(broken)条引用缺失（\(look.rule)），可能丢失或被手工改动",
                    do: "stop the hubs, keep the database as it is, and restore a backup beside it to compare",
                    "停止平台，保留现场，将备份恢复到另一处比对"))
        }
        return findings.isEmpty
            ? [.good("references", "what refers to something finds it", "引用完整")] : findings
    }

    /// What the chores of a running hub keep.
    static func figures(_ figures: DatabaseFigures) -> [Finding] {
        let ahead = max(0, figures.partitionHeadroom)
        let isBehind = figures.boardDeltas >= DatabaseFigures.bound
        return [
            ahead > 1_000_000
                ? .good("partitions", "there is room for \(ahead) positions", "分区余量\(ahead)")
                : Finding(
                    .fault, "partitions",
                    "there is room for \(ahead) positions only; a running hub makes more, so none has run lately",
                    "分区余量仅\(ahead)，平台可能久未运行",
                    do: "run 'liankong migrate', and see in the hub's log why make-partitions fails",
                    "运行liankong migrate，并在日志中查make-partitions失败的原因"),
            isBehind
                ? Finding(
                    .warning, "board",
                    "\(figures.boardDeltas) counts or more wait to be folded: the board becomes slow",
                    "待汇总\(figures.boardDeltas)条以上，看板会变慢", do: "see in the hub's log why fold-board fails",
                    "在日志中查fold-board失败的原因")
                : .good("board", "\(figures.boardDeltas) counts wait to be folded", "待汇总\(figures.boardDeltas)条"),
        ]
    }
}
