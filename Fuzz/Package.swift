// swift-tools-version: 6.2
// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import PackageDescription

/// The rules of the main package. The entry point is libFuzzer's, so there is no `main` of ours.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-parse-as-library"]),
]

func kingsnake(_ product: String) -> Target.Dependency { .product(name: product, package: "kingsnake") }

let package = Package(
    name: "kingsnake-fuzz",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "kingsnake-fuzz", targets: ["KingsnakeFuzz"])],
    dependencies: [
        .package(name: "kingsnake", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "KingsnakeFuzz",
            dependencies: [
                kingsnake("TrustCore"), kingsnake("SigningKeys"), kingsnake("CondaFormats"), kingsnake("TUF"),
                kingsnake("ContentTrust"), kingsnake("Sigstore"), kingsnake("TrustPolicy"),
                kingsnake("Gatekeeper"), kingsnake("ChannelServer"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        )
    ],
    swiftLanguageModes: [.v6]
)
