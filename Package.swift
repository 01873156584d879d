// swift-tools-version: 6.2
import PackageDescription

// Imports point downwards only: a target lists the floors below it and nothing
// else, so a wrong import does not compile. LIANKONG_STRICT=1 (set by
// deploy/test) turns warnings into errors; it stays off for people who build
// with another compiler release than the one the project is checked with.
let strict = Context.environment["LIANKONG_STRICT"] == "1"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "liankong",
    products: [
        .executable(name: "liankong", targets: ["liankong"]),
        .library(name: "CloudEvents", targets: ["CloudEvents"]),
        .library(name: "ChineseIdentifiers", targets: ["ChineseIdentifiers"]),
        .library(name: "HubClient", targets: ["HubClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // Ground floor.
        .systemLibrary(
            name: "CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])],
        ),
        // First floor: they know nothing of each other.
        .target(name: "PostgresClient", dependencies: ["CLibPQ", logging], swiftSettings: settings),
        .target(name: "CloudEvents", swiftSettings: settings),
        .target(name: "ChineseIdentifiers", swiftSettings: settings),
        // The pure domain.
        .target(
            name: "Coordination",
            dependencies: ["CloudEvents", "ChineseIdentifiers", yaml],
            swiftSettings: settings,
        ),
        // What the hub knows as data, carried with the binary.
        .target(
            name: "HubSchema",
            path: "schema",
            exclude: ["README.md", "snapshot.sql"],
            sources: ["HubSchema.swift"],
            resources: [.copy("migrations"), .copy("functions"), .copy("events")],
            swiftSettings: settings,
        ),
        .target(
            name: "Store",
            dependencies: [
                "PostgresClient", "Coordination", "CloudEvents", "ChineseIdentifiers", "HubSchema", logging,
            ],
            swiftSettings: settings,
        ),
        .target(
            name: "Hub",
            dependencies: [
                "Store", "PostgresClient", "Coordination", "CloudEvents", "ChineseIdentifiers", "HubSchema", crypto,
                logging, lifecycle,
            ],
            swiftSettings: settings,
        ),
        .target(
            name: "HubAPI",
            dependencies: [
                "Hub", "Store", "Coordination", "CloudEvents", "ChineseIdentifiers", hummingbird, crypto, logging,
                lifecycle, signals, nioCore, httpTypes,
            ],
            swiftSettings: settings,
        ),
        // Beside the hub: what integrators build on.
        .target(
            name: "HubClient",
            dependencies: ["CloudEvents", httpClient, nioCore, nioPosix, nioHTTP1],
            swiftSettings: settings,
        ),
        .executableTarget(
            name: "liankong",
            dependencies: [
                "HubAPI", "HubClient", "Hub", "Store", "PostgresClient", "Coordination", "CloudEvents",
                "ChineseIdentifiers", signals, logging, arguments,
            ],
            swiftSettings: settings,
        ),
        // Waiting for many sockets, for the load of the bench alone.
        .systemLibrary(name: "CEpoll"),
        // Measures a running hub from outside; knows of it what a client does.
        .executableTarget(
            name: "liankong-bench",
            dependencies: ["CloudEvents", "ChineseIdentifiers", "CEpoll", arguments],
            path: "Sources/Bench",
            swiftSettings: settings,
        ),
        // Breaks hubs and their database, and compares ledger and tables; knows of
        // a hub what a client does.
        .executableTarget(
            name: "liankong-chaos",
            dependencies: ["HubClient", "PostgresClient", "CloudEvents", signals, logging, arguments],
            path: "Sources/Chaos",
            swiftSettings: settings,
        ),
        // Tries a running hub with made-up input; knows of it what a client does.
        .executableTarget(
            name: "liankong-fuzz",
            dependencies: ["CloudEvents", arguments],
            path: "Sources/Fuzz",
            swiftSettings: settings,
        ),
        // Tests. TestSupport is imported by tests only.
        .target(
            name: "TestSupport",
            dependencies: [
                "HubAPI", "Hub", "Store", "HubSchema", "PostgresClient", "Coordination", "CloudEvents", "HubClient",
                "ChineseIdentifiers", httpClient, lifecycle, nioCore, nioHTTP1, logging,
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings,
        ),
        // Programs and servers that tests start and stop; knows of no floor.
        .target(name: "TestProcesses", path: "Tests/TestProcesses", swiftSettings: settings),
        .testTarget(
            name: "PostgresClientTests",
            dependencies: ["PostgresClient", "TestProcesses", logging],
            swiftSettings: settings,
        ),
        .testTarget(name: "CloudEventsTests", dependencies: ["CloudEvents"], swiftSettings: settings),
        .testTarget(
            name: "ChineseIdentifiersTests",
            dependencies: ["ChineseIdentifiers"],
            swiftSettings: settings,
        ),
        .testTarget(
            name: "CoordinationTests",
            dependencies: ["Coordination", "CloudEvents", "ChineseIdentifiers"],
            swiftSettings: settings,
        ),
        .testTarget(
            name: "HubTests",
            dependencies: [
                "TestSupport", "TestProcesses", "HubAPI", "Hub", "Store", "HubSchema", "PostgresClient",
                "Coordination", "CloudEvents", "ChineseIdentifiers", "HubClient", crypto, httpClient, nioCore,
                nioPosix, logging, yaml,
            ],
            swiftSettings: settings,
        ),
        .testTarget(
            name: "HubClientTests",
            dependencies: ["HubClient", "TestSupport", "CloudEvents"],
            swiftSettings: settings,
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "liankong", "liankong-chaos", "TestSupport", "TestProcesses", "Store", "CloudEvents", arguments,
            ],
            swiftSettings: settings,
        ),
    ],
    swiftLanguageModes: [.v6],
)
