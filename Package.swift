// swift-tools-version: 6.2
// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import PackageDescription

/// One set of rules for every target of ours: Swift 6 mode, explicit imports, no warning left.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")

let package = Package(
    name: "kingsnake",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "kingsnake", targets: ["kingsnake"]),
        .library(name: "TrustCore", targets: ["TrustCore"]),
        .library(name: "DurableFiles", targets: ["DurableFiles"]),
        .library(name: "SigningKeys", targets: ["SigningKeys"]),
        .library(name: "Transport", targets: ["Transport"]),
        .library(name: "CondaFormats", targets: ["CondaFormats"]),
        .library(name: "TUF", targets: ["TUF"]),
        .library(name: "ContentTrust", targets: ["ContentTrust"]),
        .library(name: "Sigstore", targets: ["Sigstore"]),
        .library(name: "TrustPolicy", targets: ["TrustPolicy"]),
        .library(name: "Gatekeeper", targets: ["Gatekeeper"]),
        .library(name: "Installer", targets: ["Installer"]),
        .library(name: "ChannelServer", targets: ["ChannelServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // System libraries: module maps and shims, no logic.
        .systemLibrary(
            name: "CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .yum(["libzstd-devel"]), .brew(["zstd"])]
        ),
        .systemLibrary(
            name: "CBzip2",
            providers: [.apt(["libbz2-dev"]), .yum(["bzip2-devel"]), .brew(["bzip2"])]
        ),
        // Declarations only: modules for tokens are loaded while the program runs, and never linked.
        .systemLibrary(name: "CPKCS11"),
        .systemLibrary(name: "CMalloc"),

        // The libraries, lowest first. Imports point only upwards in this list.
        .target(name: "TrustCore", dependencies: [crypto], swiftSettings: settings),
        .target(name: "DurableFiles", dependencies: ["TrustCore"], swiftSettings: settings),
        .target(
            name: "SigningKeys",
            dependencies: ["TrustCore", "DurableFiles", "CPKCS11", crypto, cryptoExtras],
            swiftSettings: settings
        ),
        .target(
            name: "Transport",
            dependencies: [
                "TrustCore", "DurableFiles",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CondaFormats",
            dependencies: ["TrustCore", "CZstd", "CBzip2", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings
        ),
        .target(
            name: "TUF",
            dependencies: ["TrustCore", "DurableFiles", "SigningKeys"],
            swiftSettings: settings
        ),
        .target(name: "ContentTrust", dependencies: ["TrustCore", "SigningKeys"], swiftSettings: settings),
        .target(
            name: "Sigstore",
            dependencies: [
                "TrustCore", "SigningKeys",
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            exclude: ["Instances/SOURCES.md"],
            // The keys of the public instances, in the program itself: it is one file wherever it is put.
            resources: [
                .embedInCode("Instances/public-good.root.json"),
                .embedInCode("Instances/public-good.trusted_root.json"),
                .embedInCode("Instances/public-good.signing_config.json"),
                .embedInCode("Instances/staging.root.json"),
                .embedInCode("Instances/staging.trusted_root.json"),
                .embedInCode("Instances/staging.signing_config.json"),
            ],
            swiftSettings: settings
        ),
        .target(name: "TrustPolicy", dependencies: ["TrustCore", "CondaFormats"], swiftSettings: settings),
        .target(
            name: "Gatekeeper",
            dependencies: [
                "TrustCore", "DurableFiles", "SigningKeys", "Transport", "CondaFormats", "TUF",
                "ContentTrust", "Sigstore", "TrustPolicy",
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Installer",
            dependencies: ["TrustCore", "DurableFiles", "CondaFormats", "Gatekeeper"],
            swiftSettings: settings
        ),
        .target(
            name: "ChannelServer",
            dependencies: [
                "TrustCore", "DurableFiles", "SigningKeys", "CondaFormats", "TUF", "ContentTrust",
                "Sigstore", "TrustPolicy", "Transport", "Gatekeeper", "CMalloc",
                crypto,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),

        .executableTarget(
            name: "kingsnake",
            dependencies: [
                "TrustCore", "DurableFiles", "SigningKeys", "Transport", "CondaFormats", "TUF",
                "ContentTrust", "Sigstore",
                "TrustPolicy", "Gatekeeper", "Installer", "ChannelServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        .executableTarget(
            name: "kingsnake-demo",
            dependencies: ["TestSupport", "CondaFormats", "Sigstore", "Transport", "TrustCore"],
            path: "Examples/Demo",
            swiftSettings: settings
        ),

        // Command lines of public conformance suites over our libraries: see Conformance/README.md.
        .executableTarget(
            name: "tuf-client",
            dependencies: [
                "TUF", "Transport", "TrustCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Conformance/TUFClient",
            swiftSettings: settings
        ),

        .executableTarget(
            name: "sigstore-client",
            dependencies: [
                "Sigstore", "SigningKeys", "Transport", "TrustCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Conformance/SigstoreClient",
            swiftSettings: settings
        ),

        // Tests. TestSupport makes packages, channels and hostile mirrors; the demo uses it too.
        .target(
            name: "TestSupport",
            dependencies: [
                "TrustCore", "SigningKeys", "CondaFormats", "TUF", "ContentTrust", "Sigstore",
                "CZstd", "CBzip2", crypto, cryptoExtras,
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        // The soak: the running server, load, kills and faults, and checkers of what it promises. See docs/testing.md.
        .target(
            name: "Soak",
            dependencies: [
                "TestSupport", "TrustCore", "DurableFiles", "SigningKeys", "CondaFormats", "TUF", "Transport",
                "ChannelServer",
                crypto,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Soak/Library",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "kingsnake-soak",
            dependencies: ["Soak"],
            path: "Soak/Program",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DurableFilesTests",
            dependencies: ["DurableFiles", "TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TrustCoreTests",
            dependencies: ["TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SigningKeysTests",
            dependencies: ["SigningKeys", "CPKCS11", "TrustCore", "TestSupport", crypto, cryptoExtras],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TransportTests",
            dependencies: ["Transport", "TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CondaFormatsTests",
            dependencies: ["CondaFormats", "TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TUFTests",
            dependencies: ["TUF", "Transport", "TrustCore", "SigningKeys", "TestSupport", "tuf-client"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ContentTrustTests",
            dependencies: ["ContentTrust", "CondaFormats", "SigningKeys", "TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SigstoreTests",
            dependencies: [
                "Sigstore", "SigningKeys", "Transport", "TrustCore", "TestSupport",
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TrustPolicyTests",
            dependencies: ["TrustPolicy", "CondaFormats", "TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatekeeperTests",
            dependencies: [
                "Gatekeeper", "TrustPolicy", "Transport", "CondaFormats", "TrustCore", "SigningKeys", "TUF",
                "ContentTrust", "Sigstore", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "InstallerTests",
            dependencies: ["Installer", "Gatekeeper", "CondaFormats", "TrustCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ChannelServerTests",
            dependencies: [
                "kingsnake", "ChannelServer", "DurableFiles", "TUF", "ContentTrust", "Sigstore",
                "SigningKeys",
                "CondaFormats", "TrustPolicy", "Transport", "Gatekeeper", "TrustCore", "TestSupport",
                crypto,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "kingsnake", "TestSupport", "CondaFormats", "ContentTrust", "Sigstore", "SigningKeys",
                "TrustCore", "TrustPolicy", "Transport", "Gatekeeper", "ChannelServer",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SoakTests",
            dependencies: ["Soak", "kingsnake", "kingsnake-soak", "TestSupport", "TrustCore"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "kingsnake", "TestSupport", "CondaFormats", "SigningKeys", "Transport", "TUF", "ContentTrust",
                "Sigstore", "TrustCore", "Gatekeeper", "ChannelServer", "DurableFiles",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
