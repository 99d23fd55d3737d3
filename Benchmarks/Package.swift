// swift-tools-version: 6.2
// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A package of its own, so that whoever uses Kingsnake's libraries does not build its benchmarks.
let package = Package(
    name: "kingsnake-benchmarks",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "kingsnake-bench", targets: ["kingsnake-bench"])],
    dependencies: [
        // The name is given since the checkout's folder may be called anything.
        .package(name: "kingsnake", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "kingsnake-bench",
            dependencies: [
                .product(name: "TrustCore", package: "kingsnake"),
                .product(name: "CondaFormats", package: "kingsnake"),
                .product(name: "ContentTrust", package: "kingsnake"),
                .product(name: "ChannelServer", package: "kingsnake"),
                .product(name: "Installer", package: "kingsnake"),
                .product(name: "DurableFiles", package: "kingsnake"),
                .product(name: "SigningKeys", package: "kingsnake"),
                .product(name: "Sigstore", package: "kingsnake"),
                .product(name: "TrustPolicy", package: "kingsnake"),
                .product(name: "TUF", package: "kingsnake"),
                .product(name: "Transport", package: "kingsnake"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        )
    ],
    swiftLanguageModes: [.v6]
)
